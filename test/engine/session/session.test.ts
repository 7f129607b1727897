import { expect, test, vi } from 'vitest';
import type { ConnectorEvidence } from '../../../source/domain/connector-evidence.ts';
import { createSession } from '../../../source/engine/session/create-session.ts';
import { factsOf } from '../../../source/engine/session/read.ts';
import type { Session, SessionStore } from '../../../source/engine/session/session.ts';
import { parseInventory } from '../../../source/inventory/file.ts';
import { learnRefused, safeNamed, someone } from '../../helpers/learn.ts';
import { connectionEvidence } from '../../helpers/measurement.ts';

const names = (count: number) => Array.from({ length: count }, (_, index) => `s${index}`);

/** Safes of two connectors by turns. */
function inventoryOf(count: number, port = 22) {
	const safes = names(count).map(
		(name, index) => `  - {name: ${name}, host: 10.0.0.1, port: ${port}, username: deploy, connector: dc${index % 2}}`,
	);
	const connectors = '  - {name: dc0, runtime: none}\n  - {name: dc1, runtime: none}';
	return parseInventory(
		`version: 1\nconnectors:\n${connectors}\nsafes:\n${safes.join('\n')}\n`,
		'/etc/vpmon/vpmon.yaml',
	);
}

const offline = (measuredAt: string): ConnectorEvidence => ({
	runtime: { kind: 'unreadable', command: 'docker inspect', reason: 'no permission', remedy: 'join the group' },
	health: null,
	controlPlane: null,
	hostUnreachable: null,
	measuredAt,
	durationMs: 1,
});

function learnConnector(session: SessionStore, name: string, isGlance = false): void {
	const connector = session.get().inventory.connectors.find((candidate) => candidate.name === name);
	if (connector === undefined) throw new Error(`no connector ${name}`);
	const evidence = offline(new Date().toISOString());
	session.learn({ kind: 'connector measured', connector, evidence, measuredFrom: 'here', writer: someone, isGlance });
}

const changed = (before: Session, after: Session) =>
	[...after.safes].filter(([name, state]) => before.safes.get(name) !== state).map(([name]) => name);

test('a fact concludes the Safes that it concerns, and no other one', async () => {
	const session = createSession(inventoryOf(6), 'here');
	const before = session.get();
	learnRefused(session, 's3');
	expect(session.safe('s3')?.result.cause).toBe('port-refused');
	session.flush();
	expect(changed(before, session.get())).toEqual(['s3']);
	const then = session.get();
	learnConnector(session, 'dc0');
	await session.settled();
	session.flush();
	expect(changed(then, session.get())).toEqual(['s0', 's2', 's4']);
	expect(session.safe('s0')?.result.checks.connector.summary).toContain('no permission');
});

test('what many facts of one turn come to is told once', async () => {
	const session = createSession(inventoryOf(50), 'here');
	const told = vi.fn();
	session.subscribe(told);
	for (const name of names(50)) learnRefused(session, name);
	expect(told).not.toHaveBeenCalled();
	expect(session.get().safes.get('s0')?.result.verdict).toBe('unknown');
	await vi.waitFor(() => expect(session.get().safes.get('s49')?.result.verdict).toBe('fail'));
	expect(told).toHaveBeenCalledTimes(1);
	expect(session.get().events).toHaveLength(2);
});

test('a fact about thousands is concluded in pieces, and whoever asks for one of them has it at once', async () => {
	const session = createSession(inventoryOf(10_000), 'here');
	learnConnector(session, 'dc0');
	expect(session.safe('s9998')?.result.checks.connector.summary).toContain('no permission');
	let turns = 0;
	const count = () => {
		turns++;
		timer = setImmediate(count);
	};
	let timer = setImmediate(count);
	await session.settled();
	clearImmediate(timer);
	expect(turns).toBeGreaterThan(3);
	session.flush();
	const rows = [...session.get().safes.values()].map(({ result }) => result.checks.connector.measuredAt !== null);
	expect(rows.filter(Boolean)).toHaveLength(5000);
});

test('a new inventory is seen with conclusions of its own alone', () => {
	const session = createSession(inventoryOf(4), 'here');
	learnRefused(session, 's1');
	session.learn({ kind: 'inventory replaced', inventory: inventoryOf(3, 2222) });
	expect([...session.get().safes].map(([name, { result }]) => `${name} ${result.target} ${result.verdict}`)).toEqual([
		's0 10.0.0.1:2222 unknown',
		's1 10.0.0.1:2222 unknown',
		's2 10.0.0.1:2222 unknown',
	]);
	expect(factsOf(session, safeNamed(session, 's1')).target).toBeNull();
});

test('nothing is learned of a Safe that is another one by now', () => {
	const session = createSession(inventoryOf(1), 'here');
	const before = safeNamed(session, 's0');
	session.learn({ kind: 'inventory replaced', inventory: inventoryOf(1, 2222) });
	session.learn({ kind: 'key read', safe: before, key: { ok: false, problem: 'key-missing', detail: '', from: '' } });
	expect(factsOf(session, before).key).toBeNull();
});

test('measurements of one Safe overlap: it is being measured until the last one stops', () => {
	const session = createSession(inventoryOf(1), 'here');
	const safe = safeNamed(session, 's0');
	for (const kind of ['measuring started', 'measuring started', 'measuring stopped'] as const)
		session.learn({ kind, safe });
	expect(session.safe('s0')?.running?.checks).toEqual(['port', 'username', 'host-key', 'ssh-key']);
	session.learn({ kind: 'measuring stopped', safe });
	expect(session.safe('s0')?.running).toBeNull();
});

test('rows that were not chosen are left out, until all are chosen', async () => {
	const session = createSession(inventoryOf(1), 'here');
	session.learn({ kind: 'rows chosen', only: new Set(['port']) });
	learnRefused(session, 's0');
	const verdicts = () => Object.values(session.safe('s0')?.result.checks ?? {}).map(({ verdict }) => verdict);
	expect(verdicts()).toEqual(['skip', 'fail', 'skip', 'skip', 'skip']);
	expect(session.safe('s0')?.result.checks.connector.summary).toBe('left out');
	session.learn({ kind: 'rows chosen', only: null });
	expect(verdicts()).toEqual(['unknown', 'fail', 'skip', 'skip', 'skip']);
});

test('a row tells whose measurement it was concluded from', () => {
	const session = createSession(inventoryOf(1), 'here');
	learnRefused(session, 's0', { program: 'exporter', uid: 1001, user: 'anna' });
	expect(session.safe('s0')?.result.checks.port.measuredBy).toEqual({ program: 'exporter', uid: 1001, user: 'anna' });
	expect(session.safe('s0')?.result.checks['host-key'].measuredBy).toBeNull();
});

test('everybody whose name a row or a sentence may have is known to a mask', () => {
	const session = createSession(inventoryOf(1), 'here');
	const writer = { program: 'exporter', uid: 1001, user: 'anna' } as const;
	const seen = { origin: 'host', connection: connectionEvidence(), writer };
	session.learn({ kind: 'target seen elsewhere', safe: safeNamed(session, 's0'), seen });
	session.learn({ kind: 'sharing seen', problems: ['ben measures apart from you'], accounts: ['ben'] });
	expect([...session.facts.accounts]).toEqual(['anna', 'ben']);
});

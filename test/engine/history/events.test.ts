import { expect, test } from 'vitest';
import type { Cause } from '../../../source/domain/cause.ts';
import {
	type CheckResult,
	type ConnectorResult,
	checkIds,
	makeChecks,
	rowsOf,
	type SafeResult,
	unmeasuredRow,
} from '../../../source/domain/check.ts';
import type { SessionEvent } from '../../../source/domain/event.ts';
import { worstVerdict } from '../../../source/domain/verdict.ts';
import { addEvents, connectorEvent, mostEvents, safeEvent } from '../../../source/engine/history/events.ts';
import { toldBy } from '../../../source/engine/history/told.ts';
import { provenancePhrase, withoutProvenance } from '../../../source/runbook/judgement.ts';
import { rowHistory } from '../../../source/runbook/row-history.ts';
import { readScenario, startScenario } from '../../helpers/scenarios.ts';

type Row = CheckResult['verdict'] | readonly [CheckResult['verdict'], Cause];

const at = new Date('2026-11-23T01:07:00Z');

function result(rows: readonly Row[], name = 'db'): SafeResult {
	const checks = makeChecks((id) => {
		const row = rows[checkIds.indexOf(id)] ?? 'unknown';
		const [verdict, cause] = typeof row === 'string' ? [row, null] : row;
		return { ...unmeasuredRow(id, 'here'), verdict, cause, summary: `${id} ${verdict}`, measuredAt: at.toISOString() };
	});
	const all = rowsOf({ checks });
	const cause = all.find((check) => check.verdict === 'fail')?.cause ?? null;
	const verdict = worstVerdict(all.map((check) => check.verdict));
	return { name, connector: 'dc1', target: 'db:22', username: 'x', verdict, cause, headline: 'headline', checks };
}

const passing = result(['pass', 'pass', 'pass', 'pass', 'pass']);
const refused = result(['pass', ['fail', 'port-refused'], 'skip', 'skip', 'skip']);

test('a Safe that changes says from what to what, which rows, and what its telling row says', () => {
	expect(safeEvent(passing, refused, null, at)).toMatchObject({
		at: '2026-11-23T01:07:00.000Z',
		connector: 'dc1',
		safes: ['db'],
		from: { verdict: 'pass', cause: null },
		to: { verdict: 'fail', cause: 'port-refused' },
		summary: 'port fail',
		rows: [
			{ check: 'port', from: 'pass', to: 'fail', cause: 'port-refused', summary: 'port fail' },
			{ check: 'username', from: 'pass', to: 'skip' },
			{ check: 'host-key', from: 'pass', to: 'skip' },
			{ check: 'ssh-key', from: 'pass', to: 'skip' },
		],
	});
	expect(safeEvent(refused, refused, null, at)).toBeNull();
});

test('a row that changes is told also where the Safe stands as before; one that was never measured is not', () => {
	const before = result(['pass', ['fail', 'port-refused'], 'skip', 'skip', 'skip']);
	const degraded = result(['warn', ['fail', 'port-refused'], 'skip', 'skip', 'skip']);
	expect(safeEvent(before, degraded, null, at)?.rows).toMatchObject([{ check: 'connector', from: 'pass', to: 'warn' }]);
	const half = {
		...passing,
		checks: { ...passing.checks, 'ssh-key': unmeasuredRow('ssh-key', 'here') },
	};
	expect(safeEvent(half, passing, null, at)).toBeNull();
	// Of a first sweep that knows the connector alone so far: what comes behind is no change either.
	const skipped = result(['pass', 'pass', 'skip', 'skip', 'skip']);
	const begun = {
		...skipped,
		checks: { ...skipped.checks, port: unmeasuredRow('port', 'here') },
	};
	expect(safeEvent(begun, passing, null, at)).toBeNull();
});

test('a first measurement is news when it fails, or differs from what is recalled', () => {
	expect(safeEvent(null, passing, null, at)).toBeNull();
	expect(safeEvent(null, refused, null, at)).toMatchObject({ from: null, to: { verdict: 'fail' }, rows: [] });
	const failed = {
		standing: { verdict: 'fail', cause: 'port-refused' },
		at: at.getTime(),
		rows: {},
		isForeign: false,
	} as const;
	expect(safeEvent(null, refused, failed, at)).toBeNull();
	expect(safeEvent(null, passing, failed, at)).toMatchObject({ from: failed.standing, to: { verdict: 'pass' } });
});

test('a connector is news when its status changes, and at first when it is not Online', () => {
	const connector = (status: ConnectorResult['status'], verdict: CheckResult['verdict'] = 'pass'): ConnectorResult => ({
		name: 'dc1',
		status,
		check: { ...unmeasuredRow('connector', 'here'), verdict, summary: `is ${status}` },
	});
	const told = { status: 'offline', at: at.getTime(), isForeign: false } as const;
	expect(connectorEvent(undefined, connector('online'), null, at)).toBeNull();
	expect(connectorEvent(undefined, connector('unknown', 'untested'), null, at)).toBeNull();
	expect(connectorEvent(undefined, connector('offline'), null, at)).toMatchObject({ from: null, to: 'offline' });
	expect(connectorEvent(undefined, connector('offline'), told, at)).toBeNull();
	expect(connectorEvent(undefined, connector('online'), told, at)).toMatchObject({
		from: 'offline',
		to: 'online',
	});
	expect(connectorEvent(connector('online'), connector('degraded'), null, at)).toMatchObject({
		summary: 'is degraded',
	});
});

test('what happens to many at once in the same way is one event, and no more than so many are kept', () => {
	const names = ['a', 'b', 'c'];
	const fresh = names.map((name) => safeEvent(passing, { ...refused, name }, null, at) as SessionEvent);
	const other = safeEvent(passing, result([['fail', 'connector-offline'], 'pass', 'pass', 'pass', 'pass']), null, at);
	const [first, second, ...none] = addEvents([], [...fresh, other as SessionEvent]);
	expect(first).toMatchObject({ safes: names });
	expect(second).toMatchObject({ safes: ['db'] });
	expect(none).toEqual([]);
	const sweep = (done: number): SessionEvent => ({ kind: 'sweep', at: at.toISOString(), done, total: 1 });
	const many = addEvents(
		Array.from({ length: mostEvents }, (_, done) => sweep(done)),
		[sweep(-1)],
	);
	expect(many).toHaveLength(mostEvents);
	expect(many.at(-1)).toEqual(sweep(-1));
	expect(many[0]).toEqual(sweep(1));
	expect(toldBy([first as SessionEvent]).safes.get('b')?.standing.cause).toBe('port-refused');
});

test('the engine records what its sweeps find, and what it ended before it was through', async () => {
	const scenario = await startScenario(readScenario('port-refused'));
	try {
		const { engine } = scenario;
		const [safe] = engine.session.get().inventory.safes;
		if (safe === undefined) throw new Error('the scenario has a Safe');
		await engine.run(null, { trigger: 'command' });
		expect(engine.session.get().events).toMatchObject([
			{ kind: 'safes', safes: [safe.name], from: null, to: { verdict: 'fail', cause: 'port-refused' } },
		]);
		await engine.run(null, { trigger: 'command' });
		expect(engine.session.get().events).toHaveLength(1);
		const again = engine.run(null, { trigger: 'command' });
		await engine.dispose();
		await again;
		expect(engine.session.get().events.at(-1)).toMatchObject({ kind: 'sweep', done: 0, total: 1 });
	} finally {
		await scenario.close();
	}
});

test('what an earlier session knew is no change, and keeps its time', async () => {
	const scenario = await startScenario(readScenario('port-refused'));
	try {
		const { session } = scenario.engine;
		const [safe] = session.get().inventory.safes;
		if (safe === undefined) throw new Error('the scenario has a Safe');
		const known = safeEvent(passing, { ...refused, name: safe.name }, null, at) as SessionEvent;
		session.learn({ kind: 'events recalled', events: [known] });
		await scenario.engine.run(null, { trigger: 'command' });
		expect(session.get().events).toEqual([known]);
		expect(session.safe(safe.name)?.since).toBe(at.getTime());
		expect(rowHistory(session.get().events, safe.name, 'port')).toMatchObject([{ at: at.toISOString(), to: 'fail' }]);
	} finally {
		await scenario.close();
	}
});

test('what is told of a change leaves out whose evidence it was, however that is said', () => {
	const self = { program: 'screen', uid: 1, user: 'ben' } as const;
	const refusals = [
		null,
		{ reason: 'seconds', freeAt: '2026-11-23T01:20:00Z', detail: '' },
		{ reason: 'ledger', freeAt: null, detail: 'the ledger is locked' },
	] as const;
	for (const writer of [
		null,
		{ program: 'exporter', uid: 1, user: 'ben' },
		{ program: 'check', uid: 2, user: 'zoe' },
	] as const)
		for (const refusal of refusals) {
			const phrase = provenancePhrase({ measuredAt: at.toISOString(), writer, refusal }, self);
			const summary = `refused from 10.0.0.5${phrase}; unstable: 2 of the last 5 failed`;
			expect(withoutProvenance(summary)).toBe('refused from 10.0.0.5; unstable: 2 of the last 5 failed');
		}
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ReadyFix, readyFix, runFix } from '../../../source/engine/run-fix.ts';
import { fixContextFor, strangerBehind } from '../../../source/engine/session/read.ts';
import { youngerThan } from '../../../source/engine/sharing/freshness.ts';
import { fixById, planFix } from '../../../source/runbook/fix-plan.ts';
import { fingerprint } from '../../helpers/keys.ts';
import { safeNamed } from '../../helpers/learn.ts';
import { measurement } from '../../helpers/measurement.ts';
import {
	createSharedHost,
	inventoryOf,
	type SharingProgram,
	sshPort,
	type WrittenSafe,
	writerOf,
} from '../../helpers/shared-host.ts';

/** What is believed of programs of other users, and what is not. */

const address = '10.0.0.5:22';
const db: WrittenSafe = { name: 'db', host: '10.0.0.5' };
const anna = writerOf('screen', 1000, 'anna');
const exporter = writerOf('exporter', 999, 'vpmon');
let site: ReturnType<typeof createSharedHost>;
beforeEach(() => {
	site = createSharedHost({ ports: { [address]: sshPort() } });
});
afterEach(async () => {
	vi.useRealTimers();
	await site.close();
});
const row = (program: SharingProgram, id: 'port' | 'host-key' | 'ssh-key') =>
	program.engine.session.safe('db')?.result.checks[id];
const causeOf = (program: SharingProgram) => program.engine.session.safe('db')?.result.cause;

test('it is shown under its name', async () => {
	const theirs = await site.start(inventoryOf([db]), { self: exporter });
	await theirs.sweep();
	const ours = await site.start(inventoryOf([db]), { self: anna });
	await ours.sweep();
	expect(ours.connections()).toEqual([]);
	expect(row(ours, 'port')?.summary).toMatch(/; \d\d:\d\d:\d\d by exporter of vpmon$/);
	expect(row(ours, 'ssh-key')?.measuredBy).toEqual(exporter);
	const second = await site.start(inventoryOf([db]), { self: writerOf('check', 999, 'vpmon') });
	await second.sweep();
	expect(row(second, 'port')?.summary).toMatch(/ by exporter$/);
	expect(strangerBehind(second.engine.session, safeNamed(second.engine.session, 'db'))).toBeNull();
	expect(strangerBehind(ours.engine.session, safeNamed(ours.engine.session, 'db'))).toEqual(exporter);
});

test('what others found days ago is not shown as if it still held', async () => {
	const theirs = await site.start(inventoryOf([db]), { self: exporter });
	await theirs.sweep();
	vi.useFakeTimers({ toFake: ['Date'] });
	vi.setSystemTime(Date.now() + 3 * 86_400_000);
	for (const self of [anna, writerOf('screen', 999, 'vpmon')]) {
		const ours = await site.start(inventoryOf([db], { exempt: true, probe: 'on-demand' }), { self });
		await Promise.all([ours.engine.followOthers(), ours.engine.checkConnectors()]);
		expect(ours.connections()).toEqual([]);
		expect(ours.verdict('db')).toBe('unknown');
		expect(row(ours, 'port')?.summary).toMatch(/^not measured since \d+ \w+/);
		expect(ours.engine.session.get().events).toEqual([]);
	}
});

test('an address that another user told of makes it that user’s, whoever measured there', async () => {
	const own = await site.start(inventoryOf([db]), { self: anna });
	await own.sweep();
	const key = { source: 'scenario', origin: 'host', address: 'vault.example', port: 0 };
	const name = { name: 'vault.example', addresses: ['10.0.0.5'], durationMs: 1, error: null };
	const told = { key, writer: exporter };
	await own.shared.put([measurement({ part: 'name', evidence: name }, told)]);
	const ours = await site.start(inventoryOf([{ ...db, host: 'vault.example' }]), { self: anna });
	await ours.engine.followOthers();
	expect(row(ours, 'port')?.measuredBy).toEqual(exporter);
	expect(strangerBehind(ours.engine.session, safeNamed(ours.engine.session, 'db'))).toEqual(exporter);
});

const changed = { ...db, hostKey: fingerprint('host-b') };

async function planUnseen({ engine }: SharingProgram): Promise<ReadyFix> {
	const safe = safeNamed(engine.session, 'db');
	const fix = fixById('reset-host-key');
	if (fix === undefined) throw new Error('no such fix');
	const result = engine.session.safe('db')?.result ?? null;
	const plan = planFix(fix, { context: fixContextFor(engine.session, safe), result }, { unseen: 'db' });
	if ('need' in plan) throw new Error(plan.need);
	return readyFix(engine, plan, safe);
}
const make = (program: SharingProgram, ready: ReadyFix) =>
	runFix(program.engine, ready, {
		auditFile: join(site.directory, 'audit.jsonl'),
		budgetWaitMs: 0,
		onProgress: () => {},
	});

test('a fix measures by itself first', async () => {
	const theirs = await site.start(inventoryOf([changed]), { self: exporter });
	await theirs.sweep();
	const ours = await site.start(inventoryOf([changed]), { self: anna });
	await ours.sweep();
	expect(ours.connections()).toEqual([]);
	const ready = await planUnseen(ours);
	expect((await make(ours, ready)).after.verdict).toBe('pass');
	// To be sure, and to see what came of it.
	expect(ours.connections().length).toBeGreaterThanOrEqual(2);
	expect(readFileSync(ours.file, 'utf8')).toContain(fingerprint('host-a'));
});

test('what came of a fix is not told from evidence that is older', async () => {
	const ours = await site.start(inventoryOf([changed], {}), { self: anna });
	await ours.sweep();
	const ready = await planUnseen(ours);
	const ledger = ours.engine.ledgerFor(ready.safe);
	const key = { source: 'scenario', address: '10.0.0.5', port: 22, siblings: [] };
	await ledger?.reserve(key, { kind: 'key-query', trigger: 'key' });
	const { notSeen } = await make(ours, ready);
	expect(ours.connections()).toEqual([address]);
	expect(notSeen).toMatch(/^not asked yet: probe budget, free at/);
});

test('it refuses where it cannot measure', async () => {
	const theirs = await site.start(inventoryOf([changed], {}), { self: exporter });
	await theirs.sweep();
	// Others have used the budget up.
	for (let press = 0; press < 4; press++) await theirs.engine.run(['db'], { trigger: 'key', budgetWaitMs: 5000 });
	const ours = await site.start(inventoryOf([changed], {}), { self: anna });
	await ours.sweep();
	expect(causeOf(ours)).toBe('host-key-mismatch');
	const ready = await planUnseen(ours);
	const before = readFileSync(ours.file, 'utf8');
	await expect(make(ours, ready)).rejects.toThrow(/measured by exporter of vpmon, and it cannot be measured again now/);
	expect(readFileSync(ours.file, 'utf8')).toBe(before);
	expect(ours.connections()).toEqual([]);
});

test('a host key that only the other saw is not written', async () => {
	site.ports[address] = sshPort('host-c');
	const theirs = await site.start(inventoryOf([changed]), { self: exporter });
	await theirs.sweep();
	site.ports[address] = sshPort('host-a');
	const ours = await site.start(inventoryOf([changed]), { self: anna });
	await ours.sweep();
	const ready = await planUnseen(ours);
	const before = readFileSync(ours.file, 'utf8');
	// A second yes to the same plan does not help either.
	for (let time = 0; time < 2; time++)
		await expect(make(ours, ready)).rejects.toThrow(/does not offer ssh-ed25519 SHA256:\S+ any more/);
	expect(readFileSync(ours.file, 'utf8')).toBe(before);
});

test('what the fix was for is no longer so: nothing is done', async () => {
	const theirs = await site.start(inventoryOf([changed]), { self: exporter });
	await theirs.sweep();
	const ours = await site.start(inventoryOf([changed]), { self: anna });
	await ours.sweep();
	const ready = await planUnseen(ours);
	site.ports[address] = sshPort('host-b', 'host-ecdsa');
	const before = readFileSync(ours.file, 'utf8');
	await expect(make(ours, ready)).rejects.toThrow(/Measured by this program it is: pass/);
	expect(readFileSync(ours.file, 'utf8')).toBe(before);
});

test('a key that another user saw is carried under its name, and asked for before a fix', async () => {
	site.ports[address] = sshPort('host-a', 'host-ecdsa', 'host-rsa');
	const theirs = await site.start(inventoryOf([changed]), { self: exporter });
	await theirs.sweep();
	const ours = await site.start(inventoryOf([changed]), { self: anna });
	await ours.press('db');
	expect(ours.connections().length).toBe(1);
	const safe = safeNamed(ours.engine.session, 'db');
	expect(ours.facts('db').targetBy).toEqual(anna);
	expect(strangerBehind(ours.engine.session, safe)).toEqual(exporter);
	expect(JSON.stringify(row(ours, 'host-key'))).not.toContain('seenBy');
	await make(ours, await planUnseen(ours));
	expect(ours.connections().length).toBeGreaterThanOrEqual(3);
	expect(strangerBehind(ours.engine.session, safe)).toBeNull();
});

test('who will write or act takes nothing of another user, however fresh', async () => {
	const freshness = { ...youngerThan(5 * 60_000, true), onlyTrusted: true };
	const theirs = await site.start(inventoryOf([db]), { self: exporter });
	await theirs.sweep();
	const ours = await site.start(inventoryOf([db]), { self: anna });
	await ours.engine.run(['db'], { trigger: 'command', freshness });
	expect(ours.connections()).toEqual([address]);
	expect([ours.facts('db').targetBy, ours.facts('db').authBy]).toEqual([anna, anna]);
	// Its own is as good as new.
	await ours.engine.run(['db'], { trigger: 'command', freshness });
	expect(ours.connections()).toEqual([]);
});

test('nor that it found nothing there', async () => {
	site.ports[address] = { tcp: 'refused' };
	const theirs = await site.start(inventoryOf([db]), { self: exporter });
	await theirs.sweep();
	const ours = await site.start(inventoryOf([db]), { self: anna });
	const freshness = { ...youngerThan(5 * 60_000, true), onlyTrusted: true };
	await ours.engine.run(['db'], { trigger: 'command', freshness });
	expect(ours.connections()).toEqual([address]);
	expect(ours.facts('db').targetBy).toEqual(anna);
});

test('nor its answer, where the target was measured here', async () => {
	const theirs = await site.start(inventoryOf([db]), { self: exporter });
	await theirs.sweep();
	const ours = await site.start(inventoryOf([db]), { self: anna });
	await ours.sweep();
	await ours.engine.run(['db'], { trigger: 'key', only: new Set(['port', 'host-key']) });
	expect([ours.facts('db').targetBy, ours.facts('db').authBy]).toEqual([anna, exporter]);
	ours.connections();
	const freshness = { ...youngerThan(5 * 60_000, true), onlyTrusted: true };
	await ours.engine.run(['db'], { trigger: 'command', freshness });
	expect(ours.connections()).toEqual([address]);
	expect(ours.facts('db').authBy).toEqual(anna);
});

async function startExporter(other: typeof anna) {
	const ours = await site.start(inventoryOf([db]), { self: exporter, confirmsRecovery: true });
	const theirs = await site.start(inventoryOf([db]), { self: other });
	await Promise.all([ours.engine.followOthers(), ours.engine.checkConnectors()]);
	site.ports[address] = { tcp: 'refused' };
	await ours.sweep();
	expect(causeOf(ours)).toBe('port-refused');
	ours.connections();
	site.ports[address] = sshPort();
	const verdicts: Array<string | undefined> = [];
	ours.engine.session.subscribe(() => {
		const verdict = ours.verdict('db');
		if (verdicts.at(-1) !== verdict) verdicts.push(verdict);
	});
	return { ours, theirs, verdicts };
}

test('a failure ends for the exporter once it measured that itself', async () => {
	const { ours, theirs } = await startExporter(anna);
	await theirs.press('db');
	ours.shared.poll();
	await vi.waitFor(() => expect(ours.verdict('db')).toBe('pass'));
	expect(ours.facts('db').targetBy).toEqual(exporter);
	expect(ours.facts('db').authBy).toEqual(exporter);
	expect(ours.connections()).toEqual([address]);
});

test('it stays where the exporter finds it failing', async () => {
	const { ours, theirs, verdicts } = await startExporter(anna);
	await theirs.press('db');
	site.ports[address] = { tcp: 'refused' };
	ours.shared.poll();
	await vi.waitFor(() => expect(ours.connections()).toEqual([address]));
	await vi.waitFor(() => expect(ours.engine.session.safe('db')?.running).toBeNull());
	expect(causeOf(ours)).toBe('port-refused');
	expect(verdicts.filter((verdict) => verdict !== 'fail')).toEqual([]);
});

test('its sweep does not take the recovery for granted either', async () => {
	const { ours, theirs, verdicts } = await startExporter(anna);
	vi.useFakeTimers({ toFake: ['Date'] });
	vi.setSystemTime(Date.now() + 6 * 60_000);
	await theirs.press('db');
	site.ports[address] = { tcp: 'refused' };
	await ours.sweep();
	expect(ours.connections()).toEqual([address]);
	expect(causeOf(ours)).toBe('port-refused');
	expect(verdicts.filter((verdict) => verdict !== 'fail')).toEqual([]);
});

test.each([writerOf('screen', 0), writerOf('screen', 999, 'vpmon')])('%o is believed', async (trusted) => {
	const { ours, theirs } = await startExporter(trusted);
	await theirs.press('db');
	ours.shared.poll();
	await vi.waitFor(() => expect(ours.verdict('db')).toBe('pass'));
	expect(ours.connections()).toEqual([]);
});

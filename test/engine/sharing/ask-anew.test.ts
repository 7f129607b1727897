import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { youngerThan } from '../../../source/engine/sharing/freshness.ts';
import {
	createSharedHost,
	inventoryOf,
	type SharingProgram,
	sshPort,
	type WrittenSafe,
	writerOf,
} from '../../helpers/shared-host.ts';

/** Who asks from now on: a key press, a named Safe; and `check` without a name. */

const a = '10.0.0.5:22';
const b = '10.0.0.6:22';
const db: WrittenSafe = { name: 'db', host: '10.0.0.5' };
const web: WrittenSafe = { name: 'web', host: '10.0.0.6' };
let site: ReturnType<typeof createSharedHost>;
beforeEach(() => {
	site = createSharedHost({ ports: { [a]: sshPort(), [b]: sshPort() } });
});
afterEach(async () => {
	vi.useRealTimers();
	await site.close();
});

/** A server that says nothing until it is told to. */
function holdBack(program: SharingProgram) {
	const { promise, resolve } = Promise.withResolvers<void>();
	const connected = Promise.withResolvers<void>();
	const connect = program.host.connect.bind(program.host);
	program.host.connect = async (...given) => {
		connected.resolve();
		await promise;
		return connect(...given);
	};
	return { connected: connected.promise, goOn: resolve };
}

test('r waits for a measurement that began before the press, and measures again', async () => {
	const one = await site.start(inventoryOf([db]));
	const held = holdBack(one);
	const sweep = one.sweep();
	await held.connected;
	const other = await site.start(inventoryOf([db]));
	const pressed = other.press('db');
	await pause(600);
	expect(other.connections()).toEqual([]);
	expect(other.engine.session.safe('db')?.running).not.toBeNull();
	held.goOn();
	await Promise.all([sweep, pressed]);
	expect(other.connections()).toEqual([a]);
	expect(other.facts('db').targetBy).toBe(other.engine.sharing.self);
});

test('it takes a measurement that began after the press', async () => {
	const one = await site.start(inventoryOf([db]));
	const other = await site.start(inventoryOf([db]));
	const held = holdBack(one);
	const first = one.press('db');
	await held.connected;
	// While the first waits for the target, two more press.
	const third = await site.start(inventoryOf([db]));
	const presses = [other.press('db'), third.press('db')];
	await pause(300);
	held.goOn();
	await Promise.all([first, ...presses]);
	expect([...other.connections(), ...third.connections()]).toEqual([a]);
	expect([other.verdict('db'), third.verdict('db')]).toEqual(['pass', 'pass']);
});

test('who holds a target without end is waited for two seconds longer than its lease', async () => {
	const one = await site.start(inventoryOf([db]), { checkTimeoutMs: 200 });
	const held = holdBack(one);
	void one.press('db');
	await held.connected;
	const other = await site.start(inventoryOf([db]), { checkTimeoutMs: 200 });
	const before = performance.now();
	await other.press('db');
	const took = performance.now() - before;
	expect(other.connections()).toEqual([a]);
	expect(took).toBeGreaterThan(1500);
	expect(took).toBeLessThan(5000);
	held.goOn();
});

test('the budget forbids: the last evidence stands, with its age and writer, and nothing has happened', async () => {
	const exporter = writerOf('exporter');
	const one = await site.start(inventoryOf([db], {}), { self: exporter });
	await one.sweep();
	// Takes what that left of the seconds.
	await one.press('db');
	const other = await site.start(inventoryOf([db], {}), { checkTimeoutMs: 300 });
	await other.sweep();
	const before = other.engine.session.get().events.length;
	await other.press('db');
	expect(other.connections()).toEqual([]);
	expect(other.verdict('db')).toBe('pass');
	const checks = other.engine.session.safe('db')?.result.checks;
	expect(checks?.port.summary).toMatch(/; as of \d\d:\d\d:\d\d by exporter, free again at \d\d:\d\d:\d\d$/);
	// Said once.
	const summaries = Object.values(checks ?? {}).map(({ summary }) => summary);
	expect(summaries.filter((summary) => summary.includes('free again'))).toHaveLength(1);
	expect(other.engine.session.get().events.length).toBe(before);
});

test('check without names takes what passes and is young, and measures what fails', async () => {
	site.ports[b] = { tcp: 'refused' };
	const one = await site.start(inventoryOf([db, web]));
	await one.sweep();
	const check = await site.start(inventoryOf([db, web]), { self: writerOf('check') });
	await check.engine.run(null, { trigger: 'command', freshness: youngerThan(10_000) });
	expect(check.connections()).toEqual([b]);
	vi.useFakeTimers({ toFake: ['Date'] });
	vi.setSystemTime(Date.now() + 11_000);
	const later = await site.start(inventoryOf([db, web]), { self: writerOf('check') });
	await later.engine.run(null, { trigger: 'command', freshness: youngerThan(10_000) });
	expect(later.connections().toSorted()).toEqual([a, b]);
});

test('--max-age 5m sends nothing, also where it fails', async () => {
	site.ports[b] = { tcp: 'refused' };
	const rejected: WrittenSafe = { ...db, name: 'rejected', key: 'user-b' };
	const one = await site.start(inventoryOf([db, web, rejected]));
	await one.sweep();
	vi.useFakeTimers({ toFake: ['Date'] });
	vi.setSystemTime(Date.now() + 4 * 60_000);
	const check = await site.start(inventoryOf([db, web, rejected]), { self: writerOf('check') });
	await check.engine.run(null, { trigger: 'command', freshness: youngerThan(5 * 60_000, true) });
	expect(check.connections()).toEqual([]);
	expect(['db', 'web', 'rejected'].map(check.verdict)).toEqual(['pass', 'fail', 'fail']);
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Engine } from '../../source/engine/engine.ts';
import type { RunOptions } from '../../source/engine/engine-options.ts';
import { startSchedule } from '../../source/engine/schedule.ts';
import { createSession } from '../../source/engine/session/create-session.ts';
import { parseInventory } from '../../source/inventory/file.ts';
import { learnRefused, safeNamed, someone } from '../helpers/learn.ts';
import { plainConnection } from '../helpers/plain-evidence.ts';

/** When the next sweep begins, and what it measures. */

const interval = 5 * 60_000;
const spread = interval * 0.05;
let stop = () => {};
beforeEach(() => {
	vi.useFakeTimers();
	vi.spyOn(Math, 'random').mockReturnValue(0.999);
});
afterEach(() => {
	stop();
	vi.restoreAllMocks();
	vi.useRealTimers();
});

/** A program whose runs are written down; what they measure, a test says. */
function start(names: readonly string[], measures: (name: string) => boolean = () => true) {
	const safes = names.map((name, index) => `  - {name: ${name}, host: 10.0.0.${index + 1}, username: deploy}`);
	const inventory = `version: 1\nconnectors: [{name: dc1, runtime: none}]\nsafes:\n${safes.join('\n')}\n`;
	const session = createSession(parseInventory(inventory, '/etc/vpmon/vpmon.yaml'), 'here');
	const runs: Array<{ readonly at: number; readonly names: readonly string[] | null; readonly options: RunOptions }> =
		[];
	const learn = (name: string) => {
		const safe = safeNamed(session, name);
		const target = {
			host: safe.host,
			port: safe.port,
			name: null,
			connections: [{ ...plainConnection(safe.host), startedAt: new Date().toISOString() }],
			carriedKeys: [],
			refusedAddresses: [],
			knownHosts: null,
			refusal: null,
			measuredAt: new Date().toISOString(),
			durationMs: 1,
		};
		const result = { target, auth: null, authRefusal: null };
		const by = { writer: someone, answeredTo: null };
		session.learn({ kind: 'target measured', safe, result, proof: null, about: null, ...by });
	};
	const engine = {
		session,
		anyHostOf: () => null,
		checkConnectors: async () => {},
		readCoverage: async () => {},
		async run(wanted: readonly string[] | null, options: RunOptions) {
			runs.push({ at: Date.now(), names: wanted, options });
			for (const name of wanted ?? names) if (measures(name)) learn(name);
			if (wanted === null) session.learn({ kind: 'sweep progressed', sweep: { finishedAt: Date.now() } });
		},
	} as unknown as Engine;
	const begunAt = Date.now();
	stop = startSchedule(engine, false);
	const sweeps = () => runs.map(({ at, names: wanted }) => [at - begunAt, wanted] as const);
	return { session, runs, sweeps, learn };
}

test('the next sweep begins when the oldest target is due, a little later than its last start plus the interval', async () => {
	const { sweeps, runs } = start(['a', 'b']);
	await vi.advanceTimersByTimeAsync(interval - 1);
	expect(sweeps()).toEqual([[0, null]]);
	await vi.advanceTimersByTimeAsync(spread);
	expect(sweeps()).toHaveLength(2);
	expect(sweeps()[1]?.[0]).toBeGreaterThan(interval);
	expect(sweeps()[1]?.[0]).toBeLessThanOrEqual(interval + spread);
	expect(runs[1]?.options.trigger).toBe('background');
});

test('nothing is sent while all is fresh by what others measured', async () => {
	const { sweeps, learn, session } = start(['a', 'b']);
	for (let minute = 0; minute < 30; minute += 4) {
		await vi.advanceTimersByTimeAsync(4 * 60_000);
		for (const name of ['a', 'b']) learn(name);
	}
	expect(sweeps()).toEqual([[0, null]]);
	// The screen says when it looked last all the same.
	expect(Date.now() - (session.get().sweep.finishedAt ?? 0)).toBeLessThanOrEqual(interval + spread);
});

test('where others measured most, only what is due is measured', async () => {
	const { runs, learn } = start(['a', 'b', 'c']);
	await vi.advanceTimersByTimeAsync(interval - 1000);
	for (const name of ['a', 'b']) learn(name);
	await vi.advanceTimersByTimeAsync(1000 + spread);
	expect(runs[1]?.names).toEqual(['c']);
});

test('what cannot be measured for long is no reason to try without a pause', async () => {
	vi.spyOn(Math, 'random').mockReturnValue(0);
	let isRefused = false;
	const { sweeps, runs } = start(['a', 'b', 'c'], (name) => name !== 'c' || !isRefused);
	await vi.advanceTimersByTimeAsync(1000);
	isRefused = true;
	await vi.advanceTimersByTimeAsync(interval + spread);
	const before = sweeps().length;
	await vi.advanceTimersByTimeAsync(interval - 3 * spread);
	// One in twenty of the interval lies between two tries.
	expect(sweeps().length - before).toBeLessThanOrEqual(20);
	expect(sweeps().length - before).toBeGreaterThanOrEqual(3);
	expect(runs.slice(2).every(({ names }) => names?.join() === 'c')).toBe(true);
});

test('the clock is set back: what was measured an hour ahead is due, and nothing spins', async () => {
	const { sweeps } = start(['a', 'b']);
	await vi.advanceTimersByTimeAsync(1000);
	vi.setSystemTime(Date.now() - 3_600_000);
	await vi.advanceTimersByTimeAsync(interval + spread);
	expect(sweeps()).toHaveLength(2);
	await vi.advanceTimersByTimeAsync(interval + spread);
	expect(sweeps()).toHaveLength(3);
});

test('what is out of reach is tried every 15 s, which takes what others tried within that', async () => {
	const { session, runs } = start(['a', 'b']);
	await vi.advanceTimersByTimeAsync(1000);
	learnRefused(session, 'b');
	await vi.advanceTimersByTimeAsync(15_000);
	expect(runs.slice(1).map(({ names }) => names)).toEqual([['b']]);
	const since = runs[1]?.options.freshness?.failing ?? 0;
	expect((runs[1]?.at ?? 0) - since).toBe(15_000);
});

test('nothing after its end', async () => {
	const { sweeps } = start(['a']);
	await vi.advanceTimersByTimeAsync(1000);
	stop();
	await vi.advanceTimersByTimeAsync(10 * interval);
	expect(sweeps()).toHaveLength(1);
});

test('what a sweep cannot measure is tried again after a fifth of the interval, not at once', async () => {
	let works = true;
	const { sweeps } = start(['a', 'b'], (name) => works || name === 'b');
	await vi.advanceTimersByTimeAsync(interval - 1);
	works = false;
	await vi.advanceTimersByTimeAsync(interval);
	// Without a pause of its own there would be one every 15 to 30 s.
	expect(sweeps().length).toBeGreaterThanOrEqual(2 + 3);
	expect(sweeps().length).toBeLessThanOrEqual(2 + 5);
});

import { expect, test } from 'vitest';
import {
	addUpBudget,
	type ProbeTrigger,
	type Reservation,
	refuseProbe,
	usedBudget,
	windowMs,
} from '../../source/probes/probe-budget.ts';

const now = 1_800_000_000_000;
const ago = (seconds: number, kind: Reservation['kind'], cost: number): Reservation => ({
	at: now - seconds * 1000,
	kind,
	seconds: cost,
});

test('penalties add up and run off by one second a second', () => {
	expect(usedBudget([], now).seconds).toBe(0);
	expect(usedBudget([ago(2, 'refused-query', 5)], now).seconds).toBe(3);
	// The first ran off before the second came: nothing is saved up.
	expect(usedBudget([ago(60, 'refused-query', 5), ago(1, 'unfinished', 1)], now).seconds).toBe(0);
	expect(usedBudget([ago(3, 'refused-query', 5), ago(1, 'unfinished', 1)], now).seconds).toBe(3);
});

test('never more than six seconds, whoever asks', () => {
	const held = [ago(0, 'refused-query', 5)];
	for (const trigger of ['background', 'key', 'insisted', 'command'] as const) {
		expect(refuseProbe(held, { kind: 'unfinished', trigger }, now)).toBeNull();
		expect(refuseProbe(held, { kind: 'key-query', trigger }, now)).toMatchObject({
			reason: 'seconds',
			freeAt: new Date(now + 4000).toISOString(),
		});
	}
	expect(refuseProbe([ago(4, 'refused-query', 5)], { kind: 'key-query', trigger: 'key' }, now)).toBeNull();
});

test('four refused key queries in ten minutes, and no fifth for anybody; it is free when the first leaves the window', () => {
	const held = [500, 400, 300, 200].map((seconds) => ago(seconds, 'refused-query', 5));
	for (const trigger of ['key', 'insisted', 'command', 'report'] as const) {
		expect(refuseProbe(held, { kind: 'key-query', trigger }, now)).toMatchObject({
			reason: 'refused-queries',
			freeAt: new Date(now - 500_000 + windowMs).toISOString(),
		});
	}
	expect(refuseProbe(held, { kind: 'unfinished', trigger: 'key' }, now)).toBeNull();
	expect(refuseProbe(held.slice(1), { kind: 'key-query', trigger: 'key' }, now)).toBeNull();
});

test('a query whose answer is not known yet counts as refused', () => {
	const held = [500, 400, 300, 200].map((seconds) => ago(seconds, 'open-query', 5));
	expect(refuseProbe(held, { kind: 'key-query', trigger: 'insisted' }, now)?.reason).toBe('refused-queries');
});

test('other unfinished connections: two for the background, three for a report, four for a person, who may insist', () => {
	const held = [500, 400, 300, 200].map((seconds) => ago(seconds, 'unfinished', 1));
	const unfinished = (count: number, trigger: ProbeTrigger) =>
		refuseProbe(held.slice(0, count), { kind: 'unfinished', trigger }, now);
	for (const [trigger, most] of [
		['background', 2],
		['report', 3],
		['key', 4],
		['command', 3],
	] as const) {
		expect(unfinished(most - 1, trigger)).toBeNull();
		expect(unfinished(most, trigger)?.reason).toBe('unfinished');
	}
	expect(unfinished(4, 'key')?.freeAt).toBe(new Date(now - 500_000 + windowMs).toISOString());
	expect(unfinished(4, 'insisted')).toBeNull();
});

test('the background asks two questions, and leaves two to people', () => {
	const held = [ago(500, 'refused-query', 5), ago(400, 'refused-query', 5)];
	const query = { kind: 'key-query', trigger: 'background' } as const;
	expect(refuseProbe(held.slice(1), query, now)).toBeNull();
	expect(refuseProbe(held, query, now)?.freeAt).toBe(new Date(now - 500_000 + windowMs).toISOString());
	expect(refuseProbe([], { ...query, keys: 3 }, now)?.reason).toBe('refused-queries');
	expect(refuseProbe(held, { ...query, trigger: 'key' }, now)).toBeNull();
});

test('a clock that was set back does not make penalties last', () => {
	expect(usedBudget([ago(-3600, 'refused-query', 5)], now).seconds).toBe(5);
});

test('asking for the methods of a user counts with the key queries: sshd logs both as an invalid user', () => {
	const asked = [0, 1, 2, 3].map((second) => ({ at: second * 60_000, kind: 'refused-query', seconds: 1 }) as const);
	expect(refuseProbe(asked, { kind: 'methods', trigger: 'insisted' }, 240_000)?.reason).toBe('refused-queries');
	expect(refuseProbe(asked.slice(1), { kind: 'methods', trigger: 'key' }, 240_000)).toBeNull();
});

test('what is in use is told of all targets together', () => {
	expect(addUpBudget([], now)).toEqual({ targets: 0, full: 0, mostSeconds: 0 });
	const unfinished = [30, 20, 10].map((seconds) => ago(seconds, 'unfinished', 1));
	expect(addUpBudget([[ago(2, 'refused-query', 5)], unfinished], now)).toEqual({ targets: 2, full: 1, mostSeconds: 3 });
});

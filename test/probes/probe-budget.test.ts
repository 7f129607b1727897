import { expect, test } from 'vitest';
import { addUpBudget, type Reservation, refuseProbe, usedBudget, windowMs } from '../../source/probes/probe-budget.ts';

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
		expect(refuseProbe(held, 'unfinished', trigger, now)).toBeNull();
		expect(refuseProbe(held, 'key-query', trigger, now)).toMatchObject({
			reason: 'seconds',
			freeAt: new Date(now + 4000).toISOString(),
		});
	}
	expect(refuseProbe([ago(4, 'refused-query', 5)], 'key-query', 'key', now)).toBeNull();
});

test('four refused key queries in ten minutes, and no fifth for anybody; it is free when the first leaves the window', () => {
	const held = [500, 400, 300, 200].map((seconds) => ago(seconds, 'refused-query', 5));
	for (const trigger of ['background', 'key', 'insisted', 'command'] as const) {
		expect(refuseProbe(held, 'key-query', trigger, now)).toMatchObject({
			reason: 'refused-queries',
			freeAt: new Date(now - 500_000 + windowMs).toISOString(),
		});
	}
	expect(refuseProbe(held, 'unfinished', 'key', now)).toBeNull();
	expect(refuseProbe(held.slice(1), 'key-query', 'key', now)).toBeNull();
});

test('a query whose answer is not known yet counts as refused', () => {
	const held = [500, 400, 300, 200].map((seconds) => ago(seconds, 'open-query', 5));
	expect(refuseProbe(held, 'key-query', 'insisted', now)?.reason).toBe('refused-queries');
});

test('other unfinished connections: three for the background, four for a person, who may insist', () => {
	const held = [500, 400, 300].map((seconds) => ago(seconds, 'unfinished', 1));
	expect(refuseProbe(held, 'unfinished', 'background', now)?.reason).toBe('unfinished');
	expect(refuseProbe(held, 'unfinished', 'key', now)).toBeNull();
	const four = [...held, ago(200, 'unfinished', 1)];
	expect(refuseProbe(four, 'unfinished', 'key', now)).toMatchObject({
		reason: 'unfinished',
		freeAt: new Date(now - 500_000 + windowMs).toISOString(),
	});
	expect(refuseProbe(four, 'unfinished', 'command', now)?.reason).toBe('unfinished');
	expect(refuseProbe(four, 'unfinished', 'insisted', now)).toBeNull();
});

test('a clock that was set back does not make penalties last', () => {
	expect(usedBudget([ago(-3600, 'refused-query', 5)], now).seconds).toBe(5);
});

test('asking for the methods of a user counts with the key queries: sshd logs both as an invalid user', () => {
	const asked = [0, 1, 2, 3].map((second) => ({ at: second * 60_000, kind: 'refused-query', seconds: 1 }) as const);
	expect(refuseProbe(asked, 'methods', 'insisted', 240_000)?.reason).toBe('refused-queries');
	expect(refuseProbe(asked.slice(1), 'methods', 'key', 240_000)).toBeNull();
});

test('what is in use is told of all targets together', () => {
	expect(addUpBudget([], now)).toEqual({ targets: 0, full: 0, mostSeconds: 0 });
	const unfinished = [30, 20, 10].map((seconds) => ago(seconds, 'unfinished', 1));
	expect(addUpBudget([[ago(2, 'refused-query', 5)], unfinished], now)).toEqual({ targets: 2, full: 1, mostSeconds: 3 });
});

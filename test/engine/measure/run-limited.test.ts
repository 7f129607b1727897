import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runLimited } from '../../../source/engine/measure/run-limited.ts';

const never = new AbortController().signal;

/** Starts one for each item, to be ended by hand. */
function workers() {
	const started: number[] = [];
	const ends: Array<() => void> = [];
	const failures: Array<(error: Error) => void> = [];
	const rooms: Array<() => void> = [];
	const start = (item: number, makeRoom: () => void) => {
		started.push(item);
		rooms.push(makeRoom);
		return new Promise<void>((resolve, reject) => {
			ends.push(resolve);
			failures.push(reject);
		});
	};
	return { started, ends, failures, rooms, start };
}

test('only so many are begun, in order, the next one when one has ended', async () => {
	const { started, ends, start } = workers();
	let isOver = false;
	const all = runLimited([1, 2, 3, 4], 2, never, start).then(() => {
		isOver = true;
	});
	await turn();
	expect(started).toEqual([1, 2]);
	ends[1]?.();
	await turn();
	expect(started).toEqual([1, 2, 3]);
	for (let index = 0; index < 4; index++) {
		ends[index]?.();
		await turn();
	}
	expect(started).toEqual([1, 2, 3, 4]);
	expect(isOver).toBe(true);
	await all;
});

test('one that waits makes room for one more, once, and is still waited for', async () => {
	const { started, ends, rooms, start } = workers();
	let isOver = false;
	const all = runLimited([1, 2, 3], 1, never, start).then(() => {
		isOver = true;
	});
	await turn();
	rooms[0]?.();
	rooms[0]?.();
	await turn();
	expect(started).toEqual([1, 2]);
	ends[1]?.();
	await turn();
	ends[2]?.();
	await turn();
	expect(started).toEqual([1, 2, 3]);
	expect(isOver).toBe(false);
	ends[0]?.();
	await all;
});

test('a failure ends it, as does an abort: no more are begun', async () => {
	const failing = workers();
	const failed = runLimited([1, 2], 1, never, failing.start);
	await turn();
	failing.failures[0]?.(new Error('no'));
	await expect(failed).rejects.toThrow('no');
	expect(failing.started).toEqual([1]);

	const stop = new AbortController();
	const stopped = workers();
	const all = runLimited([1, 2], 1, stop.signal, stopped.start);
	await turn();
	stop.abort();
	stopped.ends[0]?.();
	await all;
	expect(stopped.started).toEqual([1]);
});

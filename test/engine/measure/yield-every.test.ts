import { expect, test } from 'vitest';
import { yieldEvery } from '../../../source/engine/measure/yield-every.ts';

const never = new AbortController().signal;

/** As long as a piece may take. */
function work(): void {
	const until = performance.now() + 3;
	while (performance.now() < until);
}

test('goes through all of them in order, and lets others have their turn in between', async () => {
	const log: Array<number | string> = [];
	setImmediate(() => log.push('a key press'));
	await yieldEvery([1, 2, 3, 4, 5, 6], never, (item) => {
		work();
		log.push(item);
	});
	expect(log.filter((entry) => typeof entry === 'number')).toEqual([1, 2, 3, 4, 5, 6]);
	expect(log.indexOf('a key press')).toBeLessThan(3);
});

test('what an item sets off counts too', async () => {
	const log: Array<number | string> = [];
	setImmediate(() => log.push('a key press'));
	await yieldEvery([1, 2, 3, 4, 5, 6], never, (item) => {
		void Promise.resolve().then(() => {
			work();
			log.push(item);
		});
	});
	expect(log.filter((entry) => typeof entry === 'number')).toEqual([1, 2, 3, 4, 5, 6]);
	expect(log.indexOf('a key press')).toBeLessThan(3);
});

test('ends early when aborted', async () => {
	const stop = new AbortController();
	const taken: number[] = [];
	await yieldEvery([1, 2, 3], stop.signal, (item) => {
		taken.push(item);
		if (item === 2) stop.abort();
	});
	expect(taken).toEqual([1, 2]);
});

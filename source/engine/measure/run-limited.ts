import { yieldEvery } from './yield-every.ts';

/**
 * Starts one after the other, at most so many at once; one that has to wait for something else makes room for the next. What is not
 * begun takes no memory, and stands in nobody's way. Ends early when aborted, and with the first failure.
 *
 * @param start told how to make room before it has ended.
 */
export async function runLimited<Item>(
	items: Iterable<Item>,
	most: number,
	signal: AbortSignal,
	start: (item: Item, makeRoom: () => void) => Promise<void>,
): Promise<void> {
	let room = most;
	let goOn = () => {};
	let hasFailed = false;
	const started: Array<Promise<void>> = [];
	const begin = (item: Item) => {
		room--;
		let isInside = true;
		const makeRoom = () => {
			if (!isInside) return;
			isInside = false;
			room++;
			goOn();
		};
		const ended = start(item, makeRoom);
		ended.then(makeRoom, () => {
			hasFailed = true;
			makeRoom();
		});
		started.push(ended);
	};
	await yieldEvery(items, signal, async (item) => {
		if (room === 0) {
			await new Promise<void>((resolve) => {
				goOn = resolve;
			});
		}
		if (!signal.aborted && !hasFailed) begin(item);
	});
	await Promise.all(started);
}

/** Milliseconds: well within a frame. */
const longestPiece = 4;

/** Goes through many Safes in pieces, so that no key press has to wait until the last one is done. Ends early when aborted. */
export async function inPieces<Item>(
	items: Iterable<Item>,
	signal: AbortSignal,
	take: (item: Item) => void,
): Promise<void> {
	let since = performance.now();
	for (const item of items) {
		if (signal.aborted) return;
		take(item);
		// What it set off goes on now, and counts as a part of the piece.
		await null;
		if (performance.now() - since < longestPiece) continue;
		await new Promise(setImmediate);
		since = performance.now();
	}
}

export type Pace = () => Promise<void>;

/** What one event sets free at once, such as a file that many read, goes on one after the other, in pieces: each waits for its turn. */
export function createPace(signal: AbortSignal): Pace {
	const waiting: Array<() => void> = [];
	let isGoing = false;
	function* turns() {
		while (waiting.length > 0) yield;
	}
	const goOn = () => waiting.shift()?.();
	const go = async () => {
		isGoing = true;
		await inPieces(turns(), signal, goOn);
		isGoing = false;
		// Who came as it ended; and when aborted all, since they have something to put away.
		while (waiting.length > 0) goOn();
	};
	return () =>
		new Promise((resolve) => {
			waiting.push(resolve);
			if (!isGoing) void go();
		});
}

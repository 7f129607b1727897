/** Milliseconds: well within a frame. */
const longestPiece = 4;

/** Goes through many Safes in pieces, so that no key press has to wait until the last one is done. Ends early when aborted. */
export async function yieldEvery<Item>(
	items: Iterable<Item>,
	signal: AbortSignal,
	take: (item: Item) => void | Promise<void>,
): Promise<void> {
	let since = performance.now();
	for (const item of items) {
		if (signal.aborted) return;
		// What it set off goes on now, and counts as a part of the piece.
		await take(item);
		if (performance.now() - since < longestPiece) continue;
		await new Promise(setImmediate);
		since = performance.now();
	}
}

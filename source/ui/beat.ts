/** Milliseconds: ten frames a second read as a flow, and more only cost. */
const everyMs = 100;

type Waiting = { readonly from: number; readonly run: () => void };

const waiting = new Set<Waiting>();
let isPlanned = false;

/**
 * What changes on its own is drawn on common beats, all that is due in one frame: a key press has to wait for one at most. Without
 * anything due there are none.
 *
 * @param from performance.now() at which it may be run at the earliest.
 * @returns its own undo.
 */
export function atBeat(run: () => void, from = 0): () => void {
	const entry = { from, run };
	waiting.add(entry);
	plan();
	return () => waiting.delete(entry);
}

function plan(): void {
	if (isPlanned) return;
	isPlanned = true;
	// Behind it, not right before it: timers count whole milliseconds.
	setTimeout(beat, Math.floor(everyMs - (performance.now() % everyMs)) + 1).unref();
}

function beat(): void {
	isPlanned = false;
	const now = performance.now();
	for (const entry of [...waiting]) {
		// One that ran before it may have undone it.
		if (entry.from <= now && waiting.delete(entry)) entry.run();
	}
	if (waiting.size > 0) plan();
}

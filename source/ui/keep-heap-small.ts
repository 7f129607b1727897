import { type CollectGarbage, collectGarbage, keepOldSmall } from '../engine/heap.ts';

/** Milliseconds after the first frame: by then what a screen needs is loaded, and the first answers are on it. */
const loadedAfter = 1_500;

/**
 * From soon after the first frame on the heap is kept small: at first V8 would wait for one of three times what a screen needs, and
 * what it once took stays taken. When things are quiet again V8 tidies up by itself.
 * bench/screen.ts tells what that leaves. Returns its own end.
 */
export function keepHeapSmall(collect: CollectGarbage = collectGarbage): () => void {
	const timer = setTimeout(() => {
		keepOldSmall();
		// The next limit is set by a collection.
		collect({ type: 'major' });
	}, loadedAfter).unref();
	return () => clearTimeout(timer);
}

import { type CollectGarbage, collectGarbage, keepOldSmall } from '../engine/heap.ts';
import type { Session } from '../engine/session.ts';
import type { Store } from '../engine/store.ts';
import type { View } from './view.ts';

/** Milliseconds in which nobody pressed a key and no sweep went on. */
const quietFor = 20_000;

/** Milliseconds after the first frame: by then what a screen needs is loaded, and the first answers are on it. */
const loadedAfter = 1_500;

/**
 * From soon after the first frame on, garbage is looked for when there is a quarter more to look at: at first V8 would wait for a heap
 * of three times what a screen needs, and what it once took stays taken. bench/screen.ts tells what that leaves. Returns its own end.
 */
export function keepHeapSmall(collect: CollectGarbage = collectGarbage): () => void {
	const timer = setTimeout(() => {
		keepOldSmall();
		// The next limit is set by a collection.
		collect({ type: 'major' });
	}, loadedAfter).unref();
	return () => clearTimeout(timer);
}

/**
 * Gives memory back once in each quiet spell: what a sweep or a busy hand left behind would else stay until as much again has come,
 * which between sweeps is hours. It takes some hundredths of a second that nobody is there to notice. Returns its own end.
 */
export function tidyMemoryWhenQuiet(
	{ session }: { session: Pick<Store<Session>, 'get' | 'subscribe'> },
	view: Pick<Store<View>, 'subscribe'>,
	collect: CollectGarbage = collectGarbage,
): () => void {
	let timer: NodeJS.Timeout | undefined;
	let { sweep } = session.get();
	const startAnew = () => {
		clearTimeout(timer);
		timer = setTimeout(() => {
			if (!sweep.running) collect({ type: 'major', flavor: 'last-resort' });
		}, quietFor).unref();
	};
	startAnew();
	const ends = [
		view.subscribe(startAnew),
		session.subscribe(() => {
			// Connectors are looked at all the time.
			if (session.get().sweep === sweep) return;
			({ sweep } = session.get());
			startAnew();
		}),
	];
	return () => {
		clearTimeout(timer);
		for (const end of ends) end();
	};
}

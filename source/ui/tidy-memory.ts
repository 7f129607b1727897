import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Session } from '../engine/session.ts';
import type { Store } from '../engine/store.ts';
import type { View } from './view.ts';

/** Milliseconds in which nobody pressed a key and no sweep went on. */
const quietFor = 20_000;

type CollectGarbage = (how: { type: 'major'; flavor: 'last-resort' }) => void;

/**
 * Gives memory back once in each quiet spell: what a sweep or a busy hand left behind would else stay until as much again has come,
 * which between sweeps is hours. It takes some hundredths of a second that nobody is there to notice. Returns its own end.
 */
export function tidyMemoryWhenQuiet(
	{ session }: { session: Pick<Store<Session>, 'get' | 'subscribe'> },
	view: Pick<Store<View>, 'subscribe'>,
	collect = garbageCollector(),
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

/** Node gives it to programs that were started with --expose-gc, or that ask for it later on. */
function garbageCollector(): CollectGarbage {
	setFlagsFromString('--expose-gc');
	return runInNewContext('gc') as CollectGarbage;
}

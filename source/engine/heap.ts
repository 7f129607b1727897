import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** For programs without a screen: V8 would let garbage pile up to well over 100 MB with a thousand Safes, of which less than 20 MB are in use. */
export function saveMemory(): void {
	for (const flag of ['--semi-space-growth-factor=1', '--heap-growing-percent=10', '--optimize-for-size'])
		setFlagsFromString(flag);
}

/**
 * What is new stays in two megabytes, instead of in up to 32, and is gone through by the thread that draws, alone: on a busy machine it
 * would wait for helpers that have no processor. bench/screen.ts tells what that leaves, and what a frame costs.
 */
export function keepYoungSmall(): void {
	for (const flag of ['--semi-space-growth-factor=1', '--no-parallel-scavenge']) setFlagsFromString(flag);
}

/**
 * From the next collection on garbage is looked for when there is a quarter more to look at, and pages that are a fifth empty are
 * put together: with a thousand Safes they would take 15 MB more. A collection takes 7 ms in place of 4 for that.
 */
export function keepOldSmall(): void {
	for (const flag of ['--heap-growing-percent=25', '--optimize-for-size']) setFlagsFromString(flag);
}

export type CollectGarbage = (how: { type: 'major' }) => void;

let own: CollectGarbage | null = null;

/** Node gives it to programs that were started with --expose-gc, or that ask for it later on. */
export const collectGarbage: CollectGarbage = (how) => {
	if (own === null) {
		setFlagsFromString('--expose-gc');
		own = runInNewContext('gc') as CollectGarbage;
	}
	own(how);
};

import type { SiteFile } from './site-file.ts';
import type { Transaction } from './transaction.ts';

type Work = (transaction: Transaction) => unknown;

export type DeferredWrites = {
	/** Writes now where that is possible, else when it is. The order stays. */
	run(work: Work): void;
	/** Writes later what could not be written now. */
	add(work: Work): void;
	retry(): void;
	/** Whether anything is still to be written. */
	readonly isPending: () => boolean;
};

const maxKept = 1000;
/** Another program's write takes a few milliseconds; a key press waits no longer for it than a frame. */
const waitMs = 10;

/** The few things that people do must not be lost to a lock or a full disk that goes away. */
export function createDeferredWrites(file: SiteFile): DeferredWrites {
	let kept: Work[] = [];
	const add = (work: Work) => {
		kept.push(work);
		if (kept.length > maxKept) kept.shift();
	};
	const tryAll = (patienceMs: number) => {
		if (kept.length === 0) return;
		const outcome = file.write((transaction) => {
			for (const work of kept) work(transaction);
		}, patienceMs);
		if (outcome.ok) kept = [];
	};
	return {
		run(work) {
			add(work);
			tryAll(waitMs);
		},
		add,
		retry: () => tryAll(0),
		isPending: () => kept.length > 0,
	};
}

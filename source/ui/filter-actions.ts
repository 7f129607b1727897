import { choiceOf } from './choice.ts';
import { type Hint, typedInto } from './hint.ts';
import { loadPseudonymsFor } from './pseudonym-filter.ts';
import { currentList, type Screen } from './screen.ts';
import type { View } from './view.ts';

/** Filtering the Safes, and coming back from it. */

/** What esc comes back to. */
export type BeforeFilter = Pick<View, 'focus' | 'filter' | 'safe' | 'entry'> & {
	/** Which line stood on top of the list. */
	readonly top: number;
	/** Where the person was before the filter that this one replaces. */
	readonly unfiltered: BeforeFilter | null;
};

export const filterHints: readonly Hint[] = [
	{ keys: 'type', title: 'to filter', always: true },
	{ keys: 'enter', title: 'keep', always: true },
	{ keys: 'esc', title: 'leave', always: true },
];

export function startFilter({ view, ends }: Screen): void {
	const { focus, filter, safe, entry, beforeFilter } = view.get();
	const unfiltered = filter === '' ? null : beforeFilter;
	const before = { focus, filter, safe, entry, top: ends.safesFrom, unfiltered };
	view.patch({ typing: true, focus: 'safes', filter: '', safe: null, entry: null, beforeFilter: before });
}

export function typeFilter(screen: Screen, chord: string): void {
	const { view } = screen;
	const { filter } = view.get();
	if (chord === 'esc') return leaveFilter(screen);
	if (chord !== 'enter') {
		view.patch({ filter: typedInto(filter, chord) ?? filter });
		return loadPseudonymsFor(screen);
	}
	// Without a word it filters nothing.
	if (filter.trim() === '') return leaveFilter(screen);
	const { entry } = currentList(screen);
	const { beforeFilter } = view.get();
	view.patch({
		typing: false,
		beforeFilter: beforeFilter?.unfiltered ?? beforeFilter,
		...(entry === null ? {} : choiceOf(entry)),
	});
}

/** Esc while it is typed: back to the line the person was on. */
function leaveFilter({ view, ends }: Screen): void {
	const { beforeFilter } = view.get();
	if (beforeFilter === null) return view.patch({ typing: false, filter: '' });
	const { top, unfiltered, ...before } = beforeFilter;
	ends.safesFrom = top;
	view.patch({ ...before, typing: false, beforeFilter: unfiltered });
}

/** Esc in the filtered list: all Safes again, with the line that was chosen in it; where none was, with the one before the filter. */
export function clearFilter(screen: Screen): void {
	const { view } = screen;
	const { safe, focus } = view.get();
	if (safe !== null) return view.patch({ filter: '', beforeFilter: null });
	leaveFilter(screen);
	view.patch({ focus });
}

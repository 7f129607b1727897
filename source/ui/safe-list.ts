import type { Cause } from '../domain/cause.ts';
import type { Group } from '../domain/check.ts';
import type { Coverage } from '../domain/coverage.ts';
import type { OverallVerdict } from '../domain/verdict.ts';
import type { SafeState } from '../engine/session/session.ts';
import { causeTexts } from '../runbook/causes.ts';
import { isOneTrouble } from '../runbook/group-words.ts';
import { withRealNames } from './pseudonym-filter.ts';
import { bookOf, labelOf, type SafeBook, type SafeClass } from './safe-book.ts';
import { type FilterWord, filterSafes } from './safe-filter.ts';
import { filterVaultPamOnly } from './vaultpam-only.ts';
import type { View } from './view.ts';

/** A line of the list: one Safe, Safes that fail for one cause, others that stand where they stand for the same reason, or those that only VaultPAM knows. */
export type Entry =
	| {
			readonly kind: 'safe';
			readonly key: string;
			readonly state: SafeState;
			/** It is one of those in the line above, and shown because it is selected. */
			readonly isInside: boolean;
	  }
	| {
			readonly kind: 'group';
			readonly key: string;
			readonly group: Group;
			readonly members: readonly SafeState[];
	  }
	| {
			readonly kind: 'fold';
			readonly key: string;
			readonly verdict: OverallVerdict;
			readonly label: string;
			readonly members: readonly SafeState[];
	  }
	| {
			readonly kind: 'vaultpam-only';
			readonly key: string;
			/** None where VaultPAM's list could not be read, and no older one has any. */
			readonly listed: Coverage['withoutTarget'];
			/** Why the list is an old one, or none. */
			readonly problem: string | null;
			/** None: the session has no Safe for what has no target. */
			readonly members: readonly SafeState[];
	  };

/** What Enter opened, as it was then: a Safe that recovers stays to be seen. */
export type Opened = {
	readonly key: string;
	readonly names: readonly string[];
	readonly label: string;
	/** What was selected before. */
	readonly back: {
		readonly safe: string | null;
		readonly entry: View['entry'];
	};
} & ({ readonly kind: 'group'; readonly cause: Cause } | { readonly kind: 'fold' });

export type ListOptions = {
	readonly filter: string;
	readonly opened: Opened | null;
	/** As many lines stand open without scrolling. */
	readonly room: number;
	/** What VaultPAM has and the inventory has not. */
	readonly coverage?: Coverage | null;
};

export type SafeList = {
	readonly entries: readonly Entry[];
	/** Safes this level of the list is about, filtered or not. */
	readonly of: number;
	/** How many of them the filter leaves. */
	readonly matching: number;
	readonly words: readonly FilterWord[];
};

/** So many lines of one kind are never too many. */
const few = 3;

export const keyOfSafe = (name: string) => `safe ${name}`;

export function keyOfGroup({ cause, contrast, safes }: Group): string {
	// What is left over without a common reason is told apart by where it is, one alone by its name.
	return safes.length === 1 ? keyOfSafe(safes[0] ?? '') : `group ${cause} ${contrast.attribute} ${contrast.value}`;
}

const keyOfFold = (verdict: OverallVerdict, label: string) => `fold ${verdict} ${label}`;

/**
 * The lines of the list: groups first, the largest on top, then single Safes, failing ones first; those that stand for the same
 * reason are folded into one line where the list would not fit its room. Pure.
 */
export function listSafes(safes: SafeBook['safes'], options: ListOptions): SafeList {
	const book = bookOf(safes);
	const { filter, opened, coverage = null } = options;
	const states = opened === null ? book.classes.flatMap((some) => some.states) : statesOf(book, opened);
	if (filter.trim() !== '') {
		const list = filtered(states, filter);
		const found = opened === null ? filterVaultPamOnly(coverage?.withoutTarget ?? [], filter) : [];
		const elsewhere = found.length === 0 ? [] : vaultPamOnlyEntries(found, coverage?.problem ?? null);
		// Guesses stand behind what has the word.
		const isGuess = list.words.some(({ isFuzzy }) => isFuzzy);
		return { ...list, entries: isGuess ? [...elsewhere, ...list.entries] : [...list.entries, ...elsewhere] };
	}
	if (opened !== null) return { ...filtered(states, ''), entries: openedEntries(book, opened, states) };
	const entries = folded(
		book,
		vaultPamOnlyEntries(coverage?.withoutTarget ?? [], coverage?.problem ?? null),
		options.room,
	);
	return { entries, of: safes.size, matching: safes.size, words: [] };
}

function vaultPamOnlyEntries(listed: Coverage['withoutTarget'], problem: string | null): Entry[] {
	if (listed.length === 0 && problem === null) return [];
	return [{ kind: 'vaultpam-only', key: 'vaultpam-only', listed, problem, members: [] }];
}

function folded(book: SafeBook, elsewhere: readonly Entry[], room: number): Entry[] {
	const groups = book.groups.filter(({ safes }) => safes.length > 1);
	const certain = groups.filter(isOneTrouble);
	const collapsible = book.classes.filter(({ verdict, states }) => verdict !== 'fail' && states.length > few);
	const inGroups = (some: readonly Group[]) => some.reduce((sum, { safes }) => sum + safes.length, 0);
	let lines = book.safes.size - inGroups(certain) + certain.length + elsewhere.length;
	const closed = new Set<unknown>(certain);
	// The best give way first; failing Safes without a common reason last.
	for (const { states, ...rest } of collapsible.toReversed()) {
		if (lines <= room) break;
		closed.add(keyOfFold(rest.verdict, rest.label));
		lines -= states.length - 1;
	}
	if (lines > room) for (const group of groups) closed.add(group);
	const shut = groups.filter((group) => closed.has(group));
	const explained = new Set(shut.flatMap(({ safes }) => safes));
	const linesOf = ({ verdict, label, states }: SafeClass): Entry[] => {
		const key = keyOfFold(verdict, label);
		if (closed.has(key)) return [{ kind: 'fold', key, verdict, label, members: states }];
		return states.flatMap((state) => (explained.has(state.result.name) ? [] : safeEntry(state)));
	};
	const failing = book.classes.filter(({ verdict }) => verdict === 'fail');
	return [
		...shut.map((group) => groupEntry(book, group)),
		...failing.flatMap(linesOf),
		...elsewhere,
		...book.classes.slice(failing.length).flatMap(linesOf),
	];
}

function groupEntry({ safes }: SafeBook, group: Group): Entry {
	const members = group.safes.flatMap((name) => safes.get(name) ?? []);
	return { kind: 'group', key: keyOfGroup(group), group, members };
}

function safeEntry(state: SafeState, isInside = false): Entry {
	return { kind: 'safe', key: keyOfSafe(state.result.name), state, isInside };
}

/** With a line for a Safe that is counted in another one, or that the filter leaves out. */
export function keepSafe(list: SafeList, state: SafeState): SafeList {
	const { name } = state.result;
	const { entries } = list;
	const isThere = entries.some((entry) => entry.kind === 'safe' && entry.state.result.name === name);
	if (isThere) return list;
	const container = entries.findIndex((entry) => entry.kind !== 'safe' && entry.members.includes(state));
	return { ...list, entries: entries.toSpliced(container + 1, 0, safeEntry(state, container !== -1)) };
}

function filtered(from: readonly SafeState[], filter: string): SafeList {
	const { words, states } = filterSafes(from, withRealNames(filter));
	return { entries: states.map((state) => safeEntry(state)), of: from.length, matching: states.length, words };
}

/** Safes that still fail together first, then what became of the others. */
function statesOf(book: SafeBook, opened: Opened): SafeState[] {
	const failing = new Set(opened.kind === 'group' ? openedGroup(book, opened)?.safes : []);
	const names = new Set([...failing, ...opened.names]);
	const members = book.classes.flatMap(({ verdict, label, states }) =>
		opened.kind === 'fold' && keyOfFold(verdict, label) === opened.key
			? states
			: states.filter(({ result }) => names.has(result.name)),
	);
	const { together = [], others = [] } = Object.groupBy(members, ({ result }) =>
		failing.has(result.name) ? 'together' : 'others',
	);
	return [...together, ...others];
}

function openedEntries(book: SafeBook, opened: Opened, states: readonly SafeState[]): Entry[] {
	const group = opened.kind === 'group' ? openedGroup(book, opened) : null;
	const head = group === null || group.safes.length < 2 ? [] : [groupEntry(book, group)];
	return [...head, ...states.map((state) => safeEntry(state))];
}

/** The group as it is now: what it is told by may have changed, most of its Safes have not. */
export function openedGroup({ groups }: SafeBook, opened: Extract<Opened, { kind: 'group' }>): Group | null {
	const same = groups.find((group) => keyOfGroup(group) === opened.key);
	if (same !== undefined) return same;
	const names = new Set(opened.names);
	const shared = (group: Group) => group.safes.filter((name) => names.has(name)).length;
	const [most] = groups
		.filter(({ cause, safes }) => cause === opened.cause && safes.length > 1)
		.sort((a, b) => shared(b) - shared(a));
	return most !== undefined && shared(most) > 0 ? most : null;
}

/** What a Safe's line says of why. */
export function reasonOf({ result, running }: SafeState): string {
	const label = labelOf(result);
	return label === 'not measured yet' && running !== null ? 'measuring' : label;
}

/** `port timeout`, `all five pass`: what the Safes of a line have in common. */
export function titleOfEntry(entry: Entry): string {
	if (entry.kind === 'safe') return entry.state.result.name;
	if (entry.kind === 'vaultpam-only') return entry.listed.length === 0 ? 'Safes not listed' : 'no target known';
	return entry.kind === 'group' ? causeTexts[entry.group.cause].label : entry.label;
}

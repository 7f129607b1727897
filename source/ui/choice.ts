import type { SafeState } from '../engine/session/session.ts';
import { type Entry, keyOfSafe } from './safe-list.ts';
import type { View } from './view.ts';

/**
 * Which line of the list is meant. It is named by a Safe, and by the key of its line where that stands for several; so it stays the
 * same while the list is sorted anew.
 */
export type Choice = Pick<View, 'safe' | 'entry'>;

export function choiceOf(entry: Entry, before: Choice['safe'] = null): Choice {
	if (entry.kind === 'safe') return { safe: entry.state.result.name, entry: null };
	// A Safe that was looked at stays the one that stands for the others.
	const same = entry.members.find(({ result }) => result.name === before);
	const safe = (same ?? entry.members[0])?.result.name ?? null;
	return { safe, entry: { key: entry.key, safe } };
}

/** The key of the line that was chosen; null while nobody chose. */
export function chosenKey({ safe, entry }: Choice): string | null {
	// Who chooses a Safe by its name need not know of lines.
	if (entry !== null && entry.safe === safe) return entry.key;
	return safe === null ? null : keyOfSafe(safe);
}

/** The line the keys act on: the chosen one; when it is gone, the one that has its Safe now; else the first. */
export function findChosen(entries: readonly Entry[], choice: Choice): Entry | null {
	const key = chosenKey(choice);
	const has = (entry: Entry) =>
		entry.kind === 'safe'
			? entry.state.result.name === choice.safe
			: entry.members.some(({ result }) => result.name === choice.safe);
	const named = entries.find((entry) => entry.key === key) ?? (key === null ? undefined : entries.find(has));
	return named ?? entries[0] ?? null;
}

/** The Safe that stands for a line: of a group the one that was looked at, else its first. None stands for those that are only folded. */
export function safeOf(entry: Entry | null, choice: Choice): SafeState | null {
	if (entry === null || entry.kind === 'fold') return null;
	if (entry.kind === 'safe') return entry.state;
	return entry.members.find(({ result }) => result.name === choice.safe) ?? entry.members[0] ?? null;
}

import { countSafes } from '../report/check-report.ts';
import { choiceOf, chosenKey } from './choice.ts';
import { titleOfEntry } from './safe-list.ts';
import { currentList, type Screen, type Selection } from './screen.ts';
import { openVaultPamOnly } from './vaultpam-only-actions.ts';

/** Choosing a line of the list, opening it, and going back. */

/**
 * From now on keys act on the selected line, wherever the list puts it. Null, with a notice, when another one was to be seen when the
 * key was pressed.
 */
export function pin(screen: Screen): Selection | null {
	const { view, ends } = screen;
	const now = currentList(screen);
	if (now.entry === null) return null;
	const seen = chosenKey(view.get()) ?? ends.drawn ?? now.entry.key;
	const entry = now.list.entries.find(({ key }) => key === seen) ?? now.entry;
	view.patch(choiceOf(entry, view.get().safe));
	if (entry.key === seen) return currentList(screen);
	view.patch({ notice: `the list changed just now: this is ${titleOfEntry(entry)}, press again` });
	return null;
}

/** Whether the line the keys act on is a group, also before anybody chose one. */
export function isGroupSelected(screen: Screen): boolean {
	return currentList(screen).entry?.kind === 'group';
}

/** Null when keys have a Safe to act on, else why not. */
export function needsSafe(screen: Screen): string | null {
	const { entry, selected } = currentList(screen);
	if (selected !== null) return null;
	if (entry?.kind === 'fold') return `these are ${countSafes(entry.members.length)}: enter lists them`;
	return entry?.kind === 'vaultpam-only'
		? 'without a target nothing can be measured: enter lists them'
		: 'no Safe is selected';
}

export function needsLine(screen: Screen): string | null {
	return currentList(screen).entry === null ? 'nothing is selected' : null;
}

/** Enter: a group or folded Safes show their members, those that only VaultPAM knows their names, a Safe its checks. */
export function openSelected(screen: Screen): void {
	const { view } = screen;
	const entry = pin(screen)?.entry ?? null;
	if (entry === null) return;
	const { opened } = view.get();
	if (entry.kind === 'safe' || opened?.key === entry.key) return view.patch({ focus: 'checks', checksOffset: 0 });
	if (entry.kind === 'vaultpam-only') return openVaultPamOnly(screen);
	const names = entry.members.map(({ result }) => result.name);
	const label = titleOfEntry(entry);
	const { safe } = view.get();
	const back = { safe, entry: view.get().entry };
	if (entry.kind === 'group')
		view.patch({
			opened: {
				kind: 'group',
				key: entry.key,
				cause: entry.group.cause,
				names,
				label,
				back,
			},
		});
	else view.patch({ opened: { kind: 'fold', key: entry.key, names, label, back }, entry: null });
	view.patch({ filter: '', checksOffset: 0 });
}

/** Back from the members to the line they are counted in, which is selected as it was. */
export function closeOpened({ view }: Screen): void {
	const { opened } = view.get();
	if (opened !== null) view.patch({ opened: null, filter: '', ...opened.back, checksOffset: 0 });
}

import { type CheckId, checkIds, tellingRow } from '../domain/check.ts';
import { type Move, openEvidence } from './actions.ts';
import { jumpToTime } from './log-actions.ts';
import { currentList, type Screen } from './screen.ts';

/** What keys do with the five rows of the selected Safe. */

/** The row the keys act on in Checks: the one that was moved to, else the one that tells. */
export function currentRow(screen: Screen): CheckId {
	const { checkRow } = screen.view.get();
	const { selected } = currentList(screen);
	const telling = selected ? tellingRow(selected.result)?.id : undefined;
	return checkRow ?? telling ?? 'connector';
}

export function openRow(screen: Screen): void {
	openEvidence(screen, String(checkIds.indexOf(currentRow(screen)) + 1));
}

/** In Checks the rows first, then what stands below them. */
export function moveRow(screen: Screen, move: Move, page: number): void {
	const { view, ends } = screen;
	const { checksOffset } = view.get();
	const index = checkIds.indexOf(currentRow(screen));
	const last = checkIds.length - 1;
	const scrollTo = (offset: number) => view.patch({ checksOffset: Math.max(0, Math.min(offset, ends.checks)) });
	const goTo = (row: number) => {
		const line = ends.rowLines?.[row] ?? 0;
		// A row that is out of view comes into it.
		const offset = line < checksOffset ? line : line >= checksOffset + page ? line - page + 1 : checksOffset;
		view.patch({ checkRow: checkIds[row] ?? 'connector', checksOffset: offset });
	};
	if (move === 'first') return view.patch({ checkRow: 'connector', checksOffset: 0 });
	if (move === 'last') return view.patch({ checkRow: checkIds[last] ?? 'ssh-key', checksOffset: ends.checks });
	if (move === 'page-up') return scrollTo(checksOffset - page);
	if (move === 'page-down') return scrollTo(checksOffset + page);
	if (move === 'down') return index < last ? goTo(index + 1) : scrollTo(checksOffset + 1);
	// Back up the same way: the lines below first.
	const isBelow = index === last && checksOffset > (ends.rowLines?.[last] ?? 0);
	if (isBelow || index === 0) return scrollTo(checksOffset - 1);
	goTo(index - 1);
}

/** In the evidence: the row before or behind. */
export function turnRow({ view }: Screen, by: 1 | -1): void {
	const { dialog } = view.get();
	if (dialog?.kind !== 'evidence') return;
	const at = checkIds.indexOf(dialog.check) + by;
	const check = checkIds[(at + checkIds.length) % checkIds.length] ?? 'connector';
	view.patch({ dialog: { kind: 'evidence', check, offset: 0 }, checkRow: check });
}

const measuredTime = (screen: Screen): { readonly connector: string; readonly time: number } | null => {
	const { dialog } = screen.view.get();
	const { selected } = currentList(screen);
	const check = dialog?.kind === 'evidence' ? dialog.check : currentRow(screen);
	const measuredAt = selected?.result.checks[check].measuredAt ?? null;
	if (selected === null || measuredAt === null) return null;
	return { connector: selected.result.connector, time: Date.parse(measuredAt) };
};

/** Null where there is a time to go to, else why not. */
export function noTimeYet(screen: Screen): string | null {
	return measuredTime(screen) === null ? 'this row was not measured yet' : null;
}

/** Opens the connector's log where the row was measured. */
export function openLogThere(screen: Screen): void {
	const at = measuredTime(screen);
	if (at !== null) void jumpToTime(screen, at.connector, at.time);
}

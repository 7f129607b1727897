import { useEffect } from 'react';
import { countSafes } from '../../report/check-report.ts';
import { formatExplained } from '../../runbook/group-words.ts';
import { choiceOf, chosenKey } from '../choice.ts';
import { Rows, titleRule } from '../rows.tsx';
import { bookOf, countUnmeasured, type SafeBook } from '../safe-book.ts';
import { openedGroup } from '../safe-list.ts';
import { listOf, type Selection, useScreen, useStore } from '../screen.ts';
import type { View } from '../view.ts';
import { columnsFor, entryLine, heads } from './safe-line.ts';

/** Groups of failing Safes, single ones and folded ones: who, why, where, the five rows, since when. */
export function Safes({ columns, height }: { columns: number; height: number }) {
	const { engine, theme, view, ends } = useScreen();
	const session = useStore(engine.session, (state) => state);
	const { safes, inventory } = session;
	const state = useStore(view, (current) => current);
	const selection = listOf(session, state);
	const { list, entry: chosen } = selection;
	const { entries } = list;
	useEffect(() => {
		ends.drawn = chosen?.key ?? null;
		// The line that was chosen is gone: from now on the keys act on the one that is seen to be selected.
		const key = chosenKey(state);
		if (chosen !== null && key !== null && key !== chosen.key) view.patch(choiceOf(chosen, state.safe));
	});
	const index = chosen === null ? 0 : entries.indexOf(chosen);
	// The window only moves when the selection would leave it.
	ends.safesFrom = Math.max(0, Math.min(Math.max(ends.safesFrom, index - height + 1), index, entries.length - height));
	const focused = state.focus === 'safes';
	const shown = entries.slice(ends.safesFrom, ends.safesFrom + height);
	const widths = columnsFor(shown, columns);
	const now = Date.now();
	const lines = shown.map((entry) =>
		entryLine(theme, entry, { widths, now, words: list.words, selected: entry === chosen, focused }),
	);
	if (entries.length === 0) lines.push(...emptyLines(safes.size, state.filter, inventory.file));
	const position = entries.length > height ? ` · line ${index + 1} of ${entries.length}` : '';
	const detail = describe(bookOf(safes), selection, state) + position;
	const title = titleRule(theme, 'Safes', detail, columns, focused, heads);
	return <Rows lines={[title, ...lines]} columns={columns} height={height + 1} />;
}

function describe(book: SafeBook, { list }: Selection, { filter, typing, opened }: View): string {
	const { of, matching } = list;
	if (typing) return `/${filter}▏ ${matching} of ${of} match`;
	if (filter !== '') return `/${filter}: ${matching} of ${of}`;
	const { summary, groups } = book;
	if (opened !== null) {
		const group = opened.kind === 'group' ? openedGroup(book, opened) : null;
		const failing = group?.safes.length ?? 0;
		const isAll = opened.kind === 'fold' || failing === of;
		return `${opened.label} ─ ${isAll ? countSafes(of) : `${failing} of ${of} still`}`;
	}
	if (summary.safes === 0) return 'none';
	if (countUnmeasured(book) === summary.safes) return 'not measured yet';
	if (summary.fail === 0) return `${summary.pass} of ${summary.safes} pass`;
	return formatExplained(groups) ?? `${summary.fail} of ${summary.safes} fail`;
}

function emptyLines(all: number, filter: string, file: string | null): string[] {
	if (all > 0) return [`  No Safe matches ${JSON.stringify(filter)}; esc shows all.`];
	return [
		`  ${file ?? 'The inventory'} has no Safes yet. a adds one here; hundreds come from a list: vpmon import safes.csv`,
		'  One target at once, without an inventory: vpmon check user@host:22 --key FILE.pub',
	];
}

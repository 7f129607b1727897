import { tellingRow } from '../domain/check.ts';

import { checks } from '../runbook/checks.ts';
import { choiceOf } from './choice.ts';
import { closeOpened, pin } from './choose.ts';
import { orderedConnectors } from './connector-list.ts';
import { moveCopy } from './copy-actions.ts';
import { moveEvents } from './event-actions.ts';
import { clearFilter } from './filter-actions.ts';
import { moveLog, stepBackInLog } from './log-actions.ts';
import { leaveReport, openReport } from './report-actions.ts';
import { moveRow } from './row-actions.ts';
import { currentList, type Screen, shownConnector } from './screen.ts';
import { moveListed } from './vaultpam-only-actions.ts';
import { panes } from './view.ts';

/** What keys do. Everything is read from the stores when the key is pressed: several presses may come in one event. */

export type Move = 'up' | 'down' | 'page-up' | 'page-down' | 'first' | 'last';

export function openEvidence(screen: Screen, chord: string): void {
	const now = pin(screen);
	if (now === null) return;
	const { selected } = now;
	const named = checks.find(({ number }) => String(number) === chord)?.id;
	// Without a number the row that tells.
	const telling = selected ? tellingRow(selected.result)?.id : undefined;
	const check = named ?? telling ?? 'connector';
	screen.view.patch({ dialog: { kind: 'evidence', check, offset: 0 }, checkRow: check });
}

export function writeReport(screen: Screen): void {
	const { entry, selected } = pin(screen) ?? {};
	const wanted =
		entry?.kind === 'group' ? entry.members : selected === undefined || selected === null ? [] : [selected];
	const names = new Set(wanted.map(({ result }) => result.name));
	openReport(
		screen,
		screen.engine.session.get().inventory.safes.filter(({ name }) => names.has(name)),
	);
}

export function askForWords(screen: Screen): void {
	const result = pin(screen)?.selected?.result;
	if (result === undefined) return;
	const isKept = result.sessionWords !== undefined;
	screen.view.patch({ dialog: { kind: 'words', safe: result.name, text: '', isKept, next: null } });
}

/** Leaves at once, but not over a report that is under way. */
export function leave({ view, quit }: Screen): void {
	const { reportsUnderWay, isLeaving } = view.get();
	if (reportsUnderWay === 0 || isLeaving) return quit();
	view.patch({ isLeaving: true, notice: 'the report is not finished: q again leaves without it' });
}

export function toggleLogPanel({ view, onLogPanel }: Screen): void {
	const next = { normal: 'wide', wide: 'hidden', hidden: 'normal' } as const;
	const logPanel = next[view.get().logPanel];
	const { focus } = view.get();
	view.patch({ logPanel, focus: logPanel === 'hidden' && focus === 'logs' ? 'safes' : focus });
	onLogPanel(logPanel);
}

export function movePane({ view }: Screen, by: 1 | -1): void {
	const { focus, logPanel } = view.get();
	const shown = panes.filter((pane) => pane !== 'logs' || logPanel !== 'hidden');
	view.patch({ focus: shown[(shown.indexOf(focus) + by + shown.length) % shown.length] ?? 'safes' });
}

export function stepBack(screen: Screen): void {
	const { view } = screen;
	const { dialog, filter, focus, isZoomed, opened } = view.get();
	if (dialog?.kind === 'events' && dialog.query !== '') view.patch({ dialog: { ...dialog, query: '', cursor: null } });
	else if (dialog?.kind === 'vaultpam-only' && dialog.query !== '')
		view.patch({ dialog: { ...dialog, query: '', cursor: 0 } });
	else if (dialog?.kind === 'report') leaveReport(screen, dialog);
	else if (dialog !== null) view.patch({ dialog: 'under' in dialog ? dialog.under : null });
	else if (focus === 'logs' && stepBackInLog(screen)) return;
	else if (isZoomed) view.patch({ isZoomed: false });
	else if (focus !== 'safes') view.patch({ focus: 'safes' });
	else if (filter !== '') clearFilter(screen);
	else if (opened !== null) closeOpened(screen);
}

/** Moves where the focus is: the selection, or the text that is looked at. */
export function moveIn(screen: Screen, move: Move): void {
	const { view, layout, ends } = screen;
	if (layout.kind === 'too-small') return;
	const { dialog, focus } = view.get();
	if (dialog !== null) {
		const page = layout.connectorRows + layout.safeRows + layout.checkRows;
		if (dialog.kind === 'events') return moveEvents(screen, dialog, move, page);
		if (dialog.kind === 'vaultpam-only') return moveListed(screen, dialog, move, page);
		if (dialog.kind === 'copy') return moveCopy(screen, move);
		if (dialog.kind !== 'evidence' && dialog.kind !== 'report' && dialog.kind !== 'commands') return;
		return view.patch({ dialog: { ...dialog, offset: moved(dialog.offset, move, page, ends.dialog) } });
	}
	if (focus === 'safes') return moveSafe(screen, move, layout.safeRows);
	if (focus === 'connectors') return moveConnector(screen, move);
	if (focus === 'logs') return moveLog(screen, move);
	moveRow(screen, move, layout.checkRows);
}

function moved(from: number, move: Move, page: number, last: number): number {
	const to = { up: from - 1, down: from + 1, 'page-up': from - page, 'page-down': from + page, first: 0, last };
	return Math.max(0, Math.min(to[move], last));
}

function moveSafe(screen: Screen, move: Move, page: number): void {
	const { list, entry } = currentList(screen);
	const { entries } = list;
	const index = entry === null ? 0 : entries.indexOf(entry);
	const next = entries[moved(index, move, page, entries.length - 1)];
	if (next !== undefined)
		screen.view.patch({ ...choiceOf(next, screen.view.get().safe), connector: null, checksOffset: 0, checkRow: null });
}

function moveConnector({ engine, view }: Screen, move: Move): void {
	const names = orderedConnectors(engine.session.get());
	const index = names.indexOf(shownConnector(engine.session.get(), view.get()) ?? '');
	const next = names[moved(Math.max(0, index), move, names.length, names.length - 1)];
	if (next !== undefined) view.patch({ connector: next });
}

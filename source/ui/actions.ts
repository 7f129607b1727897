import { messageOf } from '../domain/user-error.ts';
import { writeEscalationReport } from '../engine/collect-report.ts';
import type { ProbeTrigger } from '../probes/probe-budget.ts';
import { checks } from '../runbook/checks.ts';
import { currentList, type Screen, shownConnector } from './screen.ts';
import { panes } from './view.ts';

/** What keys do. Everything is read from the stores when the key is pressed: several presses may come in one event. */

export type Move = 'up' | 'down' | 'page-up' | 'page-down' | 'first' | 'last';

/** A second press within this time insists on a probe whose risk was shown. */
const insistWithinMs = 5000;
const budgetWaitMs = 10_000;

export function rerunSelected(screen: Screen): void {
	const { selected } = currentList(screen);
	if (selected === null) return;
	const { name, checks: rows } = selected.result;
	void screen.engine.run([name], {
		trigger: triggerFor(
			rows.map(({ summary }) => summary),
			name,
		),
		budgetWaitMs,
	});
	screen.view.patch({ notice: null });
}

let lastPress = { name: '', at: 0 };

/** `r` again on a Safe that was held back goes on at the person's own risk, as the row said. */
function triggerFor(summaries: readonly string[], name: string): ProbeTrigger {
	const heldBack = summaries.some((summary) => summary.startsWith('not asked yet: probe budget'));
	const insists = heldBack && lastPress.name === name && Date.now() - lastPress.at < insistWithinMs;
	lastPress = { name, at: Date.now() };
	return insists ? 'insisted' : 'key';
}

export function rerunAll({ engine, view }: Screen): void {
	if (engine.session.get().sweep.running) return view.patch({ notice: 'a sweep is already under way' });
	void engine.run(null, { trigger: 'key', budgetWaitMs });
}

export function openEvidence({ view }: Screen, chord: string): void {
	const check = checks.find(({ number }) => String(number) === chord);
	if (check !== undefined) view.patch({ dialog: { kind: 'evidence', check: check.id, offset: 0 } });
}

export function writeReport(screen: Screen): void {
	const { engine, view, reportsDirectory } = screen;
	const name = currentList(screen).selected?.result.name;
	const safe = engine.session.get().inventory.safes.find((candidate) => candidate.name === name);
	if (safe === undefined) return;
	view.patch({ dialog: { kind: 'report', safe: safe.name, phase: 'collecting', since: Date.now() } });
	const isStillOpen = () => {
		const { dialog } = view.get();
		return dialog?.kind === 'report' && dialog.safe === safe.name;
	};
	writeEscalationReport(engine, safe, { directory: reportsDirectory, mask: false, sessionError: null }).then(
		({ path, bytes, masked }) => {
			const detail = `${bytes} bytes${masked === null ? '' : ', masked because the Safe is sensitive'}`;
			if (isStillOpen()) view.patch({ dialog: { kind: 'report', safe: safe.name, phase: 'done', path, detail } });
			else view.patch({ notice: `report written: ${path}` });
		},
		(error: unknown) => {
			if (isStillOpen())
				view.patch({ dialog: { kind: 'report', safe: safe.name, phase: 'failed', reason: messageOf(error) } });
			else view.patch({ notice: `no report: ${messageOf(error)}` });
		},
	);
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

export function pauseLog(screen: Screen): void {
	const { view } = screen;
	view.patch({ logAnchor: view.get().logAnchor === null ? newestLine(screen) : null });
}

export function stepBack({ view }: Screen): void {
	const { dialog, filter, focus, logAnchor } = view.get();
	if (dialog !== null) view.patch({ dialog: null });
	else if (focus === 'logs' && logAnchor !== null) view.patch({ logAnchor: null });
	else if (focus !== 'safes') view.patch({ focus: 'safes' });
	else if (filter !== '') view.patch({ filter: '' });
}

/** Moves where the focus is: the selection, or the text that is looked at. */
export function moveIn(screen: Screen, move: Move): void {
	const { view, layout } = screen;
	const { dialog, focus } = view.get();
	const rows = layout.kind === 'too-small' ? 1 : layout;
	if (dialog !== null) {
		if (dialog.kind === 'report') return;
		const page = rows === 1 ? 1 : rows.rows - 4;
		return view.patch({ dialog: { ...dialog, offset: moved(dialog.offset, move, page, endless) } });
	}
	if (focus === 'safes') return moveSafe(screen, move, rows === 1 ? 1 : rows.safeRows);
	if (focus === 'connectors') return moveConnector(screen, move);
	if (focus === 'checks') {
		const page = rows === 1 ? 1 : rows.checkRows;
		return view.patch({ checksOffset: moved(view.get().checksOffset, move, page, endless) });
	}
	moveLog(screen, move, rows === 1 ? 1 : rows.logRows);
}

/** What is drawn cuts an offset off at the end of its text. */
const endless = 10_000;

function moved(from: number, move: Move, page: number, last: number): number {
	const to = { up: from - 1, down: from + 1, 'page-up': from - page, 'page-down': from + page, first: 0, last };
	return Math.max(0, Math.min(to[move], last));
}

function moveSafe(screen: Screen, move: Move, page: number): void {
	const { list, selected } = currentList(screen);
	const index = selected === null ? 0 : list.indexOf(selected);
	const next = list[moved(index, move, page, list.length - 1)];
	if (next !== undefined)
		screen.view.patch({ safe: next.result.name, connector: null, checksOffset: 0, logAnchor: null });
}

function moveConnector({ engine, view }: Screen, move: Move): void {
	const { inventory } = engine.session.get();
	const names = inventory.connectors.map(({ name }) => name);
	const index = names.indexOf(shownConnector(engine.session.get(), view.get()) ?? '');
	const next = names[moved(Math.max(0, index), move, names.length, names.length - 1)];
	if (next !== undefined) view.patch({ connector: next, logAnchor: null });
}

function moveLog(screen: Screen, move: Move, page: number): void {
	const { view } = screen;
	if (move === 'last') return view.patch({ logAnchor: null });
	const newest = newestLine(screen);
	const buffer = shownBuffer(screen);
	const oldest = newest - (buffer?.length ?? 0) + 1;
	const anchor = view.get().logAnchor ?? newest;
	const next =
		move === 'first'
			? oldest + page - 1
			: { up: anchor - 1, down: anchor + 1, 'page-up': anchor - page, 'page-down': anchor + page }[move];
	// Back at the newest line it follows again.
	view.patch({ logAnchor: next >= newest ? null : Math.max(next, Math.min(oldest + page - 1, newest)) });
}

function shownBuffer({ engine, view }: Screen) {
	const connector = shownConnector(engine.session.get(), view.get());
	return connector === null ? null : engine.logs.buffer(connector);
}

function newestLine(screen: Screen): number {
	return shownBuffer(screen)?.last(1)[0]?.sequence ?? 0;
}

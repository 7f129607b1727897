import { act, actFromHelp } from './act.ts';
import { helpStops } from './dialogs/help.tsx';
import { listKeys } from './help-list.ts';
import { type Hint, printable, typedInto } from './hint.ts';
import { bindingOf } from './key-binding.ts';
import { keymap } from './keymap.ts';
import type { Screen } from './screen.ts';
import type { Dialog } from './view.ts';

/** Keys in the help: they move in its list, search it, and show what they themselves do. */

export type HelpDialog = Extract<Dialog, { kind: 'help' }>;

export function helpHints({ searching }: HelpDialog): readonly Hint[] {
	const run = { keys: 'enter', title: 'run it', always: true };
	if (searching)
		return [{ keys: 'type', title: 'to search', always: true }, run, { keys: 'esc', title: 'all keys', always: true }];
	return [
		run,
		{ keys: '/', title: 'search', always: false },
		{ keys: 'any key', title: 'finds it', always: false },
		{ keys: 'esc', title: 'back', always: true },
		{ keys: '?', title: 'help', always: true },
		{ keys: 'q', title: 'quit', always: true },
	];
}

const acting: ReadonlySet<string> = new Set(['back', 'quit', 'help', 'palette']);
const moving: ReadonlySet<string> = new Set(['up', 'down', 'page-up', 'page-down', 'first', 'last']);

export function typeHelp(screen: Screen, dialog: HelpDialog, chord: string): void {
	const { view } = screen;
	const put = (part: Partial<HelpDialog>) => view.patch({ dialog: { ...dialog, ...part } });
	const list = listKeys(dialog.query);
	if (chord === 'enter') {
		const binding = list[dialog.cursor];
		return binding === undefined ? undefined : actFromHelp(screen, binding);
	}
	const isArrow = /^(?:up|down|page-up|page-down|home|end)$/.test(chord);
	if (dialog.searching && !isArrow) {
		if (chord === 'esc') return put({ searching: false, query: '', cursor: 0 });
		const query = typedInto(dialog.query, chord);
		return query === null ? undefined : put({ query, cursor: 0 });
	}
	if (chord === '/') return put({ searching: true, query: '', cursor: 0 });
	const found = bindingOf(keymap, chord, 'help');
	if (found === null) return;
	if (moving.has(found.binding.id)) return put({ cursor: moveCursor(screen, dialog, found.binding.id, list.length) });
	if (acting.has(found.binding.id)) return act(screen, found.binding, chord);
	// A key that is not of the help shows what it does.
	put({ query: '', cursor: Math.max(0, listKeys('').indexOf(found.binding)) });
}

export function pasteIntoHelp({ view }: Screen, dialog: HelpDialog, line: string): void {
	view.patch({ dialog: { ...dialog, searching: true, query: dialog.query + printable(line), cursor: 0 } });
}

function moveCursor({ layout, theme }: Screen, { query, cursor }: HelpDialog, id: string, entries: number): number {
	const [page, columns] =
		layout.kind === 'too-small' ? [1, 1] : [layout.safeRows + layout.checkRows, layout.workColumns];
	const last = (query === '' ? helpStops(theme, columns) : entries) - 1;
	const to: Readonly<Record<string, number>> = {
		up: cursor - 1,
		down: cursor + 1,
		'page-up': cursor - page,
		'page-down': cursor + page,
		first: 0,
		last,
	};
	return Math.max(0, Math.min(to[id] ?? cursor, last));
}

import { checks } from '../runbook/checks.ts';
import {
	moveIn,
	movePane,
	openEvidence,
	pauseLog,
	rerunAll,
	rerunSelected,
	stepBack,
	toggleLogPanel,
	writeReport,
} from './actions.ts';
import { currentList, type Screen } from './screen.ts';
import type { View } from './view.ts';

/** A key, what it is called, and what it does. The footer, the help and the README are printed from this table. */
export type KeyBinding = {
	readonly id: string;
	/** Chords as `chord.ts` names them. */
	readonly keys: readonly string[];
	/** One to three words that can be dictated. */
	readonly title: string;
	/** One line. */
	readonly help: string;
	/** Where the footer has room: `always` is never left out, others go from the right. */
	readonly footer?: 'always' | 'work' | 'dialog' | 'logs';
	/** Works while a dialog is open too. */
	readonly inDialog?: boolean;
	/** Null when it can act now, else why not. */
	readonly disabled?: (screen: Screen) => string | null;
	readonly run: (screen: Screen, chord: string) => void;
};

const needsSafe = (screen: Screen) => (currentList(screen).selected === null ? 'no Safe is selected' : null);
const needsLogs = ({ view }: Screen) => (view.get().focus === 'logs' ? null : 'space acts in Logs: tab there first');

export const keymap: readonly KeyBinding[] = [
	{
		id: 'rerun',
		keys: ['r'],
		title: 're-run',
		help: 'measure the selected Safe again',
		footer: 'work',
		inDialog: true,
		disabled: needsSafe,
		run: rerunSelected,
	},
	{ id: 'rerun-all', keys: ['R'], title: 'all', help: 'measure all Safes again', footer: 'work', run: rerunAll },
	{
		id: 'report',
		keys: ['x'],
		title: 'report',
		help: 'write the escalation report of the selected Safe',
		footer: 'work',
		disabled: needsSafe,
		run: writeReport,
	},
	{
		id: 'evidence',
		keys: checks.map(({ number }) => String(number)),
		title: 'evidence',
		help: 'open a row of the runbook with all that is known of it',
		footer: 'work',
		inDialog: true,
		disabled: needsSafe,
		run: openEvidence,
	},
	{
		id: 'filter',
		keys: ['/'],
		title: 'filter',
		help: 'show only Safes whose name, target, connector or cause has this text',
		footer: 'work',
		run: ({ view }) => view.patch({ typing: true, focus: 'safes' }),
	},
	{
		id: 'pause',
		keys: ['space'],
		title: 'pause',
		help: 'in Logs: stand still, or follow again',
		footer: 'logs',
		disabled: needsLogs,
		run: pauseLog,
	},
	{
		id: 'log-panel',
		keys: ['L'],
		title: 'logs',
		help: 'widen the log panel, hide it, show it again',
		footer: 'work',
		run: toggleLogPanel,
	},
	{
		id: 'next-pane',
		keys: ['tab', 'right', 'l'],
		title: 'next pane',
		help: 'go to the next pane',
		run: (screen) => movePane(screen, 1),
	},
	{
		id: 'previous-pane',
		keys: ['shift-tab', 'left', 'h'],
		title: 'previous pane',
		help: 'go to the previous pane',
		run: (screen) => movePane(screen, -1),
	},
	{
		id: 'up',
		keys: ['up', 'k'],
		title: 'up',
		help: 'one line up; in Logs this pauses',
		inDialog: true,
		run: (screen) => moveIn(screen, 'up'),
	},
	{
		id: 'down',
		keys: ['down', 'j'],
		title: 'down',
		help: 'one line down',
		inDialog: true,
		run: (screen) => moveIn(screen, 'down'),
	},
	{
		id: 'page-up',
		keys: ['page-up'],
		title: 'page up',
		help: 'one page up; in Logs this pauses',
		inDialog: true,
		run: (screen) => moveIn(screen, 'page-up'),
	},
	{
		id: 'page-down',
		keys: ['page-down'],
		title: 'page down',
		help: 'one page down',
		inDialog: true,
		run: (screen) => moveIn(screen, 'page-down'),
	},
	{
		id: 'first',
		keys: ['g', 'home'],
		title: 'first',
		help: 'to the first line',
		inDialog: true,
		run: (screen) => moveIn(screen, 'first'),
	},
	{
		id: 'last',
		keys: ['G', 'end'],
		title: 'last',
		help: 'to the last line; in Logs this follows again',
		inDialog: true,
		run: (screen) => moveIn(screen, 'last'),
	},
	{
		id: 'open',
		keys: ['enter'],
		title: 'open',
		help: 'from a Safe to its checks',
		run: ({ view }) => view.patch({ focus: 'checks' }),
	},
	{
		id: 'back',
		keys: ['esc', 'backspace'],
		title: 'back',
		help: 'one level back: closes, clears the filter, returns to the Safes',
		footer: 'dialog',
		inDialog: true,
		run: stepBack,
	},
	{
		id: 'help',
		keys: ['?'],
		title: 'help',
		help: 'this page',
		footer: 'always',
		inDialog: true,
		run: ({ view }) => view.patch({ dialog: view.get().dialog?.kind === 'help' ? null : { kind: 'help', offset: 0 } }),
	},
	{
		id: 'quit',
		keys: ['q', 'ctrl-c'],
		title: 'quit',
		help: 'leave vpmon',
		footer: 'always',
		inDialog: true,
		run: (screen) => screen.quit(),
	},
];

const keyNames: Readonly<Record<string, string>> = { 'page-up': 'PgUp', 'page-down': 'PgDn', 'shift-tab': 'shift-tab' };

/** `1-5`, `tab right l`: keys as people read them. */
export function shownKeys(keys: readonly string[]): string {
	const numbers = keys.every((key) => /^\d$/.test(key));
	if (numbers && keys.length > 1) return `${keys[0]}-${keys.at(-1)}`;
	return keys.map((key) => keyNames[key] ?? key).join(' ');
}

/** What the footer offers now. */
export function footerKeys({ dialog, typing, focus }: View): Array<{ keys: string; title: string; always: boolean }> {
	if (typing) {
		return [
			{ keys: 'type', title: 'to filter', always: true },
			{ keys: 'enter', title: 'keep', always: true },
			{ keys: 'esc', title: 'all', always: true },
		];
	}
	const wanted =
		dialog !== null ? ['dialog', 'always'] : focus === 'logs' ? ['logs', 'work', 'always'] : ['work', 'always'];
	return keymap
		.filter(({ footer, inDialog }) => footer !== undefined && wanted.includes(footer) && (dialog === null || inDialog))
		.sort((a, b) => wanted.indexOf(a.footer ?? '') - wanted.indexOf(b.footer ?? ''))
		.map(({ keys, title, footer }) => ({
			keys: shownKeys(keys.length > 3 ? keys : keys.slice(0, 1)),
			title,
			always: footer === 'always',
		}));
}

/** Runs what a chord stands for. */
export function pressKey(screen: Screen, chord: string): void {
	const { view } = screen;
	if (view.get().notice !== null) view.patch({ notice: null });
	if (view.get().typing && chord !== 'ctrl-c') return typeFilter(screen, chord);
	const binding = keymap.find(({ keys }) => keys.includes(chord)) ?? unboundAlt(chord);
	if (binding === undefined) return;
	if (binding === 'esc-first') {
		pressKey(screen, 'esc');
		return pressKey(screen, chord.slice('alt-'.length));
	}
	if (view.get().dialog !== null && !binding.inDialog) {
		return view.patch({ notice: `${shownKeys([chord])}: esc first, something is open` });
	}
	const reason = binding.disabled?.(screen) ?? null;
	if (reason !== null) return view.patch({ notice: reason });
	binding.run(screen, chord);
}

/** Terminals send Esc and a letter in one breath as Alt-letter; nothing is bound to Alt. */
function unboundAlt(chord: string): 'esc-first' | undefined {
	return chord.startsWith('alt-') ? 'esc-first' : undefined;
}

function typeFilter({ view }: Screen, chord: string): void {
	const { filter } = view.get();
	if (chord === 'esc') view.patch({ typing: false, filter: '' });
	else if (chord === 'enter') view.patch({ typing: false });
	else if (chord === 'backspace') view.patch({ filter: [...filter].slice(0, -1).join('') });
	else if (chord === 'space') view.patch({ filter: `${filter} ` });
	else if ([...chord].length === 1) view.patch({ filter: filter + chord });
}

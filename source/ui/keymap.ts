import { checks } from '../runbook/checks.ts';
import {
	askForWords,
	leave,
	moveIn,
	movePane,
	openChecks,
	openEvidence,
	rerunAll,
	rerunSelected,
	startFilter,
	stepBack,
	toggleLogPanel,
	writeReport,
} from './actions.ts';
import { copyShown, nothingToCopy } from './copy-actions.ts';
import { pauseLog } from './log-actions.ts';
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
	/** Which dialogs it works in too. */
	readonly inDialog?: 'all' | 'evidence';
	/** Another title while the view is so. */
	readonly titleNow?: (view: View) => string;
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
		inDialog: 'evidence',
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
		id: 'words',
		keys: ['!'],
		title: 'error text',
		help: 'give the error text of the session, or lines of the target’s log: it is held against the rows',
		footer: 'work',
		disabled: needsSafe,
		run: askForWords,
	},
	{
		id: 'evidence',
		keys: checks.map(({ number }) => String(number)),
		title: 'evidence',
		help: 'open a row of the runbook with all that is known of it',
		footer: 'work',
		inDialog: 'evidence',
		disabled: needsSafe,
		run: openEvidence,
	},
	{
		id: 'filter',
		keys: ['/'],
		title: 'filter',
		help: 'show only Safes whose name, target, connector or cause has this text',
		footer: 'work',
		run: startFilter,
	},
	{
		id: 'pause',
		keys: ['space'],
		title: 'pause',
		titleNow: ({ logAnchor }) => (logAnchor === null ? 'pause' : 'follow'),
		help: 'in Logs: stand still, or follow again',
		footer: 'logs',
		disabled: needsLogs,
		run: pauseLog,
	},
	{
		id: 'copy',
		keys: ['y'],
		title: 'copy',
		help: 'copy what is in view to the clipboard of your terminal, also through SSH and tmux',
		footer: 'logs',
		disabled: nothingToCopy,
		run: copyShown,
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
		help: 'one line up; in Logs this pauses, and at the oldest line kept reads older ones',
		inDialog: 'all',
		run: (screen) => moveIn(screen, 'up'),
	},
	{
		id: 'down',
		keys: ['down', 'j'],
		title: 'down',
		help: 'one line down',
		inDialog: 'all',
		run: (screen) => moveIn(screen, 'down'),
	},
	{
		id: 'page-up',
		keys: ['page-up'],
		title: 'page up',
		help: 'one page up; in Logs this pauses',
		inDialog: 'all',
		run: (screen) => moveIn(screen, 'page-up'),
	},
	{
		id: 'page-down',
		keys: ['page-down'],
		title: 'page down',
		help: 'one page down',
		inDialog: 'all',
		run: (screen) => moveIn(screen, 'page-down'),
	},
	{
		id: 'first',
		keys: ['g', 'home'],
		title: 'first',
		help: 'to the first line',
		inDialog: 'all',
		run: (screen) => moveIn(screen, 'first'),
	},
	{
		id: 'last',
		keys: ['G', 'end'],
		title: 'last',
		help: 'to the last line; in Logs this follows again',
		inDialog: 'all',
		run: (screen) => moveIn(screen, 'last'),
	},
	{
		id: 'open',
		keys: ['enter'],
		title: 'open',
		help: 'from a Safe to its checks',
		disabled: needsSafe,
		run: openChecks,
	},
	{
		id: 'back',
		keys: ['esc', 'backspace'],
		title: 'back',
		help: 'one level back: closes, clears the filter, returns to the Safes',
		footer: 'dialog',
		inDialog: 'all',
		run: stepBack,
	},
	{
		id: 'help',
		keys: ['?'],
		title: 'help',
		help: 'this page',
		footer: 'always',
		inDialog: 'all',
		run: ({ view }) => view.patch({ dialog: view.get().dialog?.kind === 'help' ? null : { kind: 'help', offset: 0 } }),
	},
	{
		id: 'quit',
		keys: ['q', 'ctrl-c'],
		title: 'quit',
		help: 'leave vpmon',
		footer: 'always',
		inDialog: 'all',
		run: leave,
	},
];

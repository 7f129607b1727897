import { checks } from '../runbook/checks.ts';
import {
	askForWords,
	leave,
	moveIn,
	movePane,
	openEvidence,
	rerunAll,
	rerunSelected,
	startFilter,
	stepBack,
	toggleLogPanel,
	writeReport,
} from './actions.ts';
import { isGroupChosen } from './choice.ts';
import { needsLine, needsSafe, openSelected } from './choose.ts';
import { copyChosen, copyShown } from './copy-actions.ts';
import { filterEvents, openEvent, openEvents, toggleBell } from './event-actions.ts';
import type { KeyBinding, Place } from './key-binding.ts';
import { scrollSideways } from './log-actions.ts';
import { logKeys } from './log-keys.ts';
import { toggleMask } from './masking.ts';
import { copyReport, writeShown } from './report-actions.ts';
import { noTimeYet, openLogThere, openRow, turnRow } from './row-actions.ts';
import type { Screen } from './screen.ts';
import { askForTarget, nowhereToAdd } from './type-target.ts';
import { panes } from './view.ts';

const everywhere: readonly Place[] = [...panes, 'help', 'evidence', 'events', 'copy', 'report'];
const withEvidence: readonly Place[] = [...panes, 'evidence'];

const nothingToWrite = ({ view }: Screen) => {
	const { dialog } = view.get();
	return dialog?.kind === 'report' && dialog.phase === 'preview' ? null : 'there is no report to write here';
};

const nothingToLeave = ({ view }: Screen) => {
	const { dialog, focus, filter, opened, isZoomed } = view.get();
	const isAtTop = dialog === null && focus === 'safes' && filter === '' && opened === null && !isZoomed;
	return isAtTop ? 'nothing to leave here: q quits' : null;
};

const openHelp =
	(searching: boolean) =>
	({ view }: Screen) => {
		const { dialog } = view.get();
		if (dialog?.kind === 'help')
			return view.patch({ dialog: searching ? { ...dialog, searching, query: '', cursor: 0 } : dialog.under });
		view.patch({ dialog: { kind: 'help', query: '', searching, cursor: 0, under: dialog } });
	};

/** Arrows may have something to do in a pane itself; tab always leaves it. */
const sideways = (by: 1 | -1) => (screen: Screen, chord: string) => {
	const isArrow = !chord.endsWith('tab') && chord !== 'enter';
	if (!(isArrow && scrollSideways(screen, by))) movePane(screen, by);
};

export const keymap: readonly KeyBinding[] = [
	{
		id: 'rerun',
		keys: ['r'],
		title: 're-run',
		titleNow: (view) => (isGroupChosen(view) ? 'try three' : 're-run'),
		help: 'measure the selected Safe again; of a group three of its Safes',
		group: 'Safes',
		footer: 'work',
		where: withEvidence,
		disabled: needsSafe,
		run: rerunSelected,
	},
	{
		id: 'rerun-all',
		keys: ['R'],
		title: 'all',
		help: 'measure all Safes again',
		group: 'Safes',
		footer: 'work',
		run: rerunAll,
	},
	{
		id: 'report',
		keys: ['x'],
		title: 'report',
		help: 'collect the escalation report of the selected Safe or group, look at it, write it',
		group: 'Safes',
		where: withEvidence,
		footer: 'work',
		disabled: needsSafe,
		run: writeReport,
	},
	{
		id: 'words',
		keys: ['!'],
		title: 'error text',
		help: 'give the error text of the session, or lines of the target’s log: it is held against the rows',
		group: 'Safes',
		where: withEvidence,
		footer: 'work',
		disabled: needsSafe,
		run: askForWords,
	},
	{
		id: 'evidence',
		keys: checks.map(({ number }) => String(number)),
		title: 'evidence',
		help: 'open a row of the runbook with all that is known of it',
		group: 'Safes',
		footer: 'work',
		where: withEvidence,
		disabled: needsSafe,
		run: openEvidence,
	},
	{
		id: 'filter',
		keys: ['/'],
		title: 'filter',
		help: 'show only Safes whose name, target, user, connector or cause has these words; where a word is nowhere, its letters in order',
		group: 'Safes',
		footer: 'work',
		where: ['connectors', 'safes', 'checks'],
		run: startFilter,
	},
	...logKeys,
	{
		id: 'open-row',
		keys: ['enter'],
		title: 'evidence',
		help: 'open the marked row with all that is known of it',
		group: 'Safes',
		where: ['checks'],
		footer: 'first',
		disabled: needsSafe,
		run: openRow,
	},
	{
		id: 'next-row',
		keys: ['tab', 'right', 'l'],
		title: 'next row',
		help: 'the evidence of the next row of the runbook',
		group: 'Moving',
		where: ['evidence'],
		run: (screen) => turnRow(screen, 1),
	},
	{
		id: 'previous-row',
		keys: ['shift-tab', 'left', 'h'],
		title: 'previous row',
		help: 'the evidence of the row before',
		group: 'Moving',
		where: ['evidence'],
		run: (screen) => turnRow(screen, -1),
	},
	{
		id: 'log-there',
		keys: ['o'],
		title: 'log then',
		help: "open the connector's log where the row was measured",
		group: 'Safes',
		where: ['checks', 'evidence'],
		footer: 'first',
		disabled: noTimeYet,
		run: openLogThere,
	},
	{
		id: 'copy-choice',
		keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9', 'enter'],
		title: 'copy it',
		help: 'copy the line with that number, or the marked one',
		group: 'Screen',
		where: ['copy'],
		footer: 'first',
		run: copyChosen,
	},
	{
		id: 'events',
		keys: ['H'],
		title: 'events',
		help: 'what changed, newest last: overnight, since you were last here, over restarts',
		group: 'Safes',
		where: withEvidence,
		footer: 'work',
		run: openEvents,
	},
	{
		id: 'open-event',
		keys: ['enter'],
		title: 'go there',
		help: 'to that Safe or connector; where several Safes changed alike first their names',
		group: 'Safes',
		where: ['events'],
		footer: 'first',
		run: openEvent,
	},
	{
		id: 'filter-events',
		keys: ['/'],
		title: 'filter',
		help: 'show only what has these words: a name, a cause, fail, pass',
		group: 'Safes',
		where: ['events'],
		footer: 'first',
		run: filterEvents,
	},
	{
		id: 'add',
		keys: ['a'],
		title: 'add a target',
		help: 'add a Safe to the inventory by user@host:port, and measure it at once',
		group: 'Safes',
		disabled: nowhereToAdd,
		run: askForTarget,
	},
	{
		id: 'mask',
		keys: ['m'],
		title: 'mask',
		titleNow: ({ isMasked }) => (isMasked ? 'unmask' : 'mask'),
		help: 'hide names, addresses, users and host keys while you share the screen: logs, title and clipboard too',
		group: 'Screen',
		where: everywhere,
		run: toggleMask,
	},
	{
		id: 'bell',
		keys: ['B'],
		title: 'bell',
		help: 'ring when a Safe begins to fail, or not; off at first, and remembered',
		group: 'Screen',
		run: toggleBell,
	},
	{
		id: 'log-panel',
		keys: ['L'],
		title: 'logs',
		help: 'widen the log panel, hide it, show it again',
		group: 'Logs',
		footer: 'work',
		run: toggleLogPanel,
	},
	{
		id: 'zoom',
		keys: ['z'],
		title: 'zoom',
		help: 'give the focused pane the whole screen, and back',
		group: 'Screen',
		quiet: true,
		run: ({ view }) => view.patch({ isZoomed: !view.get().isZoomed }),
	},
	{
		id: 'copy-safe',
		keys: ['y'],
		title: 'copy',
		help: 'copy what is to be pasted or compared: the command of a step, a host key, the evidence',
		group: 'Safes',
		where: ['connectors', 'safes', 'checks', 'evidence'],
		footer: 'work',
		disabled: needsSafe,
		run: copyShown,
	},
	{
		id: 'next-pane',
		keys: ['tab', 'right', 'l'],
		title: 'next pane',
		help: 'go to the next pane',
		group: 'Moving',
		run: sideways(1),
	},
	{
		id: 'previous-pane',
		keys: ['shift-tab', 'left', 'h'],
		title: 'previous pane',
		help: 'go to the previous pane',
		group: 'Moving',
		run: sideways(-1),
	},
	{
		id: 'up',
		keys: ['up', 'k'],
		title: 'up',
		help: 'one line up; in Logs this pauses, and at the oldest line kept reads older ones',
		group: 'Moving',
		where: everywhere,
		quiet: true,
		run: (screen) => moveIn(screen, 'up'),
	},
	{
		id: 'down',
		keys: ['down', 'j'],
		title: 'down',
		help: 'one line down',
		group: 'Moving',
		where: everywhere,
		quiet: true,
		run: (screen) => moveIn(screen, 'down'),
	},
	{
		id: 'page-up',
		keys: ['page-up'],
		title: 'page up',
		help: 'one page up; in Logs this pauses',
		group: 'Moving',
		where: everywhere,
		quiet: true,
		run: (screen) => moveIn(screen, 'page-up'),
	},
	{
		id: 'page-down',
		keys: ['page-down'],
		title: 'page down',
		help: 'one page down',
		group: 'Moving',
		where: everywhere,
		quiet: true,
		run: (screen) => moveIn(screen, 'page-down'),
	},
	{
		id: 'first',
		keys: ['g', 'home'],
		title: 'first',
		help: 'to the first line',
		group: 'Moving',
		where: everywhere,
		quiet: true,
		run: (screen) => moveIn(screen, 'first'),
	},
	{
		id: 'last',
		keys: ['G', 'end'],
		title: 'last',
		help: 'to the last line; in Logs this follows again',
		group: 'Moving',
		where: everywhere,
		quiet: true,
		run: (screen) => moveIn(screen, 'last'),
	},
	{
		id: 'open',
		keys: ['enter'],
		title: 'open',
		help: 'a group or folded Safes: list its Safes; a Safe: go to its checks',
		where: ['connectors', 'safes', 'logs'],
		group: 'Safes',
		disabled: needsLine,
		run: openSelected,
	},
	{
		id: 'write-report',
		keys: ['w', 'enter'],
		title: 'write',
		help: 'write what the preview shows',
		group: 'Safes',
		where: ['report'],
		footer: 'first',
		disabled: nothingToWrite,
		run: writeShown,
	},
	{
		id: 'copy-report',
		keys: ['y'],
		title: 'copy',
		help: 'copy the text; once it is written, its path',
		group: 'Safes',
		where: ['report'],
		footer: 'first',
		run: copyReport,
	},
	{
		id: 'back',
		keys: ['esc', 'backspace'],
		title: 'back',
		help: 'one level back: closes, ends the zoom, follows the log, returns to the Safes, clears the filter, leaves a group',
		group: 'Screen',
		footer: 'first',
		disabled: nothingToLeave,
		where: everywhere,
		run: stepBack,
	},
	{
		id: 'palette',
		keys: [':'],
		title: 'find a key',
		help: 'search all keys by name, and run one with enter',
		group: 'Screen',
		where: everywhere,
		run: openHelp(true),
	},
	{
		id: 'help',
		keys: ['?'],
		title: 'help',
		help: 'all keys: search them with /, run one with enter',
		group: 'Screen',
		where: everywhere,
		footer: 'always',
		run: openHelp(false),
	},
	{
		id: 'redraw',
		keys: ['ctrl-l'],
		title: 'redraw',
		help: 'draw the whole screen anew',
		group: 'Screen',
		where: everywhere,
		quiet: true,
		run: ({ terminal }) => void terminal.redraw(),
	},
	{
		id: 'suspend',
		keys: ['ctrl-z'],
		title: 'to the shell',
		help: 'stop vpmon and what it started, until the shell continues it with fg',
		group: 'Screen',
		where: everywhere,
		quiet: true,
		run: ({ terminal }) => void terminal.suspend(),
	},
	{
		id: 'quit',
		keys: ['q', 'ctrl-c'],
		title: 'quit',
		help: 'leave vpmon',
		group: 'Screen',
		footer: 'always',
		where: everywhere,
		run: leave,
	},
];

import { askedBy } from '../runbook/fix-plan.ts';
import { act, titleOf } from './act.ts';
import { leave } from './actions.ts';
import { answerHostKey } from './ask-host-key.ts';
import { typeEventFilter } from './event-actions.ts';
import { filterHints, typeFilter } from './filter-actions.ts';
import { type Hint, printable } from './hint.ts';
import { actsIn, bindingOf, placeOf, shownKeys, whyNotHere } from './key-binding.ts';
import { keymap } from './keymap.ts';
import { searchFor, searchHints, typeSearch } from './log-search-actions.ts';
import type { Screen } from './screen.ts';
import { formHints, pasteIntoForm } from './target-form.ts';
import { fixHints, pasteIntoFix, typeFix } from './type-fix.ts';
import { helpHints, pasteIntoHelp, typeHelp } from './type-help.ts';
import { typeTarget } from './type-target.ts';
import { pasteWords, typeWords, wordsHints } from './type-words.ts';
import { typeListedFilter } from './vaultpam-only-actions.ts';
import type { View } from './view.ts';

/** What key presses and the footer make of the key table. */

const typingHints: readonly Hint[] = [
	{ keys: 'type', title: 'to filter', always: true },
	{ keys: 'enter', title: 'keep', always: true },
	{ keys: 'esc', title: 'all', always: true },
];

/** What the footer offers now: of several keys of a binding the first, and dim what cannot act. */
export function footerKeys(screen: Screen): readonly Hint[] {
	const view = screen.view.get();
	const { dialog, typing, log } = view;
	if (typing) return filterHints;
	if (log.typing !== null) return searchHints;
	if (dialog?.kind === 'words') return wordsHints(dialog);
	if (dialog?.kind === 'fix') return fixHints(dialog, askedBy(dialog.fix) !== null);
	if (dialog?.kind === 'help') return helpHints(dialog);
	if (dialog?.kind === 'add') return formHints;
	if ((dialog?.kind === 'events' || dialog?.kind === 'vaultpam-only') && dialog.searching) return typingHints;
	const order = ['first', 'work', 'always'];
	return keymap
		.filter((binding) => binding.footer !== undefined && actsIn(binding, placeOf(view)))
		.filter(({ changes }) => !(changes && screen.isReadOnly))
		.sort((a, b) => order.indexOf(a.footer ?? '') - order.indexOf(b.footer ?? ''))
		.map((binding) => ({
			binding,
			idle: (binding.disabled?.(screen) ?? null) !== null,
		}))
		.filter(({ binding, idle }) => !idle || binding.footer !== 'first')
		.map(({ binding, idle }) => ({
			keys: shownKeys(binding.keys.length > 3 ? binding.keys : binding.keys.slice(0, 1)),
			title: titleOf(binding, screen),
			always: binding.footer === 'always',
			idle,
		}));
}

/** Where keys go into a text, or have a meaning of their own: who takes them. Null where they are looked up in the table. */
function takerOf({ typing, dialog, log }: View): ((screen: Screen, chord: string) => void) | null {
	if (typing) return typeFilter;
	const search = log.typing;
	if (search !== null) return (screen, chord) => typeSearch(screen, search, chord);
	if (dialog?.kind === 'words') return (screen, chord) => typeWords(screen, dialog, chord);
	if (dialog?.kind === 'add') return (screen, chord) => typeTarget(screen, dialog, chord);
	if (dialog?.kind === 'fix') return (screen, chord) => typeFix(screen, dialog, askedBy(dialog.fix) !== null, chord);
	if (dialog?.kind === 'help') return (screen, chord) => typeHelp(screen, dialog, chord);
	if (dialog?.kind === 'events' && dialog.searching) return (screen, chord) => typeEventFilter(screen, dialog, chord);
	if (dialog?.kind === 'vaultpam-only' && dialog.searching)
		return (screen, chord) => typeListedFilter(screen, dialog, chord);
	return null;
}

/** Whatever is typed or open, however small the terminal. */
const always: ReadonlySet<string> = new Set(['redraw', 'suspend', 'quit']);

/** Runs what a chord stands for. */
export function pressKey(screen: Screen, chord: string): void {
	const { view, layout } = screen;
	noteKey(screen);
	if (view.get().notice !== null || view.get().did !== null) view.patch({ notice: null, did: null });
	if (view.get().log.said !== null) view.patch({ log: { ...view.get().log, said: null } });
	const atOnce = chord.startsWith('ctrl-')
		? keymap.find(({ id, keys }) => always.has(id) && keys.includes(chord))
		: null;
	if (atOnce != null) return act(screen, atOnce, chord);
	const { question, hostKey, dialog } = view.get();
	const take = takerOf(view.get());
	const isText = take !== null && !(dialog?.kind === 'help' && !dialog.searching);
	// Terminals send Esc and a letter in one breath as Alt-letter; nothing is bound to Alt.
	if (chord.startsWith('alt-') && dialog?.kind !== 'words') {
		pressKey(screen, 'esc');
		return pressKey(screen, chord.slice('alt-'.length));
	}
	if (layout.kind === 'too-small') {
		// Nobody sees what another key would answer or act on, nor where it would be written: that q quits is all there is to read.
		if (chord === 'q') leave(screen);
		return;
	}
	if (question !== null && !isText && (chord === 'y' || chord === 'n')) return question.answer(chord === 'y');
	if (hostKey !== null && !isText && (chord === 'y' || chord === 'n')) return answerHostKey(view, hostKey, chord);
	if (take !== null) return take(screen, chord);
	const found = bindingOf(keymap, chord, placeOf(view.get()));
	if (found === null) return;
	if (found.acts) return act(screen, found.binding, chord);
	view.patch({ notice: whyNotHere(found.binding, shownKeys([chord]), view.get()) });
}

/** Who pressed nothing for so long was away. */
const awayMs = 3_600_000;

function noteKey({ view }: Screen): void {
	const now = Date.now();
	const { keyAt } = view.get();
	const isBack = keyAt !== null && now - keyAt > awayMs;
	view.patch(isBack ? { keyAt: now, awaySince: keyAt } : { keyAt: now });
}

/** Text that was pasted goes into the filter or the error text; elsewhere its letters are no keys. */
export function paste(screen: Screen, text: string): void {
	const { view } = screen;
	const [line = ''] = text.trim().split(/\r?\n/);
	const { typing, dialog, filter, log } = view.get();
	if (log.typing !== null) searchFor(screen, log.typing, log.typing.text + printable(line));
	else if (typing) view.patch({ filter: filter + printable(line) });
	else if (dialog?.kind === 'words') view.patch({ dialog: { ...dialog, text: pasteWords(dialog.text, text) } });
	else if (dialog?.kind === 'events' || dialog?.kind === 'vaultpam-only')
		view.patch({ dialog: { ...dialog, searching: true, query: dialog.query + printable(line) } });
	else if (dialog?.kind === 'add') view.patch({ dialog: { ...dialog, form: pasteIntoForm(dialog.form, text) } });
	else if (dialog?.kind === 'fix') view.patch({ dialog: pasteIntoFix(dialog, text) });
	else if (dialog?.kind === 'help') pasteIntoHelp(screen, dialog, line);
	else view.patch({ notice: 'pasted text ignored: / first to filter by it, ! for an error text' });
}

import { type Hint, printable } from './hint.ts';
import { keymap } from './keymap.ts';
import type { Screen } from './screen.ts';
import { pasteWords, typeWords, wordsHints } from './type-words.ts';
import type { View } from './view.ts';

/** What key presses and the footer make of the key table. */

const keyNames: Readonly<Record<string, string>> = { 'page-up': 'PgUp', 'page-down': 'PgDn' };

/** `1-5`, `tab right l`: keys as people read them. */
export function shownKeys(keys: readonly string[]): string {
	const areNumbers = keys.every((key) => /^\d$/.test(key));
	if (areNumbers && keys.length > 1) return `${keys[0]}-${keys.at(-1)}`;
	return keys.map((key) => keyNames[key] ?? key).join(' ');
}

const typingHints: readonly Hint[] = [
	{ keys: 'type', title: 'to filter', always: true },
	{ keys: 'enter', title: 'keep', always: true },
	{ keys: 'esc', title: 'all', always: true },
];

/** What the footer offers now. */
export function footerKeys(view: View): readonly Hint[] {
	const { dialog, typing, focus } = view;
	if (typing) return typingHints;
	if (dialog?.kind === 'words') return wordsHints(dialog);
	const wanted =
		dialog !== null ? ['dialog', 'work', 'always'] : focus === 'logs' ? ['logs', 'work', 'always'] : ['work', 'always'];
	return keymap
		.filter((binding) => binding.footer !== undefined && wanted.includes(binding.footer) && worksIn(binding, view))
		.sort((a, b) => wanted.indexOf(a.footer ?? '') - wanted.indexOf(b.footer ?? ''))
		.map(({ keys, title, titleNow, footer }) => ({
			keys: shownKeys(keys.length > 3 ? keys : keys.slice(0, 1)),
			title: titleNow?.(view) ?? title,
			always: footer === 'always',
		}));
}

function worksIn({ inDialog }: (typeof keymap)[number], { dialog }: View): boolean {
	return dialog === null || inDialog === 'all' || (inDialog === 'evidence' && dialog.kind === 'evidence');
}

/** Runs what a chord stands for. */
export function pressKey(screen: Screen, chord: string): void {
	const { view, layout } = screen;
	if (view.get().notice !== null) view.patch({ notice: null });
	const { typing, dialog, question } = view.get();
	if (typing && chord !== 'ctrl-c') return typeFilter(screen, chord);
	if (dialog?.kind === 'words' && chord !== 'ctrl-c') return typeWords(screen, dialog, chord);
	if (question !== null && (chord === 'y' || chord === 'n')) return question.answer(chord === 'y');
	const binding = keymap.find(({ keys }) => keys.includes(chord));
	if (binding === undefined) {
		// Terminals send Esc and a letter in one breath as Alt-letter; nothing is bound to Alt.
		if (!chord.startsWith('alt-')) return;
		pressKey(screen, 'esc');
		return pressKey(screen, chord.slice('alt-'.length));
	}
	// Nobody sees what another key would act on.
	if (layout.kind === 'too-small' && binding.id !== 'quit') return;
	if (!worksIn(binding, view.get()))
		return view.patch({ notice: `${shownKeys([chord])} does not act here: esc first` });
	const reason = binding.disabled?.(screen) ?? null;
	if (reason !== null) return view.patch({ notice: reason });
	binding.run(screen, chord);
}

/** Text that was pasted goes into the filter or the error text; elsewhere its letters are no keys. */
export function paste({ view }: Screen, text: string): void {
	const [line = ''] = text.trim().split(/\r?\n/);
	const { typing, dialog, filter } = view.get();
	if (typing) view.patch({ filter: filter + printable(line) });
	else if (dialog?.kind === 'words') view.patch({ dialog: { ...dialog, text: pasteWords(dialog.text, text) } });
	else view.patch({ notice: 'pasted text ignored: / first to filter by it, ! for an error text' });
}

function typeFilter({ view }: Screen, chord: string): void {
	const { filter } = view.get();
	if (chord === 'esc') view.patch({ typing: false, filter: '' });
	else if (chord === 'enter') view.patch({ typing: false });
	else if (chord === 'backspace') view.patch({ filter: [...filter].slice(0, -1).join('') });
	else if (chord === 'space') view.patch({ filter: `${filter} ` });
	else if ([...chord].length === 1) view.patch({ filter: filter + printable(chord) });
}

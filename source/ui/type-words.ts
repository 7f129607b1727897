import { cleanText } from '../domain/clean.ts';
import { factsOf } from '../engine/session/read.ts';
import { longestText } from '../runbook/find-message.ts';
import { type Hint, printable } from './hint.ts';
import type { Screen } from './screen.ts';
import type { Dialog } from './view.ts';

/** Typing the session's error text. */

export type WordsDialog = Extract<Dialog, { kind: 'words' }>;

export function wordsHints({ text, isKept }: WordsDialog): readonly Hint[] {
	const isEmpty = text.trim() === '';
	return [
		{ keys: 'type', title: 'or paste', always: true },
		{ keys: 'enter', title: isEmpty ? (isKept ? 'remove' : 'close') : 'keep', always: true },
		{ keys: 'ctrl-u', title: 'clear', always: false },
		{ keys: 'esc', title: 'leave', always: true },
	];
}

export function typeWords(screen: Screen, dialog: WordsDialog, chord: string): void {
	const put = (text: string) => screen.view.patch({ dialog: { ...dialog, text: text.slice(0, longestText) } });
	const { text } = dialog;
	// Terminals send Esc and a letter in one breath as Alt-letter; the letter is meant for what lies below, and is not run blindly.
	if (chord === 'esc' || chord.startsWith('alt-')) leaveWords(screen, dialog);
	else if (chord === 'enter') keepWords(screen, dialog);
	else if (chord === 'backspace') put([...text].slice(0, -1).join(''));
	else if (chord === 'ctrl-u') put('');
	else if (chord === 'space') put(`${text} `);
	else if ([...chord].length === 1) put(text + printable(chord));
}

/** Pasted lines stay lines. */
export function pasteWords(text: string, pasted: string): string {
	return (text + cleanText(pasted.slice(0, longestText).replace(/\r\n?/g, '\n'))).slice(0, longestText);
}

function leaveWords({ view }: Screen, { next }: WordsDialog): void {
	view.patch({ dialog: next });
}

function keepWords(screen: Screen, dialog: WordsDialog): void {
	const { engine, view } = screen;
	const safe = engine.session.get().inventory.safes.find(({ name }) => name === dialog.safe);
	if (safe !== undefined) {
		engine.reportError(safe, dialog.text);
		if (dialog.isKept && factsOf(engine.session, safe).reportedError === null)
			view.patch({ notice: `the error text of ${safe.name} is removed` });
	}
	leaveWords(screen, dialog);
}

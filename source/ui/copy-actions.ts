import type { Move } from './actions.ts';
import { copyText } from './clipboard.ts';
import { copyChoices } from './copy-choices.ts';
import { contextOf } from './evidence-context.ts';
import { evidenceLines } from './evidence-lines.ts';
import { currentRow } from './row-actions.ts';
import { currentList, type Screen } from './screen.ts';

/** Offers what is worth copying of the selected Safe, and of its marked row or the one whose evidence is open. */
export function copyShown(screen: Screen): void {
	const { view } = screen;
	const { dialog } = view.get();
	const { selected } = currentList(screen);
	if (selected === null) return;
	const check = dialog?.kind === 'evidence' ? dialog.check : currentRow(screen);
	const context = contextOf(screen, selected, check);
	const evidence = evidenceLines(screen.theme, selected, check, evidenceColumns, context).map((line) =>
		line.replace(/\u001b\[[\d;]*m/g, '').trimEnd(),
	);
	const choices = copyChoices(selected, check, context.fix, evidence.join('\n').trim());
	view.patch({ dialog: { kind: 'copy', choices, cursor: 0, under: dialog } });
}

/** Wide enough for a whole fingerprint, narrow enough for a ticket. */
const evidenceColumns = 100;

/** A digit, or enter for the marked one. */
export function copyChosen(screen: Screen, chord: string): void {
	const { view } = screen;
	const { dialog } = view.get();
	if (dialog?.kind !== 'copy') return;
	const index = /^\d$/.test(chord) ? Number(chord) - 1 : dialog.cursor;
	const choice = dialog.choices[index];
	if (choice === undefined) return view.patch({ notice: `there is no ${chord} here` });
	view.patch({ dialog: dialog.under });
	copyText(screen, choice.text, choice.title);
}

export function moveCopy({ view }: Screen, move: Move): void {
	const { dialog } = view.get();
	if (dialog?.kind !== 'copy') return;
	const last = dialog.choices.length - 1;
	const to = { up: dialog.cursor - 1, down: dialog.cursor + 1, 'page-up': 0, 'page-down': last, first: 0, last }[move];
	view.patch({ dialog: { ...dialog, cursor: Math.max(0, Math.min(to, last)) } });
}

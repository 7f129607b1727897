import { askedBy } from '../runbook/fix-plan.ts';
import { completeKey, copySteps, openUndo, prepare, runShown, turnFix, undoShown } from './fix-actions.ts';
import type { FixView } from './fix-view.ts';
import { type Hint, printable, typedInto } from './hint.ts';
import type { Screen } from './screen.ts';

/** Keys while a fix is open. Esc always means no. */

const leave: Hint = { keys: 'esc', title: 'no', always: true };

export function fixHints(dialog: FixView, asks: boolean): readonly Hint[] {
	const another: Hint = { keys: 'tab', title: 'another fix', always: false };
	const copy: Hint = { keys: 'ctrl-y', title: 'copy steps', always: false };
	switch (dialog.phase) {
		case 'ask':
			return asks
				? [
						{ keys: 'type', title: 'or paste', always: true },
						{ keys: 'enter', title: 'preview', always: true },
						another,
						copy,
						leave,
					]
				: [{ keys: 'y', title: 'copy steps', always: true }, another, { ...leave, title: 'back' }];
		case 'preview':
			return dialog.ready.plan.typed === null
				? [{ keys: 'y', title: 'do it', always: true }, another, leave]
				: [{ keys: 'type', title: `${dialog.ready.plan.typed}, then enter`, always: true }, another, leave];
		case 'undo':
			return [{ keys: 'y', title: 'take it back', always: true }, leave];
		case 'done':
			return [
				...(dialog.ready.edit === null ? [] : [{ keys: 'u', title: 'undo', always: true }]),
				{ keys: 'esc', title: 'back', always: true },
			];
		default:
			return [{ keys: 'esc', title: 'leave it going', always: true }];
	}
}

export function typeFix(screen: Screen, dialog: FixView, asks: boolean, chord: string): void {
	const { view } = screen;
	if (chord === 'esc') {
		const isNo = dialog.phase === 'ask' || dialog.phase === 'preview' || dialog.phase === 'undo';
		return view.patch({
			dialog: null,
			notice: isNo && (asks || dialog.phase !== 'ask') ? 'nothing was changed' : null,
		});
	}
	const isPath = dialog.phase === 'ask' && askedBy(dialog.fix)?.value === 'key' && dialog.text !== '';
	if (isPath && chord === 'tab') return completeKey(screen, dialog);
	const isOpen = dialog.phase === 'ask' || dialog.phase === 'preview';
	if (isOpen && (chord === 'tab' || chord === 'shift-tab')) return turnFix(screen, dialog, chord === 'tab' ? 1 : -1);
	if (dialog.phase === 'undo') return chord === 'y' ? undoShown(screen) : undefined;
	if (dialog.phase === 'done') {
		if (chord === 'u' && dialog.ready.edit !== null) openUndo(screen);
		else if (chord === 'enter') view.patch({ dialog: null });
		return;
	}
	if (dialog.phase === 'ask') {
		if (chord === 'ctrl-y' || (chord === 'y' && !asks)) return copySteps(screen, dialog);
		if (!asks) return;
		if (chord === 'enter') return prepare(screen);
		const text = typedInto(dialog.text, chord);
		if (text !== null) view.patch({ dialog: { ...dialog, text, problem: null } });
		return;
	}
	if (dialog.phase !== 'preview') return;
	const { typed } = dialog.ready.plan;
	if (typed === null) return chord === 'y' ? runShown(screen, dialog.ready) : undefined;
	if (chord === 'enter') {
		if (dialog.text === typed) return runShown(screen, dialog.ready);
		return view.patch({ dialog: { ...dialog, problem: `Type ${typed} to go on; esc leaves it as it is.` } });
	}
	const text = typedInto(dialog.text, chord);
	if (text !== null) view.patch({ dialog: { ...dialog, text, problem: null } });
}

/** Several lines of ssh-keygen stay several. */
export function pasteIntoFix(dialog: FixView, text: string): FixView {
	if (dialog.phase !== 'ask' && dialog.phase !== 'preview') return dialog;
	const lines = text.trim().split(/\r?\n/).map(printable);
	return { ...dialog, text: (dialog.text + lines.join('\n')).slice(0, 16_384), problem: null };
}

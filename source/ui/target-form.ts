import type { TypedTarget } from '../domain/target.ts';
import { type Hint, printable, typedInto } from './hint.ts';

export type TargetForm = {
	readonly fields: TypedTarget;
	readonly at: keyof TypedTarget;
	/** What is wrong with what was typed, or null. */
	readonly problem: string | null;
};

export const fieldNames = ['target', 'key', 'connector'] as const;

export const emptyForm: TargetForm = { fields: { target: '', key: '', connector: '' }, at: 'target', problem: null };

export const formHints: readonly Hint[] = [
	{ keys: 'type', title: 'or paste', always: true },
	{ keys: 'tab', title: 'next', always: false },
	{ keys: 'enter', title: 'go on', always: true },
	{ keys: 'esc', title: 'leave', always: true },
];

/** What a key makes of the form: another form, or what it asks for. Pure. */
export function typeForm(form: TargetForm, chord: string): TargetForm | 'leave' | 'done' {
	const index = fieldNames.indexOf(form.at);
	const goTo = (next: number): TargetForm => ({
		...form,
		at: fieldNames[(next + fieldNames.length) % fieldNames.length] ?? 'target',
	});
	if (chord === 'esc') return 'leave';
	if (chord === 'tab' || chord === 'down') return goTo(index + 1);
	if (chord === 'shift-tab' || chord === 'up') return goTo(index - 1);
	if (chord === 'enter') return index === fieldNames.length - 1 ? 'done' : goTo(index + 1);
	const typed = typedInto(form.fields[form.at], chord);
	return typed === null ? form : withText(form, typed);
}

export function pasteIntoForm(form: TargetForm, text: string): TargetForm {
	const [line = ''] = text.trim().split(/\r?\n/);
	return withText(form, form.fields[form.at] + printable(line));
}

function withText(form: TargetForm, text: string): TargetForm {
	return { ...form, problem: null, fields: { ...form.fields, [form.at]: text } };
}

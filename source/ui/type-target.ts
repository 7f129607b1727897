import { messageOf, UserError } from '../domain/user-error.ts';
import { pacedSession } from './paced-session.ts';
import { currentList, type Screen } from './screen.ts';
import { emptyForm, typeForm } from './target-form.ts';
import type { Dialog } from './view.ts';

/** Adding a target on the screen. */

const budgetWaitMs = 10_000;

export type AddDialog = Extract<Dialog, { kind: 'add' }>;

export function askForTarget(screen: Screen): void {
	const { view, engine } = screen;
	const connector =
		currentList(screen).selected?.result.connector ?? engine.session.get().inventory.connectors[0]?.name ?? '';
	const form = { ...emptyForm, fields: { ...emptyForm.fields, connector } };
	view.patch({ dialog: { kind: 'add', form, listed: null, under: null } });
}

/** Null where there is a file to add one to, else why not. */
export function nowhereToAdd({ engine, isReadOnly }: Screen): string | null {
	if (isReadOnly) return 'read-only: nothing is added';
	return engine.session.get().inventory.file === null ? 'there is no inventory file to add one to' : null;
}

export function typeTarget(screen: Screen, dialog: AddDialog, chord: string): void {
	const { view } = screen;
	const { form, listed, under } = dialog;
	const next = typeForm(form, chord);
	if (next === 'leave') return view.patch({ dialog: under });
	if (next !== 'done') return view.patch({ dialog: { ...dialog, form: next } });
	const refuse = (problem: string) => view.patch({ dialog: { ...dialog, form: { ...form, problem } } });
	screen.addTarget(form.fields, listed).then(
		({ name, file }) => {
			view.patch({ dialog: null, filter: '', notice: `${name} stands in ${file} now` });
			goToAdded(screen, name);
		},
		(error: unknown) => {
			if (!(error instanceof UserError)) return refuse(messageOf(error));
			refuse(`${error.message} ${error.nextStep}`);
		},
	);
}

/** The Safe comes with the file, which is read again a moment later; who pressed a key meanwhile is elsewhere already. */
function goToAdded({ engine, view }: Screen, name: string): void {
	const { keyAt } = view.get();
	const shown = pacedSession(engine.session);
	const go = () => {
		if (view.get().keyAt !== keyAt) return stop();
		const added = shown.get().safes.get(name);
		if (added === undefined) return;
		stop();
		view.patch({ focus: 'safes', safe: name, entry: null, opened: null, checksOffset: 0, checkRow: null });
		// Where nothing is probed on its own, this was the key press for it.
		const isMeasured = added.result.checks.port.measuredAt !== null;
		if (added.running === null && !isMeasured) void engine.run([name], { trigger: 'key', budgetWaitMs });
	};
	const stop = shown.subscribe(go);
	go();
}

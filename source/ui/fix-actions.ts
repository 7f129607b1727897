import { resolve } from 'node:path';
import type { SafeResult } from '../domain/check.ts';
import type { Safe } from '../domain/inventory.ts';
import { messageOf, UserError } from '../domain/user-error.ts';
import type { ReadyFix } from '../engine/run-fix.ts';
import { fixContextFor } from '../engine/session/read.ts';
import { actionOf, askedBy, type FixValues, fixById, planFix } from '../runbook/fix-plan.ts';
import { fixForResult } from '../runbook/fix-result.ts';
import { type Fix, fixes } from '../runbook/fixes.ts';
import { isGroupSelected, needsSafe } from './choose.ts';
import { copyText } from './clipboard.ts';
import { completePath, expandHome } from './complete-path.ts';
import type { FixView } from './fix-view.ts';
import { masked } from './masking.ts';
import { currentList, type Screen } from './screen.ts';

/** Fixes on the screen: nothing is done without a preview and a yes. */

const budgetWaitMs = 10_000;

/** Loaded with the first fix: the screen's first frame does not wait for it. */
const load = async () => {
	const [run, undo, { auditFile }] = await Promise.all([
		import('../engine/run-fix.ts'),
		import('../engine/undo-fix.ts'),
		import('../storage/audit.ts'),
	]);
	return { ...run, ...undo, audit: auditFile() };
};

/** Why there is no fix to open here, or null. */
export function noFix(screen: Screen): string | null {
	if (screen.isReadOnly) return 'read-only: fixes are off';
	const why = needsSafe(screen);
	if (why !== null) return why;
	if (isGroupSelected(screen)) return null;
	const { selected } = currentList(screen);
	return selected !== null && fixForResult(selected.result) === null
		? 'nothing fails here: there is nothing to fix'
		: null;
}

/** The fix for what fails first, then those that can be chosen instead. */
export function fixesFor(result: SafeResult): readonly Fix[] {
	const first = fixForResult(result);
	const others = fixes.filter((fix) => actionOf(fix.id) !== null && fix !== first);
	return first === null ? others : [first, ...others];
}

export function openFix(screen: Screen): void {
	const { selected } = currentList(screen);
	const [first] = selected === null ? [] : fixesFor(selected.result);
	if (selected === null || first === undefined) return;
	ask(screen, selected.result.name, first);
}

function ask(screen: Screen, safe: string, fix: Fix): void {
	const { view } = screen;
	view.patch({ dialog: { kind: 'fix', phase: 'ask', safe, fix: fix.id, text: '', forTarget: [], problem: null } });
	void addCommands(screen, safe, fix.id);
	// What asks for nothing shows at once what it would do.
	if (actionOf(fix.id) !== null && askedBy(fix.id) === null) prepare(screen);
}

/** They hold the Safe's key, which may have to be read from its file. */
async function addCommands(screen: Screen, name: string, fix: string): Promise<void> {
	const { engine, view } = screen;
	const safe = safeOf(screen, name);
	if (safe === null) return;
	const { commandsForTarget } = await import('../engine/commands-for-target.ts');
	const forTarget = await commandsForTarget(safe, fix, fixContextFor(engine.session, safe));
	const { dialog } = view.get();
	if (forTarget.length > 0 && dialog?.kind === 'fix' && dialog.safe === name && dialog.fix === fix)
		view.patch({ dialog: { ...dialog, forTarget } });
}

/** The next one that can be chosen. */
export function turnFix(screen: Screen, { safe, fix }: FixView, by: 1 | -1): void {
	const result = screen.engine.session.safe(safe)?.result;
	const known = result === undefined ? [] : fixesFor(result);
	const at = known.findIndex(({ id }) => id === fix);
	const next = known[(at + by + known.length) % known.length];
	if (next !== undefined) ask(screen, safe, next);
}

/** The path of a key file, as far as it is clear; what it may go on with is said. */
export function completeKey({ view }: Screen, dialog: FixView): void {
	const { text, choices } = completePath(dialog.text);
	const said = choices.length > 1 ? choices.slice(0, 12).join('  ') : null;
	const problem = choices.length === 0 ? 'No folder and no .pub file begins like this.' : null;
	if (dialog.phase === 'ask') view.patch({ dialog: { ...dialog, text, problem }, notice: said });
}

/** From what was typed to the preview. */
export function prepare(screen: Screen): void {
	const { engine, view } = screen;
	const { dialog } = view.get();
	if (dialog?.kind !== 'fix' || dialog.phase !== 'ask') return;
	const safe = safeOf(screen, dialog.safe);
	const fix = fixById(dialog.fix);
	if (safe === null || fix === undefined || actionOf(fix.id) === null) return;
	const result = engine.session.safe(safe.name)?.result ?? null;
	const values = valuesOf(fix.id, dialog.text, safe);
	if (typeof values === 'string') return view.patch({ dialog: { ...dialog, problem: values } });
	const plan = planFix(fix, { context: fixContextFor(engine.session, safe), result }, values);
	if ('need' in plan) {
		// An empty field says itself what it takes.
		const problem = dialog.text.trim() === '' ? plan.need : `${plan.need} ${plan.next}`;
		return view.patch({ dialog: { ...dialog, problem } });
	}
	const asked = dialog;
	view.patch({ dialog: { ...dialog, phase: 'checking' } });
	load()
		.then(({ readyFix }) => readyFix(engine, plan, safe))
		.then((ready) => {
			if (ready.edit !== null && ready.edit.before === ready.edit.after)
				throw new UserError('The inventory has it so already.', 'Where VaultPAM has something else, change it there.');
			show(screen, { ...asked, phase: 'preview', text: '', problem: null, ready });
		})
		.catch((error: unknown) => show(screen, { ...asked, phase: 'ask', problem: wordsOf(error) }));
}

/** After the yes. */
export function runShown(screen: Screen, ready: ReadyFix): void {
	const { engine, view } = screen;
	const { dialog } = view.get();
	if (dialog?.kind !== 'fix' || dialog.phase !== 'preview') return;
	const { kind, safe, fix } = dialog;
	const base = { kind, safe, fix, text: '', forTarget: [], problem: null } as const;
	const said: string[] = [];
	view.patch({ dialog: { ...base, phase: 'running', ready, said } });
	const onProgress = (line: string) => {
		said.push(line);
		show(screen, { ...base, phase: 'running', ready, said: [...said] });
	};
	load()
		.then(({ runFix, audit }) => runFix(engine, ready, { auditFile: audit, budgetWaitMs, onProgress }))
		.then((outcome) => finish(screen, { ...base, phase: 'done', ready, outcome }))
		.catch((error: unknown) => finish(screen, { ...base, phase: 'preview', ready, problem: wordsOf(error) }));
}

/** Shows the last change of a fix, to be taken back. */
export function openUndo(screen: Screen): void {
	const { engine, view } = screen;
	const { file } = engine.session.get().inventory;
	if (file === null) return;
	load()
		.then(({ readyUndo, audit }) => readyUndo(audit, file))
		.then((undo) => {
			const { fix, safe } = undo.entry;
			const shown: FixView = {
				kind: 'fix',
				phase: 'undo',
				safe: safe ?? '',
				fix,
				text: '',
				forTarget: [],
				problem: null,
				undo,
				file,
			};
			view.patch({ dialog: shown });
		})
		.catch((error: unknown) => view.patch({ notice: wordsOf(error) }));
}

export function noUndo({ engine, isReadOnly }: Screen): string | null {
	if (isReadOnly) return 'read-only: fixes are off';
	return engine.session.get().inventory.file === null
		? 'there is no inventory file that a fix could have changed'
		: null;
}

/** The screen reads the file again by itself. */
export function undoShown(screen: Screen): void {
	const { view } = screen;
	const { dialog } = view.get();
	if (dialog?.kind !== 'fix' || dialog.phase !== 'undo') return;
	const { undo, file } = dialog;
	view.patch({ dialog: null });
	load()
		.then(({ undoFix, audit }) => undoFix(audit, file, undo))
		.then(() => view.patch({ notice: `${undo.entry.fix} was taken back: the inventory is as it was before` }))
		.catch((error: unknown) => view.patch({ notice: wordsOf(error) }));
}

export function stepsOf(screen: Screen, { safe, fix, forTarget }: FixView): readonly string[] {
	const found = safeOf(screen, safe);
	const steps = found === null ? [] : (fixById(fix)?.steps(fixContextFor(screen.engine.session, found)) ?? []);
	return [...steps, ...forTarget];
}

/** The command for the target alone, where there is one: it is what is pasted there. */
export function copySteps(screen: Screen, dialog: FixView): void {
	const { forTarget } = dialog;
	const [only] = forTarget;
	if (forTarget.length === 1 && only !== undefined)
		return copyText(screen, only.replace(/^as root: /, ''), 'the command for the target');
	copyText(screen, stepsOf(screen, dialog).join('\n'), 'the steps');
}

/** Only where it is still open: whoever left it is elsewhere. */
function show({ view }: Screen, next: FixView): void {
	const { dialog } = view.get();
	if (dialog?.kind === 'fix' && dialog.safe === next.safe && dialog.fix === next.fix) view.patch({ dialog: next });
}

/** How a fix ended must not be missed. */
function finish(screen: Screen, next: FixView): void {
	const { view } = screen;
	if (view.get().dialog?.kind === 'fix') return show(screen, next);
	view.patch({ notice: next.phase === 'done' ? doneWords(next) : next.problem });
}

function doneWords({ fix, safe, outcome }: Extract<FixView, { phase: 'done' }>): string {
	const { after, notSeen } = outcome;
	return `${fix} of ${safe} is done: ${notSeen === null ? after.headline : `what came of it was not seen, ${notSeen}`}`;
}

export function safeOf({ engine }: Screen, name: string): Safe | null {
	return engine.session.get().inventory.safes.find((safe) => safe.name === name) ?? null;
}

/** What was typed, as the fix takes it; a text says what is wrong with it. */
function valuesOf(id: string, typed: string, safe: Safe): FixValues | string {
	const text = typed.trim();
	if (text === '') return {};
	switch (askedBy(id)?.value) {
		case 'port':
			return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535
				? { port: Number(text) }
				: 'A port is a whole number from 1 to 65535.';
		case 'username':
			return { username: text };
		case 'credential':
			return text === 'password' || text === 'ssh-key' ? { credential: text } : 'Type ssh-key or password.';
		case 'key':
			return { key: text.includes(' AAAA') ? text : resolve(expandHome(text)) };
		case 'fingerprint':
			// On a masked screen the name stands there as its stand-in.
			return text === safe.name || text === masked(safe.name) ? { unseen: safe.name } : { fingerprint: typed };
		default:
			return {};
	}
}

function wordsOf(error: unknown): string {
	return error instanceof UserError ? `${error.message} ${error.nextStep}`.trim() : messageOf(error);
}

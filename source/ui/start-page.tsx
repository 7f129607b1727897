import { Box, render, useInput, usePaste, useWindowSize } from 'ink';
import { useReducer, useRef } from 'react';
import type { TypedTarget } from '../domain/target.ts';
import { chordsOf } from './chord.ts';
import { formLines } from './form-lines.ts';
import { smallest } from './layout.ts';
import { Row, titleRule } from './rows.tsx';
import { emptyForm, pasteIntoForm, type TargetForm, typeForm } from './target-form.ts';
import { forTerminal, paint, type Theme } from './theme.ts';
import { wrap } from './width.ts';

/** What to do without an inventory. */
export type StartChoice =
	| { readonly kind: 'target'; readonly fields: TypedTarget; readonly keep: boolean }
	| { readonly kind: 'demo' }
	| { readonly kind: 'quit' };

export type StartPage = {
	readonly theme: Theme;
	/** Where an inventory was looked for. */
	readonly lookedFor: readonly string[];
	/** Where a target would be kept. */
	readonly file: string;
	/** What is wrong with what was typed, or null. */
	readonly problemOf: (fields: TypedTarget) => string | null;
	/** False on a read-only screen. */
	readonly mayKeep: boolean;
};

/** Shows the page until something is chosen. The terminal is as it was when this resolves. */
export async function showStartPage(page: StartPage): Promise<StartChoice> {
	let choice: StartChoice = { kind: 'quit' };
	const choose = (chosen: StartChoice) => {
		choice = chosen;
		app.unmount();
	};
	const app = render(<Start page={page} choose={choose} />, {
		alternateScreen: true,
		exitOnCtrlC: false,
		interactive: true,
		patchConsole: false,
		maxFps: 120,
	});
	await app.waitUntilExit();
	return choice;
}

/** `menu` lists the ways, `form` asks for a target, `keep` whether to keep it. */
export type StartState = { readonly step: 'menu' | 'form' | 'keep'; readonly form: TargetForm };

export const startState: StartState = { step: 'menu', form: emptyForm };

/** What a key does on the page: another state, or a choice. Pure but for `problemOf`. */
export function pressOnStart(
	state: StartState,
	chord: string,
	{ problemOf, mayKeep }: Pick<StartPage, 'problemOf' | 'mayKeep'>,
): StartState | StartChoice {
	if (chord === 'ctrl-c') return { kind: 'quit' };
	if (state.step === 'form') {
		const next = typeForm(state.form, chord);
		if (next === 'leave') return { ...state, step: 'menu' };
		if (next !== 'done') return { ...state, form: next };
		const problem = problemOf(state.form.fields);
		if (problem !== null) return { ...state, form: { ...state.form, problem } };
		return mayKeep ? { ...state, step: 'keep' } : { kind: 'target', fields: state.form.fields, keep: false };
	}
	if (state.step === 'keep') {
		const { fields } = state.form;
		if (chord === 'y' || chord === 'n') return { kind: 'target', fields, keep: chord === 'y' };
		return chord === 'esc' ? { ...state, step: 'form' } : state;
	}
	if (chord === 'a' || chord === 'enter') return { ...state, step: 'form' };
	if (chord === 'd') return { kind: 'demo' };
	return chord === 'q' ? { kind: 'quit' } : state;
}

function Start({ page, choose }: { page: StartPage; choose: (choice: StartChoice) => void }) {
	const { columns, rows } = useWindowSize();
	const [, redraw] = useReducer((count: number) => count + 1, 0);
	// Several keys may come in one event.
	const state = useRef(startState);
	const put = (next: StartState | StartChoice) => {
		if ('kind' in next) return choose(next);
		state.current = next;
		redraw();
	};
	useInput((input, key) => {
		for (const chord of chordsOf(input, key)) put(pressOnStart(state.current, chord, page));
	});
	usePaste((text) => {
		if (state.current.step === 'form') put({ ...state.current, form: pasteIntoForm(state.current.form, text) });
	});
	const lines = startLines(page, state.current, columns, rows);
	return (
		<Box flexDirection="column" width={columns} height={rows} overflow="hidden">
			{lines.map((line, index) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: a line is its place on the screen
				<Row key={index} text={forTerminal(page.theme, line)} />
			))}
		</Box>
	);
}

const formTakes: Readonly<Record<keyof TypedTarget, string>> = {
	target: 'user@host or user@host:port',
	key: "path of the Safe's public key (.pub), never the private one; empty for a password",
	connector: 'docker:NAME or systemd:UNIT on this host; empty when it is neither',
};

/** The whole page: exactly as many lines as there are rows. */
export function startLines(
	{ theme, lookedFor, file, mayKeep }: StartPage,
	state: StartState,
	columns: number,
	rows: number,
): string[] {
	if (columns < smallest.columns || rows < smallest.rows) {
		const words = `vpmon needs ${smallest.columns}x${smallest.rows}, this is ${columns}x${rows}. q quits.`;
		return fill(wrap(words, columns), rows, '');
	}
	const key = (name: string) => paint(theme, 'bold', name);
	if (state.step === 'menu') {
		const title = titleRule(theme, 'vpmon', 'there is no inventory yet', columns, true);
		const way = (name: string, text: string, command: string) => [
			` ${name === '' ? ' ' : key(name)}  ${text}`,
			`    ${paint(theme, 'dim', command)}`,
			'',
		];
		const lines = [
			title,
			...wrap(
				' vpmon shows why SSH sessions of VaultPAM fail to launch. It has to know which Safes there are:',
				columns - 1,
				1,
			),
			'',
			...way(
				'a',
				`check one target now${mayKeep ? ', and keep it if you like' : ''}`,
				'vpmon check user@host:22 --key FILE.pub',
			),
			...way('d', 'see vpmon at work, on a lab of its own', 'vpmon demo'),
			...way('', 'write a first inventory from what this host shows', 'vpmon init'),
			...way('', 'take over a list of Safes', 'vpmon import safes.csv'),
			...wrap(` Looked for ${lookedFor.join(' and ')}.`, columns - 1, 1).map((line) => paint(theme, 'dim', line)),
		];
		return fill(lines, rows, ` ${key('a')} add a target  ${key('d')} demo  ${key('q')} quit`);
	}
	const title = titleRule(theme, 'Add a target', '', columns, true, 'esc back');
	const form = formLines(theme, state.form, formTakes, columns);
	if (state.step === 'form') {
		const footer = ` ${key('type')} or paste  ${key('tab')} next  ${key('enter')} go on  ${key('esc')} back  ${key('ctrl-c')} quit`;
		return fill([title, ...form], rows, footer);
	}
	const ask = wrap(` Keep it in ${file}? It is checked either way.`, columns - 1, 1);
	return fill(
		[title, ...form, ...ask],
		rows,
		` ${key('y')} yes  ${key('n')} only check it  ${key('esc')} back  ${key('ctrl-c')} quit`,
	);
}

/** The last line is the footer. */
function fill(lines: readonly string[], rows: number, footer: string): string[] {
	const shown = lines.slice(0, rows - 1);
	return [...shown, ...Array.from({ length: Math.max(0, rows - 1 - shown.length) }, () => ''), footer];
}

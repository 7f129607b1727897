import { EventEmitter } from 'node:events';
import { render } from 'ink';
import type { Engine } from '../../source/engine/engine.ts';
import { createNumbering } from '../../source/redact/names/pseudonym.ts';
import { App } from '../../source/ui/app.tsx';
import { layOut } from '../../source/ui/layout.ts';
import type { Screen } from '../../source/ui/screen.ts';
import type { Theme } from '../../source/ui/theme.ts';
import { createView } from '../../source/ui/view.ts';

/** A terminal of any size that keeps its last frame; unlike ink-testing-library's it has rows, can be resized, and calls back. */
class FakeTerminal extends EventEmitter {
	readonly isTTY = true;
	columns: number;
	rows: number;
	frame = '';

	constructor(columns: number, rows: number) {
		super();
		this.columns = columns;
		this.rows = rows;
	}

	write = (text: string, encoding?: unknown, callback?: () => void): boolean => {
		this.frame = text;
		const done = typeof encoding === 'function' ? (encoding as () => void) : callback;
		queueMicrotask(() => done?.());
		return true;
	};
}

class FakeKeyboard extends EventEmitter {
	readonly isTTY = true;
	#data: string | null = null;
	setEncoding() {}
	setRawMode() {}
	resume() {}
	pause() {}
	ref() {}
	unref() {}
	read = () => {
		const data = this.#data;
		this.#data = null;
		return data;
	};
	type(text: string) {
		this.#data = text;
		this.emit('readable');
		this.emit('data', text);
	}
}

import { plain } from './plain.ts';

export type RenderedScreen = {
	readonly screen: Screen;
	/** The last frame without styles, a line each. */
	frame(): string;
	press(text: string): Promise<void>;
	resize(columns: number, rows: number): Promise<void>;
	/** Resolves once the frame holds the text. */
	see(text: string | RegExp): Promise<void>;
	unmount(): void;
	quitted: boolean;
	/** What was copied, the newest last. */
	readonly copied: string[];
};

/** Ink takes an Esc for one only when nothing has followed it for 20 ms. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 30));

export async function renderScreen(
	engine: Engine,
	options: {
		columns?: number;
		rows?: number;
		theme?: Theme;
		reportsDirectory?: string;
		mask?: (text: string) => string;
		addTarget?: Screen['addTarget'];
		isReadOnly?: boolean;
	} = {},
): Promise<RenderedScreen> {
	const {
		columns = 120,
		rows = 36,
		theme = { color: false, ascii: false },
		reportsDirectory = '/nonexistent',
		mask = (text: string) => text,
		addTarget = () => Promise.reject(new Error('not in this test')),
		isReadOnly = false,
	} = options;
	const stdout = new FakeTerminal(columns, rows);
	const stdin = new FakeKeyboard();
	const screen: Screen = {
		engine,
		view: createView(),
		theme,
		title: 'test',
		isReadOnly,
		reportsDirectory,
		clipboard: async (text) => {
			rendered.copied.push(text);
			return { ok: true, where: '' };
		},
		terminal: { arm() {}, suspend: async () => {}, redraw: async () => {}, isLent: () => false, release() {} },
		openPseudonyms: async () => createNumbering(),
		isMaskKept: false,
		layout: layOut(0, 0, { safes: 0, connectorLines: 1, logPanel: 'normal' }),
		ends: { dialog: 0, checks: 0, safesFrom: 0 },
		quit: () => {
			rendered.quitted = true;
		},
		onLogPanel: () => {},
		remember: () => {},
		mask: async () => mask,
		addTarget,
	};
	const app = render(<App screen={screen} />, {
		stdout: stdout as unknown as NodeJS.WriteStream,
		stdin: stdin as unknown as NodeJS.ReadStream,
		debug: true,
		patchConsole: false,
		exitOnCtrlC: false,
	});
	const frame = () => plain(stdout.frame);
	const rendered: RenderedScreen = {
		screen,
		quitted: false,
		copied: [],
		frame,
		async press(text) {
			stdin.type(text);
			await turn();
		},
		async resize(newColumns, newRows) {
			Object.assign(stdout, { columns: newColumns, rows: newRows });
			stdout.emit('resize');
			// On a busy machine the frame comes later than a turn.
			const isDrawn = () => frame().split('\n').length === newRows || frame().includes('vpmon needs');
			for (let tries = 0; tries === 0 || (tries < 100 && !isDrawn()); tries++) await turn();
		},
		async see(text) {
			for (let tries = 0; tries < 100; tries++) {
				if (typeof text === 'string' ? frame().includes(text) : text.test(frame())) return;
				await turn();
			}
			throw new Error(`${text} is not on the screen:\n${frame()}`);
		},
		unmount: () => app.unmount(),
	};
	await turn();
	return rendered;
}

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { requireProgram, until } from './system.ts';

export type Terminal = {
	/** What a person sees now. */
	screen(): string;
	/** The same with its styles (ECMA-48 SGR). */
	styledScreen(): string;
	/** Keys as tmux names them: `j`, `Enter`, `Escape`, `Tab`. */
	press(...keys: string[]): void;
	see(text: string | RegExp, withinMs?: number): Promise<void>;
	/** Waits until the program has let go of the terminal. The pane stays, and what it shows can be looked at. */
	ended(withinMs?: number): Promise<void>;
	/** The process the pane was started with. */
	readonly pid: number;
	resize(columns: number, rows: number): void;
	/** Any other command of this tmux. */
	tmux(...args: string[]): string;
	/** For another client: the file that `tmux -S` takes. */
	readonly socket: string;
	close(): void;
};

/**
 * Waits until two looks in a row are the same. A frame reaches tmux in pieces, so its first lines may stand there before its last
 * ones do. A screen that changes all the time is let be after ten looks.
 */
async function wholeFrame(look: () => string): Promise<void> {
	let before = look();
	for (let looks = 0; looks < 10; looks++) {
		await setTimeout(10);
		const now = look();
		if (now === before) return;
		before = now;
	}
}

/** A real terminal: a tmux of its own with one pane that runs a shell command. */
export function openTerminal(
	command: string,
	columns: number,
	rows: number,
	environment: Readonly<Record<string, string>> = {},
): Terminal {
	const program = requireProgram('tmux', 'tmux');
	const directory = mkdtempSync(join(tmpdir(), 'vpmon-tmux-'));
	const socket = join(directory, 'socket');
	const tmux = (...args: string[]) =>
		execFileSync(program, ['-S', socket, '-f', '/dev/null', ...args], {
			encoding: 'utf8',
			env: { ...process.env, ...environment, LANG: 'C.UTF-8', NO_COLOR: '', FORCE_COLOR: undefined },
		});
	const settings = ['-x', String(columns), '-y', String(rows)];
	tmux(
		'-u',
		'new-session',
		'-d',
		'-s',
		'test',
		...settings,
		command,
		';',
		'set-option',
		'-g',
		'remain-on-exit',
		'on',
		';',
		'set-option',
		'-g',
		'window-size',
		'manual',
	);
	const screen = () => tmux('capture-pane', '-p', '-t', 'test');
	return {
		screen,
		styledScreen: () => tmux('capture-pane', '-p', '-e', '-t', 'test'),
		press: (...keys) => tmux('send-keys', '-t', 'test', ...keys),
		async see(text, withinMs = 10_000) {
			const isThere = () => (typeof text === 'string' ? screen().includes(text) : text.test(screen()));
			await until(`${text} on the screen`, isThere, withinMs).catch((error) => {
				throw new Error(`${error.message}:\n${screen()}`);
			});
			await wholeFrame(screen);
		},
		// Not by tmux's words in the pane: it loses a child's signal that comes while it writes utmp, and then says nothing.
		ended: (withinMs = 10_000) =>
			until(
				'the end of the program',
				() => tmux('list-panes', '-t', 'test', '-F', '#{pane_dead}').startsWith('1'),
				withinMs,
			),
		pid: Number(tmux('list-panes', '-t', 'test', '-F', '#{pane_pid}').trim()),
		resize: (newColumns, newRows) =>
			tmux('resize-window', '-t', 'test', '-x', String(newColumns), '-y', String(newRows)),
		tmux,
		socket,
		close() {
			try {
				tmux('kill-server');
			} catch {
				// It ended by itself.
			}
			rmSync(directory, { recursive: true, force: true });
		},
	};
}

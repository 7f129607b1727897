import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHome } from '../helpers/cli.ts';
import { requireProgram, until } from '../helpers/system.ts';
import { openTerminal, type Terminal } from '../helpers/tmux.ts';

const project = new URL('../../', import.meta.url).pathname;
const demo = `exec ${process.execPath} ${project}dist/cli.js demo`;

let home: ReturnType<typeof createHome>;
const opened: Array<{ close(): void }> = [];
beforeEach(() => {
	home = createHome();
});
afterEach(() => {
	for (const each of opened.splice(0)) each.close();
	home.remove();
});

const open = (command: string, columns = 120, rows = 36): Terminal => {
	const terminal = openTerminal(command, columns, rows, { ...home.environment, TMPDIR: home.path });
	opened.push(terminal);
	return terminal;
};

/** A terminal of a person who attaches: script(1) writes down all it is sent. */
function attach({ socket }: Terminal): { readonly received: () => string; close(): void } {
	const file = join(home.path, 'typescript');
	const command = `${requireProgram('tmux', 'tmux')} -S ${socket} attach`;
	const client = spawn(requireProgram('script', 'bsdutils'), ['-qfc', command, file], {
		env: { ...process.env, TERM: 'xterm-256color', LANG: 'C.UTF-8', TMUX: undefined },
		stdio: ['pipe', 'ignore', 'ignore'],
	});
	const attached = { received: () => readFileSync(file, 'utf8'), close: () => void client.kill() };
	opened.push(attached);
	return attached;
}

test('y copies the log in view: tmux has it, and the terminal outside is sent it', async () => {
	const screen = open(demo);
	const outside = attach(screen);
	await screen.see('host key changed');
	screen.press('Tab', 'Tab', 'Space');
	await screen.see('PAUSED');
	const [shown = ''] = /(?<=│ )\d\d:\d\d:\d\d \S.*\S/.exec(screen.screen()) ?? [];
	screen.press('y');
	await screen.see(/copied \d+ lines to tmux and, if it takes that, your terminal/);
	const buffer = screen.tmux('show-buffer');
	expect(buffer).toMatch(/^\d{4}-\d\d-\d\dT/);
	expect(buffer).toContain(shown.slice('00:00:00 '.length));
	const sent = /\u001b\]52;[^;]*;([\w+/=]+)(?:\u0007|\u001b\\)/;
	await until('the terminal outside is sent it', () => sent.test(outside.received()));
	expect(Buffer.from(sent.exec(outside.received())?.[1] ?? '', 'base64').toString()).toBe(buffer);
	// The frame is whole: nothing of the sequence is drawn.
	expect(screen.screen()).not.toMatch(/52;c;/);
	expect(screen.screen().trimEnd().split('\n')).toHaveLength(36);
});

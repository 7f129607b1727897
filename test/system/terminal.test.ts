import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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
	await screen.see('host key changed', 30_000);
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

/** A shell with job control in the terminal, in which vpmon runs behind a wrapper, as `npm start` does. */
async function openInShell(): Promise<{ readonly screen: Terminal; readonly vpmon: () => number }> {
	const screen = open('PS1="shell> " exec bash --norc -i');
	await screen.see('shell>');
	screen.press(`sh -c '${demo.replace('exec ', '')}; echo "code $?"'`, 'Enter');
	await screen.see('host key changed', 30_000);
	return { screen, vpmon: () => vpmonBelow(screen.pid) };
}

/** All processes below one. */
function family(pid: number): number[] {
	const pairs = execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' })
		.trim()
		.split('\n')
		.map((line) => line.trim().split(/\s+/).map(Number));
	const below = (parent: number): number[] =>
		pairs.flatMap(([child = 0, of]) => (of === parent ? [child, ...below(child)] : []));
	return below(pid);
}

/** T is stopped, Z has ended; so has what is not there. */
const stateOf = (pid: number) => {
	try {
		return /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
	} catch {
		return 'Z';
	}
};
const isStopped = (pid: number) => stateOf(pid) === 'T';
const isVpmon = (pid: number) => /node\0(?:.*\0)?[^\0]*cli\.js\0/s.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
/** Never 0: a signal to that one would go to the tests themselves. */
function vpmonBelow(pid: number): number {
	const found = family(pid).find(isVpmon);
	if (found === undefined) throw new Error(`no vpmon runs below ${pid}`);
	return found;
}

async function worksAgain(screen: Terminal): Promise<void> {
	await screen.see('? help  q quit');
	screen.press('?');
	await screen.see('─ Help ─');
	screen.press('Escape');
	await screen.see('Connectors');
	expect(screen.screen().trimEnd().split('\n')).toHaveLength(36);
}

test('ctrl-z stops it with all it started and gives the shell its terminal; fg goes on', async () => {
	const { screen, vpmon } = await openInShell();
	await until('the logs are followed', () => family(vpmon()).length >= 2);
	const all = () => [vpmon(), ...family(vpmon())];
	screen.press('C-z');
	await screen.see('Stopped');
	// What ended just before waits to be collected.
	await until('all of it stopped', () => all().every((pid) => isStopped(pid) || stateOf(pid) === 'Z'));
	expect(screen.screen()).not.toContain('Connectors');
	screen.press('stty -a | grep -o " -\\?icanon"; echo "still a shell"', 'Enter');
	await screen.see(/^ icanon/m);
	screen.press('fg', 'Enter');
	await worksAgain(screen);
	await until('nothing of it is stopped', () => !all().some(isStopped));
	screen.press('q');
	await screen.see('code 0');
});

test('a stop from outside does the same', async () => {
	const { screen, vpmon } = await openInShell();
	process.kill(vpmon(), 'SIGTSTP');
	await screen.see('Stopped');
	screen.press('fg', 'Enter');
	await worksAgain(screen);
	// And once more: it listens on, also for a key that comes before the terminal is taken back.
	process.kill(vpmon(), 'SIGTSTP');
	await screen.see(/Stopped(?:.|\n)*shell> *\s*$/);
	screen.press('fg', 'Enter', '?');
	await screen.see('─ Help ─');
	screen.press('Escape');
	await worksAgain(screen);
	// What was pressed before still counts, and a stop that comes while the screen is drawn anew is not forgotten.
	for (const key of ['Escape', 'C-l']) {
		screen.press('?');
		await screen.see('─ Help ─');
		if (key !== 'Escape') screen.press('Escape');
		screen.press(key);
		process.kill(vpmon(), 'SIGTSTP');
		await until('it has stopped', () => isStopped(vpmon()));
		screen.press('fg', 'Enter');
		await screen.see('? help  q quit');
		await until('the help is closed', () => !screen.screen().includes('─ Help ─'));
	}
});

test('without a shell ctrl-z says so and goes on', async () => {
	const screen = open(demo);
	await screen.see('host key changed', 30_000);
	screen.press('C-z');
	await screen.see('there is no shell to go back to here');
	await worksAgain(screen);
});

test('ctrl-l draws anew what something else wrote over', async () => {
	const screen = open(`printf 'half a line'; ${demo}`);
	await screen.see('port timeout', 30_000);
	expect(screen.screen()).toMatch(/^ vpmon /);
	const tty = screen.tmux('display-message', '-p', '-t', 'test', '#{pane_tty}').trim();
	writeFileSync(tty, '\u001b[5;1HSCRIBBLE\u001b[12;30HSCRIBBLE');
	await screen.see('SCRIBBLE');
	screen.press('C-l');
	await until('it is gone', () => !screen.screen().includes('SCRIBBLE'));
	// Keys that come meanwhile may be echoed before the screen is back.
	screen.press('C-l', 'j', 'j', 'k');
	await worksAgain(screen);
	expect(screen.screen()).toMatch(/^ vpmon /);
});

test('esc and a letter in one breath are both meant', async () => {
	const screen = open(demo);
	await screen.see('port timeout', 30_000);
	screen.press('4');
	await screen.see("Is the target's host key");
	screen.press('M-?');
	await screen.see('─ Help ─');
	screen.press('Escape');
	await screen.see('Connectors');
});

test('tmux detached and attached again: nothing is lost', async () => {
	const screen = open(demo);
	const first = attach(screen);
	await screen.see('port timeout', 30_000);
	await until('somebody looks', () => screen.tmux('list-clients').trim() !== '');
	screen.tmux('detach-client', '-s', 'test');
	await until('nobody looks', () => screen.tmux('list-clients').trim() === '');
	first.close();
	screen.press('r');
	const again = attach(screen);
	await until('somebody looks again', () => screen.tmux('list-clients').trim() !== '');
	await worksAgain(screen);
	await until('they are sent the screen', () => again.received().includes('Connectors'));
});

test('a bug gives the terminal back before it is told', async () => {
	const bug = join(home.path, 'bug.mjs');
	writeFileSync(bug, "process.on('SIGUSR2', () => { throw new Error('made for this test'); });");
	const command = demo
		.replace('exec ', '')
		.replace(' demo', '')
		.replace(process.execPath, `${process.execPath} --import ${bug}`);
	const screen = open(
		`sh -c 'echo before; stty -a | cksum; ${command} demo; echo "code $?"; stty -a | cksum; sleep 60'`,
	);
	await screen.see('host key changed', 30_000);
	process.kill(vpmonBelow(screen.pid), 'SIGUSR2');
	await screen.see('code 70');
	expect(screen.screen()).toMatch(/this is a bug in vpmon .*please report it:\n(?:.*\n)?.*made for this test/);
	const lines = screen.screen().split('\n');
	expect(lines[0]).toBe('before');
	expect(new Set(lines.filter((line) => /^\d+ \d+$/.test(line))).size).toBe(1);
});

test('a terminal that takes nothing stops neither probes nor logs, and is drawn anew once it does', async () => {
	let asked = 0;
	const server = createServer((_, response) => {
		asked++;
		response.end('ok');
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const inventory = join(home.path, 'vpmon.yaml');
	const log = join(home.path, 'connector.log');
	writeFileSync(log, '');
	writeFileSync(
		inventory,
		`version: 1\ncontrolPlane: {healthUrl: 'http://127.0.0.1:${port}/healthz'}\nconnectors: [{name: dc1, runtime: none, logFile: ${log}}]\nsafes: [{name: one, host: 127.0.0.1, port: 1, username: x}]\n`,
		{ mode: 0o600 },
	);
	const screen = open(`exec ${process.execPath} ${project}dist/cli.js -i ${inventory}`);
	const tmuxServer = Number(screen.tmux('display-message', '-p', '#{pid}'));
	let line = 0;
	const writer = setInterval(() => {
		writeFileSync(log, Array.from({ length: 20 }, () => `line ${++line} ${'x'.repeat(60)}\n`).join(''), { flag: 'a' });
	}, 50);
	try {
		await screen.see('port refused');
		await screen.see(/line \d+/);
		process.kill(tmuxServer, 'SIGSTOP');
		const [before, lineBefore] = [asked, line];
		// Longer than the terminal needs to be full, and than the schedule's 15 s.
		await until('it is asked on', () => asked > before && line > lineBefore + 1500, 25_000);
		process.kill(tmuxServer, 'SIGCONT');
		const newest = line;
		const shown = () => Math.max(...[...screen.screen().matchAll(/line (\d+)/g)].map(([, number]) => Number(number)));
		await until('the newest lines are shown', () => shown() >= newest, 5000);
		await worksAgain(screen);
	} finally {
		clearInterval(writer);
		process.kill(tmuxServer, 'SIGCONT');
		server.close();
	}
});

test('on a terminal that takes nothing it still ends at once when it is told to', async () => {
	const screen = open(demo);
	await screen.see('port timeout', 30_000);
	const tmuxServer = Number(screen.tmux('display-message', '-p', '#{pid}'));
	process.kill(tmuxServer, 'SIGSTOP');
	try {
		const all = [screen.pid, ...family(screen.pid)];
		process.kill(screen.pid, 'SIGTERM');
		await until('all of it ended', () => all.every((pid) => stateOf(pid) === 'Z'), 3000);
	} finally {
		process.kill(tmuxServer, 'SIGCONT');
	}
});

test('a newer vpmon that is installed meanwhile is said, and what runs goes on with all its parts', async () => {
	const installed = join(home.path, 'installed');
	cpSync(join(project, 'dist'), installed, { recursive: true });
	const screen = open(`exec ${process.execPath} ${installed}/cli.js demo`);
	await screen.see('port timeout', 30_000);
	// As npm does it: the old folder goes, another one takes its place, with other chunks.
	renameSync(installed, `${installed}-old`);
	cpSync(join(project, 'dist', 'cli.js'), join(installed, 'cli.js'));
	execFileSync('rm', ['-r', `${installed}-old`]);
	await screen.see('a newer vpmon was installed: quit and start it to use it', 15_000);
	screen.press('R', 'x');
	await screen.see('Not written yet. Enter writes', 20_000);
	screen.press('Enter');
	await screen.see('readable by you only:', 20_000);
	expect(readdirSync(join(home.path, 'state', 'vpmon', 'reports'))).toHaveLength(1);
	screen.press('Escape', 'Tab', 'Tab', 's');
	await screen.see('saved, readable by you');
});

test('--no-mask asks on a terminal, and nothing but a yes goes on', async () => {
	const inventory = join(home.path, 'vpmon.yaml');
	writeFileSync(join(home.path, 'connector.log'), 'INFO session opened safe=payroll host=hr7.corp.example\n');
	writeFileSync(
		inventory,
		`version: 1
connectors: [{name: dc1, runtime: none, logFile: ./connector.log}]
safes:
  - {name: one, host: 127.0.0.1, port: 1, username: x}
  - {name: web, host: hr7.corp.example, port: 22, username: x}
`,
		{ mode: 0o600 },
	);
	const question = /Write it so\? \[y\/N\]/;
	const out = join(home.path, 'reports');
	const ask = async (answer: readonly string[]) => {
		const command = `${process.execPath} ${project}dist/cli.js report one -i ${inventory} --no-mask --out ${out}`;
		const screen = open(`${command}; echo "ended with $?"; sleep 1000`);
		await screen.see(question);
		expect(screen.screen()).not.toContain('log: running');
		screen.press(...answer);
		await screen.see(/ended with \d+/, 20_000);
		return screen.screen().replace(/\s+/g, ' ');
	};
	for (const answer of [['Enter'], ['n', 'Enter'], ['yeah', 'Enter'], ['C-d']]) {
		const said = await ask(answer);
		expect(said).toContain('Nothing was written: --no-mask needs a yes.');
		expect(said).toContain('ended with 2');
		expect(existsSync(out)).toBe(false);
	}
	expect(await ask(['yes', 'Enter'])).toContain('ended with 0');
	const [file = ''] = readdirSync(out);
	// The other host of the log stands there as it is, which is what was asked.
	expect(readFileSync(join(out, file), 'utf8')).toContain('hr7.corp.example');
});

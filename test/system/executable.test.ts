import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHome } from '../helpers/cli.ts';
import { keyFile } from '../helpers/keys.ts';
import { type Sshd, settingsForMany, startSshd, targetUser } from '../helpers/sshd.ts';
import { requireProgram, until } from '../helpers/system.ts';
import { openTerminal } from '../helpers/tmux.ts';

const root = new URL('../..', import.meta.url).pathname;
const home = createHome();
/** On PATH is what reads a log file, and no Node. */
const { NODE_COMPILE_CACHE: _, ...homeOnly } = home.environment;
const environment = { ...homeOnly, PATH: join(home.path, 'programs'), TMPDIR: home.path };
const executable = join(home.path, 'vpmon');
const inventory = join(home.path, 'vpmon.yaml');
/** More at once than are spoken with outside the thread that measures. */
const addresses = Array.from({ length: 28 }, (_, index) => `127.0.${index}.2`);
const run = (...args: string[]) =>
	execa(executable, args, { env: environment, extendEnv: false, cwd: home.path, reject: false, stdin: 'ignore' });
/** Each listens on half of them: sshd takes 16 (MAX_LISTEN_SOCKS in sshd.c). */
let sshds: readonly [Sshd, Sshd];
let demo: ReturnType<typeof run>;

beforeAll(async () => {
	requireProgram('strip', 'binutils');
	await execa('npm', ['run', 'executable'], { cwd: root });
	// As it is carried over to another host: this one file.
	await execa('cp', [join(root, 'build', 'vpmon'), executable]);
	mkdirSync(environment.PATH);
	symlinkSync(requireProgram('tail', 'coreutils'), join(environment.PATH, 'tail'));
	sshds = await Promise.all([
		startSshd({ listen: addresses.slice(0, 14), extra: settingsForMany() }),
		startSshd({ listen: addresses.slice(14), extra: settingsForMany() }),
	]);
	const credential = { type: 'ssh-key', publicKey: keyFile('user-a.pub') };
	const safes = addresses.map((host, index) => {
		const { port, hostKey } = sshds[index < 14 ? 0 : 1];
		return { name: `safe-${index}`, host, port, username: targetUser, hostKey, credential };
	});
	writeFileSync(inventory, JSON.stringify({ version: 1, connectors: [{ name: 'here' }], safes }), { mode: 0o600 });
	// One of its Safes never answers: meanwhile there is other work.
	demo = run('demo');
});
afterAll(async () => {
	await demo;
	for (const sshd of sshds) await sshd.stop();
	home.remove();
});

test('without a Node it says its version and names what is in it', async () => {
	const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
	expect(await run('--version')).toMatchObject({ exitCode: 0, stdout: version, stderr: '' });
	expect(await run('chekc')).toMatchObject({ exitCode: 2, stdout: '' });
	const notices = readFileSync(join(root, 'build', 'NOTICES.txt'), 'utf8');
	for (const part of ['node 24', 'ink 8', 'ssh2 1', 'commander 15'])
		expect(notices).toMatch(new RegExp(`^${part}`, 'm'));
});

test('it measures a real sshd and books each connection', async () => {
	const { exitCode, stdout, stderr } = await run('check', '--json', '-i', inventory);
	expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
	for (const { checks } of JSON.parse(stdout).safes)
		expect(checks.map(({ verdict }: { verdict: string }) => verdict)).toEqual([
			'untested',
			'pass',
			'pass',
			'pass',
			'pass',
		]);
	const ledger = readdirSync(join(home.path, 'run')).find((file) => file.endsWith('.sqlite')) ?? '';
	const database = new DatabaseSync(join(home.path, 'run', ledger), { readOnly: true });
	const booked = database.prepare('SELECT DISTINCT address FROM booking').all();
	database.close();
	expect(booked).toHaveLength(addresses.length);
});

test('it draws the screen, and measures in a thread of its own', async () => {
	// A ledger of its own: what was booked a moment ago would have to be waited for.
	const runtime = { VPMON_RUNTIME_DIR: join(home.path, 'screen'), VPMON_SITE_DIR: join(home.path, 'screen', 'site') };
	const variables = Object.entries({ ...environment, ...runtime, TERM: 'screen-256color', LANG: 'C.UTF-8' });
	const words = variables.map(([name, value]) => `${name}='${value}'`).join(' ');
	const terminal = openTerminal(`exec /usr/bin/env -i ${words} ${executable} -i ${inventory}`, 120, 36);
	try {
		await terminal.see('? help  q quit');
		await terminal.see(/○ 28 +✔ 0/);
		terminal.press('R');
		const niceness = (task: string) =>
			readFileSync(`/proc/${terminal.pid}/task/${task}/stat`, 'utf8')
				.replace(/^.*\) /, '')
				.split(' ')[16];
		// It makes room for the screen, and stays for a while.
		await until('the thread', () => readdirSync(`/proc/${terminal.pid}/task`).some((task) => niceness(task) === '5'));
		terminal.press('q');
		await terminal.ended();
	} finally {
		terminal.close();
	}
});

test('its demo shows what its lab should show', async () => {
	const { exitCode, stdout } = await demo;
	expect(exitCode).toBe(0);
	expect(stdout).toMatch(/✖ db-primary \(host-key-mismatch\)/);
	expect(stdout).toMatch(/^report of db-primary: /m);
	// A try leaves nothing in the state of whoever tries.
	expect(stdout).not.toContain(join(home.path, 'state'));
	// Its code is not laid out for others to change.
	expect(readdirSync(home.path)).not.toContain('.cache');
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadInventory } from '../../source/inventory/file.ts';
import { createHome, vpmon } from '../helpers/cli.ts';
import { startTestControlPlane, type TestControlPlane, token } from '../helpers/control-plane.ts';
import { fingerprint, publicKey } from '../helpers/keys.ts';
import { requireProgram } from '../helpers/system.ts';
import { openTerminal, type Terminal } from '../helpers/tmux.ts';

const cli = new URL('../../dist/cli.js', import.meta.url).pathname;

let home: ReturnType<typeof createHome>;
let terminal: Terminal | undefined;
let controlPlane: TestControlPlane | undefined;
beforeEach(() => {
	home = createHome();
});
afterEach(() => {
	terminal?.close();
	controlPlane?.close();
	home.remove();
});

/** Masked, none of the names stands in any pane or dialog, nor what a cut would leave of it. Unmasked again in the end. */
async function showsNobody(screen: Terminal, names: readonly string[]): Promise<void> {
	const known = new RegExp(`\\b(?:${names.join('|')})\\b`, 'gi');
	const look = async (keys: readonly string[], seen: RegExp) => {
		for (const key of keys) screen.press(key);
		await screen.see(seen);
		expect([keys, screen.screen().match(known)]).toEqual([keys, null]);
	};
	await look(['m'], /▶✖ 400 Safes[\s\S]*safe=SAFE-\d+ user=USER-\d+/);
	await look(['j'], /─ 12 Safes · in VaultPAM only[\s\S]*Safes +SAFE-\d+, SAFE-\d+/);
	await look(['Enter'], /─ In VaultPAM only ─ 12 Safes[\s\S]*▶\? SAFE-\d+ *│\n \? SAFE-\d+/);
	await look(['a'], /─ Add a target ─ of SAFE-\d+ to/);
	await look(['Escape'], /─ In VaultPAM only ─/);
	await look(['Escape', 'g', 'Enter', 'j'], /▶✖ SAFE-\d+ +port refused/);
	await look(['2'], /measured +\d\d:[\s\S]*asked /);
	await look(['Escape', 'H'], /─ Events/);
	await look(['Escape', 'Escape', 'L'], /user=USER-\d+/);
	await look(['L', 'L'], /▶✖ 400 Safes/);
	screen.press('m');
	await screen.see('names and addresses are shown again');
}

/** As editors do. */
const write = (file: string, text: string) => {
	writeFileSync(`${file}.new`, text, { mode: 0o600 });
	renameSync(`${file}.new`, file);
};

test('400 Safes from a CSV with 3 bad lines, 12 more known to VaultPAM only; edits while the screen is open', async () => {
	const names = Array.from({ length: 412 }, (_, index) => `app-${index + 1}`);
	controlPlane = await startTestControlPlane(names.map((name, index) => ({ id: `s${index}`, name })));
	const file = join(home.path, 'vpmon.yaml');
	const log = join(home.path, 'dc1.log');
	writeFileSync(log, 'connector started\nsession failed safe=app-407 user=deploy\n');
	writeFileSync(
		file,
		`# Site.\nversion: 1\nsettings: {exempt: true, probe: on-demand}\ncontrolPlane: {url: '${controlPlane.url}'}\nconnectors: [{name: dc1, logFile: ${log}}]\nsafes: []\n`,
	);
	// Nothing listens on port 1 of loopback.
	const rows = names.slice(0, 400).map((name) => `${name},127.0.0.1,1,deploy`);
	const bad = ['bad-1,127.0.0.1,22x,deploy', 'bad-2,,22,deploy', 'app-1,127.0.0.1,1,deploy'];
	const csv = join(home.path, 'safes.csv');
	writeFileSync(csv, `name,host,port,username\n${[...rows, ...bad].join('\n')}\n`);
	const imported = await vpmon(['import', csv, '-i', file], home.environment);
	expect(imported.exitCode).toBe(1);
	expect(imported.stdout.split('\n')).toEqual([
		'400 new, 0 changed, 0 unchanged, 3 bad',
		'bad      line 402: port "22x" given, expected a whole number from 1 to 65535',
		'bad      line 403: host missing',
		'bad      line 404: name "app-1" is already on line 2',
	]);
	const environment = { ...home.environment, VAULTPAM_TOKEN: token };
	const checked = await vpmon(['check', '-i', file, '--only', 'port'], environment);
	expect(checked.stdout).toContain('VaultPAM has 412 Safes, 12 have no target here: app-401,');
	terminal = openTerminal(`exec ${process.execPath} ${cli} -i ${file}`, 120, 36, environment);
	await terminal.see(/\? 12 Safes +no target known +in VaultPAM only/);
	await terminal.see('session failed safe=app-407');
	terminal.press('R');
	await terminal.see(/✖ 400 +\? 0/);
	await showsNobody(terminal, [...names, 'deploy', hostname()]);
	const good = readFileSync(file, 'utf8');

	write(file, good.replace('host: 127.0.0.1', 'host: "two words"'));
	await terminal.see(/inventory not taken, last good one kept: line \d+:\d+ safes\[0\]\.host: "two/);
	expect(terminal.screen()).toMatch(/400 Safes +✖ 400 /);

	// Mended, with one of the twelve, without the last one; the log goes on where it was.
	write(
		file,
		`${good.slice(0, good.indexOf('  - name: app-400\n'))}  - {name: APP-401, host: 127.0.0.1, port: 1, username: u}\n`,
	);
	await terminal.see(/inventory read again: 1 new, 1 gone/);
	// VaultPAM has both, the one that came and the one that went.
	await terminal.see(/\? 12 Safes +no target known +in VaultPAM only/);
	// What was known stays; the new one waits for a key, as the inventory says.
	await terminal.see(/400 Safes +✖ 399 .*… 1 /);
	writeFileSync(log, 'connector started\nsession failed safe=app-407 user=deploy\nand goes on\n', { flag: 'w' });
	await terminal.see('and goes on');
	expect(terminal.screen().match(/connector started/g)?.length).toBeGreaterThanOrEqual(1);
	// One of the others gets its target by keys, and is measured for it.
	terminal.press('/', 'app-412', 'Enter');
	await terminal.see(/▶\? 1 Safe +no target known/);
	terminal.press('Enter');
	await terminal.see(/▶\? app-412 +id s411/);
	terminal.press('a', 'u@127.0.0.1:1', 'Enter', 'Enter', 'Enter');
	await terminal.see(/▶✖ +app-412 +port refused/);
	expect(terminal.screen()).toMatch(/401 Safes +✖ 400 .*… 1 [\s\S]*\? 11 Safes +no target known/);
	terminal.press('q');
	expect(loadInventory(file).safes).toHaveLength(401);
	expect(loadInventory(file).safes.at(-1)).toMatchObject({ name: 'app-412', id: 's411', connector: 'dc1' });
	for (const name of readdirSync(home.path, { recursive: true, encoding: 'utf8' })) {
		try {
			expect(readFileSync(join(home.path, name), 'latin1')).not.toContain(token);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error;
		}
	}
});

test('a file that becomes too deep, too much or a pipe leaves the last good inventory on the open screen', async () => {
	const file = join(home.path, 'vpmon.yaml');
	const head = 'version: 1\nsettings: {exempt: true}\nconnectors: [{name: dc1}]\n';
	const good = `${head}safes: [{name: db, host: 127.0.0.1, port: 1, username: u}]\n`;
	write(file, good);
	terminal = openTerminal(`exec ${process.execPath} ${cli} -i ${file}`, 160, 36, home.environment);
	await terminal.see('port refused');
	const bad = Array.from({ length: 50_000 }, (_, index) => `  - {name: s${index}, host: 'two words', username: u}\n`);
	for (const [text, why] of [
		[`${head}safes: ${'['.repeat(100_000)}${']'.repeat(100_000)}\n`, 'nested more than 100 deep'],
		[`${head}safes: [{name: ${'a'.repeat(20_000_000)}}]\n`, 'a value of more than 64 kB'],
		[`${head}safes:\n${bad.join('')}`, 'safes[0].host: "two words" given'],
		[`${head}k: [${'*a,'.repeat(100_001)}]\n`, 'its aliases stand for more than 100000 values'],
	] as const) {
		write(file, text);
		await terminal.see(why);
		expect(terminal.screen()).toContain('port refused');
	}
	rmSync(file);
	execFileSync('mkfifo', ['-m', '600', file]);
	await terminal.see('is a named pipe');
	for (const odd of [file, home.path, '/dev/zero']) {
		const { exitCode, stderr } = await vpmon(['check', '-i', odd], home.environment, { timeoutMs: 10_000 });
		expect([exitCode, stderr.split('\n').length, stderr]).toEqual([2, 2, expect.stringMatching(/^vpmon: .* is a /)]);
	}
	rmSync(file);
	write(file, good.replace('name: db', 'name: mended'));
	await terminal.see('mended');
	terminal.press('q');
	await terminal.ended();
});

test('what a log is read from that is no plain file is said, and not waited for', async () => {
	const [file, log] = [join(home.path, 'vpmon.yaml'), join(home.path, 'log')];
	write(file, `version: 1\nconnectors: [{name: dc1, logFile: ${log}}]\nsafes: []\n`);
	execFileSync('mkfifo', [log]);
	for (const args of [
		['logs', 'dc1'],
		['logs', 'dc1', '-f'],
	]) {
		const { stdout, stderr } = await vpmon([...args, '-i', file], home.environment, { timeoutMs: 5000 });
		expect(stdout + stderr).toContain('is no plain file');
	}
});

test('init reads the ssh configuration as the real ssh does, asks on a terminal, and writes on a yes alone', async () => {
	requireProgram('ssh', 'openssh-client');
	const ssh = join(home.path, '.ssh');
	mkdirSync(ssh, { mode: 0o700 });
	writeFileSync(join(ssh, 'id.pub'), `${publicKey('user-a')}\n`);
	writeFileSync(
		join(ssh, 'config'),
		`Host db1 web\n  HostName %h.corp.example\n  Port 2222\nHost db1\n  IdentityFile ${ssh}/id\nHost *\n  User ops\n`,
	);
	const key = publicKey('host-a').split(' ').slice(0, 2).join(' ');
	writeFileSync(join(ssh, 'known_hosts'), `[db1.corp.example]:2222 ${key}\nplain.example ${key}\n`);
	execFileSync('ssh-keygen', ['-q', '-H', '-f', join(ssh, 'known_hosts')], { stdio: 'ignore' });
	const file = join(home.path, 'new.yaml');
	terminal = openTerminal(`exec ${process.execPath} ${cli} init -i ${file}`, 120, 60, home.environment);
	await terminal.see(/Write this to .*new\.yaml\? \[y\/N\]/);
	expect(readdirSync(home.path)).not.toContain('new.yaml');
	terminal.press('y', 'Enter');
	await terminal.see('vpmon: written:');
	expect(loadInventory(file).safes).toMatchObject([
		{
			name: 'db1',
			host: 'db1.corp.example',
			port: 2222,
			username: 'ops',
			credential: { type: 'ssh-key' },
			// Also from a hashed line: a name that is known can be asked for.
			hostKey: { type: 'ssh-ed25519', fingerprint: fingerprint('host-a') },
		},
		{ name: 'web', host: 'web.corp.example', port: 2222, username: 'ops', hostKey: null },
	]);
});

test('a list of 60,000 Safes is imported, and imported again with one that changed', async () => {
	const file = join(home.path, 'many.yaml');
	const csv = join(home.path, 'many.csv');
	writeFileSync(file, 'version: 1\nconnectors:\n  - name: dc1\n    runtime: none\n', { mode: 0o600 });
	const list = (username: string) => {
		const lines = Array.from({ length: 60_000 }, (_, at) => `s${at},10.0.0.1,${at === 7 ? username : 'deploy'},`);
		writeFileSync(csv, ['name,host,username,host key', ...lines, ''].join('\n'));
	};
	list('deploy');
	const first = await vpmon(['import', csv, '-i', file], home.environment);
	expect([first.exitCode, first.stdout.split('\n').at(-1)]).toEqual([0, '60000 new, 0 changed, 0 unchanged, 0 bad']);
	list('admin');
	const second = await vpmon(['import', csv, '-i', file], home.environment);
	expect([second.exitCode, second.stdout]).toEqual([0, expect.stringContaining('s7: username deploy → admin')]);
}, 60_000);

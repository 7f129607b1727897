import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createHome, vpmon } from '../helpers/cli.ts';
import { type DockerEngine, image, startDocker } from '../helpers/docker.ts';
import { fingerprint, keyFile } from '../helpers/keys.ts';
import { type Sshd, startSshd, targetUser } from '../helpers/sshd.ts';
import { requireProgram } from '../helpers/system.ts';
import { openTerminal } from '../helpers/tmux.ts';

const home = createHome();
const inventory = join(home.path, 'vpmon.yaml');
const audit = join(home.path, 'audit.jsonl');
const container = 'vaultpam-connector';
const account = `vpmon-${randomBytes(3).toString('hex')}`;
let engine: DockerEngine;
let sshd: Sshd;
let runs = 0;
let environment: Record<string, string>;

beforeAll(async () => {
	engine = await startDocker();
	execFileSync(requireProgram('useradd', 'passwd'), ['-m', '-p', '*', account]);
	sshd = await startSshd({ extra: [`Match User ${account}`, 'AuthorizedKeysFile .ssh/authorized_keys'] });
});
afterAll(async () => {
	execFileSync('userdel', ['-r', account], { stdio: 'ignore' });
	await sshd?.stop();
	await engine?.stop();
	home.remove();
});
beforeEach(() => {
	environment = {
		...home.environment,
		DOCKER_HOST: engine.host,
		VPMON_AUDIT_FILE: audit,
		VPMON_RUNTIME_DIR: join(home.path, `run-${++runs}`),
		VPMON_SITE_DIR: join(home.path, `site-${runs}`),
	};
	engine.docker(
		'run',
		'-d',
		'--name',
		container,
		'--network',
		'host',
		'-v',
		'identity:/data',
		image,
		'/bin/sh',
		'-c',
		'echo key > /data/identity; sleep 1000',
	);
});
afterEach(() => engine.docker('rm', '-f', container));

type Fields = { username?: string; hostKey?: string; port?: number; key?: string };

function write({
	username = targetUser,
	hostKey = fingerprint('host-a'),
	port = sshd.port,
	key = 'user-a',
}: Fields = {}) {
	const text = `# ours\nversion: 1\nconnectors: [{name: dc1, runtime: docker, container: ${container}}]\nsafes:\n  - name: db # the database\n    host: 127.0.0.1\n    port: ${port}\n    username: ${username}\n    hostKey: '${hostKey}'\n    credential: {type: ssh-key, publicKey: ${keyFile(`${key}.pub`)}}\n    exempt: true\n`;
	writeFileSync(inventory, text, { mode: 0o600 });
	return text;
}

const fix = (...args: string[]) => vpmon(['fix', '-i', inventory, ...args], environment);
const lines = () =>
	readFileSync(audit, 'utf8')
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line));

test('a stopped container is started again after a yes, and not without one', async () => {
	write();
	engine.docker('stop', '-t', '0', container);
	const refused = await fix('db');
	expect(refused).toMatchObject({
		exitCode: 2,
		stderr: expect.stringContaining('It needs a yes. Nothing was changed.'),
	});
	expect(refused.stdout).toContain(`docker start -- ${container}`);
	expect((await fix('db', '--dry-run')).exitCode).toBe(0);
	const state = () => engine.docker('inspect', '-f', '{{.State.Status}}', container).trim();
	expect(state()).toBe('exited');

	const started = await fix('db', '--yes');
	expect(started.stdout).toContain('before: fail, connector-offline');
	expect(started.stdout).toContain('after:  pass');
	expect(started.exitCode).toBe(0);
	expect(state()).toBe('running');
	expect(lines().slice(-2)).toMatchObject([
		{ phase: 'changing', fix: 'start-connector', safe: 'db', commands: [`docker start -- ${container}`] },
		{ phase: 'ran', before: 'fail, connector-offline', after: 'pass' },
	]);
	expect(statSync(audit).mode & 0o777).toBe(0o600);
});

test('a changed host key is refused after a wrong paste, taken after the right one, and the old text comes back', async () => {
	const text = write({ hostKey: fingerprint('host-b') });
	const keygen = (name: string) =>
		execFileSync(requireProgram('ssh-keygen', 'openssh-client'), ['-lf', keyFile(`${name}.pub`)], { encoding: 'utf8' });
	const wrong = await fix('db', '--yes', '--fingerprint', keygen('host-c'));
	expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('It is not the key the target offers') });
	expect(await fix('db', '--yes')).toMatchObject({
		exitCode: 2,
		stderr: expect.stringContaining('only after it was compared'),
	});
	expect(await fix('db', '--yes', '--unseen', 'dc1')).toMatchObject({ exitCode: 2 });
	expect(readFileSync(inventory, 'utf8')).toBe(text);

	const right = await fix('db', '--yes', '--fingerprint', keygen('host-a'));
	expect(right.stdout).toContain('Reset host key');
	expect(right.stdout).toContain('after:  pass');
	expect(right.exitCode).toBe(0);
	expect(readFileSync(inventory, 'utf8')).toBe(
		text.replace(/hostKey: .*/, `hostKey: ssh-ed25519 ${fingerprint('host-a')}`),
	);
	expect(lines().at(-1)).toMatchObject({ phase: 'changed', fix: 'reset-host-key', unseen: false, file: inventory });

	expect((await fix('--undo', '--yes')).exitCode).toBe(0);
	expect(readFileSync(inventory, 'utf8')).toBe(text);
	expect(await fix('--undo', '--yes')).toMatchObject({
		exitCode: 2,
		stderr: expect.stringContaining('no change of a fix'),
	});

	const unseen = await fix('db', '--yes', '--unseen', 'db');
	expect(unseen.stdout).toContain('compared by nobody');
	expect(lines().at(-1)).toMatchObject({ phase: 'changed', unseen: true });
	writeFileSync(inventory, `${readFileSync(inventory, 'utf8')}# by hand\n`);
	expect(await fix('--undo', '--yes')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('changed since') });
});

test('readOnly in settings: the fix is shown and not made', async () => {
	const text = write({ username: 'nobody-of-that-name' }).replace(
		'version: 1',
		'version: 1\nsettings: {readOnly: true}',
	);
	writeFileSync(inventory, text);
	const corrected = ['db', 'correct-username', '--username', targetUser];
	expect((await fix(...corrected, '--dry-run')).exitCode).toBe(0);
	expect(await fix(...corrected, '--yes')).toMatchObject({
		exitCode: 2,
		stderr: expect.stringContaining(`readOnly is set in ${inventory}. Nothing was changed.`),
	});
	expect(readFileSync(inventory, 'utf8')).toBe(text);
	const program = new URL('../../dist/cli.js', import.meta.url).pathname;
	const terminal = openTerminal(`${process.execPath} ${program} -i ${inventory}`, 120, 36, environment);
	try {
		await terminal.see('READ-ONLY');
		terminal.press('f');
		await terminal.see('read-only: fixes are off');
	} finally {
		terminal.close();
	}
});

test('a wrong username is corrected in place', async () => {
	const text = write({ username: 'nobody-of-that-name' });
	const asked = await fix('db', 'correct-username', '--yes');
	expect(asked).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('It needs the right username.') });
	const corrected = await fix('db', 'correct-username', '--username', targetUser, '--yes');
	expect(corrected.stdout).toContain('after:  pass');
	expect(corrected.exitCode).toBe(0);
	expect(readFileSync(inventory, 'utf8')).toBe(text.replace('nobody-of-that-name', targetUser));
});

test('a fix that does not help says so', async () => {
	write({ port: 1 });
	const { stdout, exitCode } = await fix('db', 'correct-port', '--port', '2', '--yes');
	expect(stdout).toContain('The fix did not help');
	expect(exitCode).toBe(1);
});

test('the printed command authorises the key on the target, and may be run twice', async () => {
	write({ username: account });
	const { stdout } = await fix('db');
	const command = /as root: (.*)/.exec(stdout)?.[1] ?? '';
	for (let times = 0; times < 2; times++) execFileSync('sh', ['-c', command]);
	const authorized = `/home/${account}/.ssh/authorized_keys`;
	expect(readFileSync(authorized, 'utf8').trim().split('\n')).toHaveLength(1);
	expect(statSync(authorized).mode & 0o777).toBe(0o600);
	const { exitCode, stdout: checked } = await vpmon(['check', '-i', inventory], environment);
	expect(checked).toContain('db');
	expect(exitCode).toBe(0);
});

test('on the screen: f, the paste, y, before and after; u and y take it back', async () => {
	const text = write({ hostKey: fingerprint('host-b') });
	const program = new URL('../../dist/cli.js', import.meta.url).pathname;
	const terminal = openTerminal(`${process.execPath} ${program} -i ${inventory}`, 120, 36, environment);
	try {
		await terminal.see('host key changed', 20_000);
		terminal.press('f');
		await terminal.see('What ssh-keygen -lf printed');
		terminal.tmux('send-keys', '-l', `256 ${fingerprint('host-a')} root@db1 (ED25519)`);
		terminal.press('Enter');
		await terminal.see('y does it');
		expect(terminal.screen().replace(/\s+/g, ' ')).toContain(fingerprint('host-a'));
		terminal.press('y');
		await terminal.see(/after +pass/, 20_000);
		expect(readFileSync(inventory, 'utf8')).not.toBe(text);
		terminal.press('Escape');
		await terminal.see('agrees with our copy');
		terminal.press('@');
		await terminal.see('reset-host-key changed');
		terminal.press('Escape');
		await terminal.see('─ Checks ─');
		terminal.press('u');
		await terminal.see('y takes it back');
		terminal.press('y');
		await terminal.see('was taken back');
		expect(readFileSync(inventory, 'utf8')).toBe(text);
	} finally {
		terminal.close();
	}
});

import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CheckReport } from '../../source/report/check-report.ts';
import { childrenOf } from '../helpers/children.ts';
import { createHome, vpmon } from '../helpers/cli.ts';
import { type DockerEngine, image, startDocker } from '../helpers/docker.ts';
import { fingerprint, keyFile, publicKey } from '../helpers/keys.ts';
import { countingScript, expectComplete, livesOf } from '../helpers/sequences.ts';
import { createSshConfig } from '../helpers/ssh-config.ts';
import { type Sshd, startSshd, targetUser } from '../helpers/sshd.ts';
import { requireProgram, until } from '../helpers/system.ts';

/** A connector in a container on a host that is reached by SSH, also through a jump host. */
let engine: DockerEngine;
let sshd: Sshd;
let bastion: Sshd;
let target: Sshd;
const home = createHome();
const config = createSshConfig(home.path);
const environment = { ...home.environment, ...config.environment };
const name = `vaultpam-${process.pid}`;
const storage = ['-v', `${name}:/data`];
const paired = 'echo paired > /data/identity; exec sleep 600';
const cli = new URL('../../dist/cli.js', import.meta.url).pathname;

beforeAll(async () => {
	requireProgram('nc', 'netcat-openbsd');
	engine = await startDocker();
	// Root's own login shell may have ways of its own; a quiet home has none.
	const quiet = [`SetEnv DOCKER_HOST=${engine.host} HOME=${home.path}`, 'PermitRootLogin yes'];
	sshd = await startSshd({ extra: quiet });
	bastion = await startSshd({ hostKeys: ['host-b'], extra: [...quiet, 'PermitTTY no', 'ForceCommand /bin/false'] });
	target = await startSshd({ hostKeys: ['host-c'] });
	config.host('bastion', bastion.port);
	config.host('dc1', sshd.port);
	config.host('inner7', sshd.port, { extra: ['ProxyJump bastion'] });
	config.host('by-jump.invalid', 22, { extra: ['ProxyJump bastion'] });
	config.know(`[127.0.0.1]:${sshd.port} ${publicKey('host-a')}`);
	config.know(`[127.0.0.1]:${bastion.port} ${publicKey('host-b')}`);
});
afterAll(async () => {
	await Promise.all([sshd, bastion, target].map((server) => server?.stop()));
	await engine?.stop();
	home.remove();
});

const safe = (safeName: string, host: string, port: number, key: 'host-a' | 'host-c') =>
	`{name: ${safeName}, host: ${host}, port: ${port}, username: ${targetUser}, hostKey: '${fingerprint(key)}', credential: {type: ssh-key, publicKey: ${keyFile('user-a.pub')}}}`;

function inventory(alias: string, safes: readonly string[]): string {
	const file = join(home.path, `${alias}.yaml`);
	const connector = `{name: dc1, host: 'ssh://${alias}', runtime: docker, container: ${name}}`;
	writeFileSync(file, `version: 1\nconnectors: [${connector}]\nsafes: [${safes.join(', ')}]\n`);
	return file;
}

async function check(file: string) {
	const { stdout, stderr } = await vpmon(['check', '--json', '-i', file], environment);
	if (stdout === '') throw new Error(stderr);
	return JSON.parse(stdout) as CheckReport;
}

async function start(...options: string[]): Promise<void> {
	engine.docker('run', '-d', '--name', name, ...storage, ...options);
	await until('pairing', () => engine.docker('exec', name, 'cat', '/data/identity') !== '');
}

test('its status and its Safes, over a jump host that runs nothing, each host key verified', async () => {
	await start('--network', 'host', image, '/bin/sh', '-c', paired);
	const report = await check(inventory('inner7', [safe('db', '127.0.0.1', target.port, 'host-c')]));
	expect(report.connectors[0]).toMatchObject({ status: 'online', summary: expect.stringContaining('container up') });
	expect(report.safes[0]?.checks.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass', 'pass', 'pass']);
	expect(report.safes[0]?.checks[1]?.measuredFrom).toBe('inner7');
	expect(bastion.log()).toContain('Accepted publickey for root');

	// Nobody who reads a masked report learns how the connector's host is reached.
	const masked = await vpmon(
		[
			'report',
			'db',
			'--mask',
			'--out',
			home.path,
			'-i',
			inventory('inner7', [safe('db', '127.0.0.1', target.port, 'host-c')]),
		],
		environment,
	);
	const text = readFileSync(masked.stdout.trim(), 'utf8');
	expect(text).toContain('container up');
	expect(text).not.toMatch(/inner7|bastion/);

	const recorded = config.knownHosts();
	config.forget();
	config.know(`[127.0.0.1]:${sshd.port} ${publicKey('host-a')}`);
	const tries = sshd.connections();
	const unknown = (await check(inventory('inner7', []))).connectors[0];
	expect(unknown?.summary).toContain(`ED25519 ${fingerprint('host-b')}`);
	expect(sshd.connections()).toBe(tries);
	config.forget();
	config.know(recorded.trim());
	engine.docker('rm', '-f', name);
});

test("a target that only the user's own ssh reaches, by a jump host, is named as that", async () => {
	const [found] = (await check(inventory('dc1', [safe('db', 'by-jump.invalid', 22, 'host-c')]))).safes;
	expect(found?.checks[1]).toMatchObject({
		cause: 'name-not-resolved',
		summary: expect.stringMatching(/; your own ssh goes there by a ProxyJump of its config, sessions do not$/),
	});
});

test('a container with a network of its own is entered there', async () => {
	const getent = `printf '#!/bin/sh\\necho "127.0.0.1 STREAM $2"\\n' > /bin/getent; busybox chmod +x /bin/getent`;
	await start('--network', 'none', image, '/bin/sh', '-c', `${getent}; ${paired}`);
	const pid = engine.docker('inspect', '-f', '{{.State.Pid}}', name).trim();
	const inside = await startSshd({ through: ['nsenter', '--net', '--target', pid, '--'] });
	try {
		const safes = [safe('inside', 'known-inside.invalid', inside.port, 'host-a')];
		const [found] = (await check(inventory('dc1', safes))).safes;
		expect(found?.checks.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass', 'pass', 'pass']);
		expect(found?.checks[1]?.measuredFrom).toBe(`dc1, network of ${name}`);
	} finally {
		await inside.stop();
		engine.docker('rm', '-f', name);
	}
});

test('its log at 1,000 lines/s over a restart, a container made anew and a killed session: each line once and in order, and nothing is left behind', async () => {
	const counting = ['--network', 'host', image, '/bin/sh', '-c', countingScript({ usleep: 'busybox usleep 7000' })];
	engine.docker('run', '-d', '--name', name, ...storage, ...counting);
	const file = inventory('dc1', []);
	const child = spawn(process.execPath, [cli, 'logs', 'dc1', '-f', '-n', '10', '-i', file], {
		env: { ...process.env, ...environment },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let out = '';
	let said = '';
	child.stdout.on('data', (chunk) => {
		out += chunk;
	});
	child.stderr.on('data', (chunk) => {
		said += chunk;
	});
	const grows = async (what: string) => {
		const { length } = out;
		await until(what, () => out.length > length + 20_000).catch((error) => {
			throw new Error(`${error.message}\n${said}`);
		});
	};
	await grows('the log comes');
	engine.docker('restart', '-t', '0', name);
	await grows('the log after a restart');
	const accepted = () => sshd.log().match(/Accepted publickey/g)?.length ?? 0;
	const before = accepted();
	for (const pid of childrenOf(sshd.pid)) process.kill(pid, 'SIGKILL');
	await until('the link is made again', () => accepted() > before);
	await grows('the log after the session was killed');
	const whole = async () => {
		engine.docker('stop', '-t', '0', name);
		const lives = livesOf(engine.docker('logs', name).split('\n'));
		await until('the last lines', () =>
			[...lives].every(([life, numbers]) => out.includes(`${life} ${numbers.at(-1)}\n`)),
		);
		engine.docker('rm', '-f', name);
		return [...lives];
	};
	const known = await whole();
	expect(known).toHaveLength(2);
	engine.docker('run', '-d', '--name', name, ...storage, ...counting);
	await grows('the log of the new container');
	known.push(...(await whole()));
	child.kill();
	await new Promise((resolve) => child.once('exit', resolve));
	expectComplete(out.split('\n'), new Map(known));
	expect(said).toMatch(/the connection to dc1 was lost/);
	const followers = () => spawnSync('pgrep', ['-f', `docker (logs|events).*${name}`], { encoding: 'utf8' }).stdout;
	await until('nothing is left there', () => followers() === '');
});

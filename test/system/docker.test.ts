import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startEngine } from '../../source/commands/start-engine.ts';
import { startSchedule } from '../../source/engine/schedule.ts';
import { loadInventory } from '../../source/inventory/file.ts';
import type { CheckReport } from '../../source/report/check-report.ts';
import { createHome, vpmon } from '../helpers/cli.ts';
import { type DockerEngine, image, startDocker } from '../helpers/docker.ts';
import { fingerprint, keyFile } from '../helpers/keys.ts';
import { type Sshd, startSshd, targetUser } from '../helpers/sshd.ts';
import { requireProgram, until } from '../helpers/system.ts';

const home = createHome();
const name = 'vaultpam-connector';
const inventory = join(home.path, 'vpmon.yaml');
let engine: DockerEngine;
let sshd: Sshd;
let environment: Record<string, string>;
let runs = 0;

beforeAll(async () => {
	engine = await startDocker();
	sshd = await startSshd();
	process.env.DOCKER_HOST = engine.host;
	writeFileSync(
		inventory,
		`version: 1
connectors: [{name: dc1, runtime: docker, container: ${name}}]
safes:
  - {name: db-primary, host: 127.0.0.1, port: ${sshd.port}, username: ${targetUser}, hostKey: '${fingerprint('host-a')}', credential: {type: ssh-key, publicKey: ${keyFile('user-a.pub')}}}
`,
		{ mode: 0o600 },
	);
});
afterAll(async () => {
	await sshd?.stop();
	await engine?.stop();
	home.remove();
});
beforeEach(() => {
	environment = {
		...home.environment,
		DOCKER_HOST: engine.host,
		VPMON_RUNTIME_DIR: join(home.path, `run-${++runs}`),
		VPMON_SITE_DIR: join(home.path, `site-${runs}`),
	};
});
afterEach(() => {
	try {
		engine.docker('rm', '-f', name);
	} catch {
		// It was never there, or the engine is gone.
	}
});

const start = (script: string, ...options: string[]) =>
	engine.docker('run', '-d', '--name', name, '--network', 'host', ...options, image, '/bin/sh', '-c', script);
/** A named volume that holds something, as after pairing. */
const storage = ['-v', 'identity:/data'];
const paired = 'echo key > /data/identity; sleep 1000';

async function connector(...args: string[]) {
	const { stdout } = await vpmon(['check', '--json', '-i', inventory, '--only', 'connector', ...args], environment);
	return (JSON.parse(stdout) as CheckReport).connectors[0];
}

test('a running container is Online; its identity storage is looked into, wherever it is', async () => {
	const folder = join(home.path, 'identity');
	mkdirSync(join(folder, 'of-agent'), { recursive: true });
	const cases = [
		[paired, storage, { status: 'online', verdict: 'pass', summary: expect.stringMatching(/container up since \S+$/) }],
		['sleep 1000', [], { status: 'online', verdict: 'warn', summary: expect.stringContaining('no identity storage') }],
		[paired, ['-v', '/data'], { verdict: 'warn', summary: expect.stringContaining('a volume without a name') }],
		[
			'sleep 1000',
			['-v', `${folder}:/var/lib/agent`, '-e', 'PAM_AGENT_DATA_DIR=/var/lib/agent/of-agent/'],
			{
				status: 'needs-recovery',
				verdict: 'fail',
				summary: expect.stringContaining('identity storage /var/lib/agent/of-agent is empty'),
			},
		],
	] as const;
	for (const [script, options, expected] of cases) {
		start(script, ...options);
		if (script === paired) await until('pairing', () => engine.docker('exec', name, 'cat', '/data/identity') !== '');
		expect(await connector()).toMatchObject(expected);
		engine.docker('rm', '-f', name);
	}
	// The folder is taken away under a running container.
	start('sleep 1000', '-v', `${folder}:/data`);
	rmSync(folder, { recursive: true });
	expect(await connector()).toMatchObject({ status: 'needs-recovery', summary: expect.stringContaining(' is gone') });
});

test('a container that exited, crashes in a loop, is paused or missing: each its own words', async () => {
	start('exit 3');
	await until(
		'the container exited',
		() => engine.docker('inspect', '-f', '{{.State.Status}}', name).trim() === 'exited',
	);
	expect(await connector()).toMatchObject({
		status: 'offline',
		verdict: 'fail',
		summary: expect.stringMatching(/^Offline: container exited, exit code 3 since /),
	});
	engine.docker('rm', '-f', name);

	start('exit 4', '--restart', 'always');
	await until('the container restarted', () => Number(engine.docker('inspect', '-f', '{{.RestartCount}}', name)) >= 2);
	expect(await connector()).toMatchObject({
		status: 'offline',
		verdict: 'fail',
		summary: expect.stringMatching(/restart/),
	});
	engine.docker('rm', '-f', name);

	start(paired, ...storage);
	await until('pairing', () => engine.docker('exec', name, 'cat', '/data/identity') !== '');
	engine.docker('pause', name);
	expect(await connector()).toMatchObject({ status: 'offline', summary: 'Offline: container is paused' });
	engine.docker('unpause', name);
	engine.docker('rm', '-f', name);

	expect(await connector()).toMatchObject({
		status: 'unknown',
		verdict: 'unknown',
		summary: `there is no container named ${name}`,
	});
});

test('init finds each connector container, whatever state it is in, by its name or its image, and nothing else', async () => {
	const others = ['pam-agent-2', 'db', 'edge'];
	const run = (container: string, from: string, script: string) =>
		engine.docker('run', '-d', '--name', container, '--network', 'host', from, '/bin/sh', '-c', script);
	const file = join(home.path, 'first.yaml');
	engine.docker('tag', image, 'registry.example/vaultpam/connector:2');
	try {
		start(paired, ...storage);
		run('pam-agent-2', image, 'exit 3');
		run('db', image, 'sleep 1000');
		run('edge', 'registry.example/vaultpam/connector:2', 'sleep 1000');
		const { exitCode, stderr } = await vpmon(['init', '-i', file], environment);
		expect(stderr).toContain('vpmon: written: ');
		expect(exitCode).toBe(0);
		const containers = loadInventory(file).connectors.filter(({ runtime }) => runtime === 'docker');
		expect(containers.map(({ container }) => container).sort()).toEqual(['edge', 'pam-agent-2', name]);
		// What was written can be used as it is.
		const { stdout } = await vpmon(['check', '--json', '-i', file, '--only', 'connector'], environment);
		const status = new Map((JSON.parse(stdout) as CheckReport).connectors.map((one) => [one.name, one.status]));
		expect([status.get(name), status.get('pam-agent-2')]).toEqual(['online', 'offline']);
	} finally {
		for (const other of others) spawnSync('docker', ['rm', '-f', other], { env: { ...process.env, ...environment } });
		spawnSync('docker', ['rmi', 'registry.example/vaultpam/connector:2'], { env: { ...process.env, ...environment } });
	}
});

test('the running program is told: stopped, crashing in a loop, restarted, made anew, right within 5 s of each', async () => {
	const pgrep = requireProgram('pgrep', 'procps');
	start(paired, ...storage);
	const { engine: monitor, dispose } = await startEngine(loadInventory(inventory), { program: 'check' });
	const stop = startSchedule(monitor, true);
	const row = () => monitor.session.get().connectors.get('dc1');
	const becomes = async (what: string, status: string, summary: RegExp) => {
		const isSo = () => row()?.status === status && summary.test(row()?.check.summary ?? '');
		await until(`${what}: ${status}`, isSo, 5000).catch((error) => {
			throw new Error(`${error.message}: ${JSON.stringify(row())}`);
		});
	};
	try {
		await becomes('first look', 'online', /container up/);
		// The program that listens has to be up once; the look every 15 s would come too late for what follows.
		await until('events', () => spawnSync(pgrep, ['-f', `^docker events .*container=${name}`]).status === 0);
		await new Promise((resolve) => setTimeout(resolve, 300));
		engine.docker('stop', '-t', '0', name);
		await becomes('stopped', 'offline', /container exited, exit code 137 \(killed\)/);
		engine.docker('start', name);
		await becomes('started', 'online', /container up/);
		engine.docker('rm', '-f', name);
		await becomes('removed', 'unknown', /no container named/);
		start('sleep 0.3; exit 4', '--restart', 'always', ...storage);
		await becomes('crashes', 'offline', /restarts in a loop, exit code 4/);
		engine.docker('rm', '-f', name);
		start(paired, ...storage);
		await becomes('made anew', 'online', /container up/);
		const startedAt = () => {
			const runtime = row()?.check.evidence?.runtime;
			return runtime?.kind === 'docker' ? runtime.startedAt : null;
		};
		const before = startedAt();
		engine.docker('restart', '-t', '0', name);
		await until('restarted: its new start', () => startedAt() !== before && row()?.status === 'online', 5000);
		engine.docker('pause', name);
		await becomes('paused', 'offline', /container is paused/);
	} finally {
		stop();
		await dispose();
	}
});

test('a container with a network of its own: its Safes are measured from there, with its names; where that is not permitted, the rows say so', async () => {
	requireProgram('nc', 'netcat-openbsd');
	const options = ['--rm', '--name', name, '--network', 'none', ...storage];
	// The container's own idea of names, as its hosts file or the engine's name server has them.
	const getent = `printf '#!/bin/sh\\necho "127.0.0.1 STREAM $2"\\n' > /bin/getent; busybox chmod +x /bin/getent`;
	engine.docker('run', '-d', ...options, image, '/bin/sh', '-c', `${getent}; ${paired}`);
	await until('pairing', () => engine.docker('exec', name, 'cat', '/data/identity') !== '');
	const pid = engine.docker('inspect', '-f', '{{.State.Pid}}', name).trim();
	const inside = await startSshd({ through: ['nsenter', '--net', '--target', pid, '--'] });
	const own = join(home.path, 'own-network.yaml');
	const safe = (safeName: string, host: string, port: number) =>
		`  - {name: ${safeName}, host: ${host}, port: ${port}, username: ${targetUser}, hostKey: '${fingerprint('host-a')}', credential: {type: ssh-key, publicKey: ${keyFile('user-a.pub')}}}\n`;
	writeFileSync(
		own,
		`version: 1\nconnectors: [{name: dc1, runtime: docker, container: ${name}}]\nsafes:\n${safe('inside', 'known-inside.invalid', inside.port)}${safe('outside', '127.0.0.1', sshd.port)}`,
		{ mode: 0o600 },
	);
	const check = async (...through: string[]) => {
		const { stdout } = await vpmon(['check', '--json', '-i', own], environment, { through });
		return Object.fromEntries((JSON.parse(stdout) as CheckReport).safes.map((found) => [found.name, found]));
	};
	try {
		const from = `${hostname()}, network of ${name}`;
		const { inside: reached, outside } = await check();
		expect(reached?.checks.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass', 'pass', 'pass']);
		expect(reached?.checks[1]).toMatchObject({ measuredFrom: from });
		expect(outside).toMatchObject({ cause: 'port-refused' });
		// Root in all but what nsenter needs.
		const away = ['setpriv', '--bounding-set', '-sys_admin', '--inh-caps', '-sys_admin'];
		const { outside: seenFromHost } = await check(...away);
		expect(seenFromHost?.checks[1]).toMatchObject({
			verdict: 'pass',
			summary: expect.stringContaining(`; measured from ${hostname()}, not from the container's own network`),
			measuredFrom: `${hostname()}, not from the container's own network`,
		});
	} finally {
		await inside.stop();
	}
});

/** What the container wrote to its stderr. */
const hasRed = () =>
	spawnSync('docker', ['logs', name], {
		env: { ...process.env, DOCKER_HOST: engine.host },
		encoding: 'utf8',
	}).stderr.includes('red');

test('the log of the container: the last 500 lines first, then following, in order, harmless and without secrets', async () => {
	start(
		`seq 1 700; sleep 0.5; printf '\\033]0;owned\\007\\033[31mred\\033[0m password=hunter2\\n' >&2; sleep 2; seq 701 720; sleep 1000`,
	);
	// The engine reads the two streams apart, so that they only have an order when they are written apart.
	await until('the container has written', () => engine.docker('logs', name).includes('700') && hasRed());
	const { engine: monitor, dispose } = await startEngine(loadInventory(inventory), { program: 'check' });
	try {
		monitor.logs.follow();
		const buffer = monitor.logs.buffer('dc1');
		const texts = () => buffer.last(1000).map(({ text }) => text);
		await until('the tail', () => buffer.length >= 500);
		await until('what came later', () => texts().includes('720'));
		expect(texts()).toEqual([
			...Array.from({ length: 499 }, (_, index) => String(202 + index)),
			'red password=[secret removed]',
			...Array.from({ length: 20 }, (_, index) => String(701 + index)),
		]);
		expect(monitor.session.get().logs.get('dc1')).toEqual({ phase: 'following' });
	} finally {
		await dispose();
	}
});

test('the report has the last 100 lines of docker logs and what nc says', async () => {
	start('seq 1 150; sleep 1000', ...storage);
	await until('the container has written', () => engine.docker('logs', name).includes('150'));
	const { stdout, exitCode } = await vpmon(
		['report', 'db-primary', '-i', inventory, '--out', join(home.path, 'reports')],
		environment,
	);
	expect(exitCode).toBe(0);
	const text = readFileSync(stdout.trim(), 'utf8');
	expect(text).toContain(`docker logs --timestamps --tail 100 -- ${name}`);
	const lines = [...text.matchAll(/^\S+Z (\d+)$/gm)].map(([, line]) => Number(line));
	expect(lines).toEqual(Array.from({ length: 100 }, (_, index) => 51 + index));
	expect(text).toContain(`nc -zv -w 5 127.0.0.1 ${sshd.port}`);
	expect(text).toMatch(/succeeded|open/i);
	expect(text).toContain('Docker version');
	expect(text).not.toContain('Could not be collected');
});

test('an engine that is gone is unknown, with what to do, in the row, the log pane and the report', async () => {
	await engine.stop();
	expect(await connector()).toMatchObject({
		status: 'unknown',
		verdict: 'unknown',
		summary: 'the docker engine does not answer',
	});
	const { stdout } = await vpmon(
		['report', 'db-primary', '-i', inventory, '--out', join(home.path, 'reports')],
		environment,
	);
	expect(readFileSync(stdout.trim(), 'utf8')).toMatch(/- connector log: the docker engine does not answer/);
	const { engine: monitor, dispose } = await startEngine(loadInventory(inventory), { program: 'check' });
	try {
		monitor.logs.follow();
		await until('the reason', () => monitor.session.get().logs.get('dc1')?.phase === 'waiting');
		expect(monitor.session.get().logs.get('dc1')).toMatchObject({
			reason: expect.stringContaining('docker engine does not answer'),
		});
	} finally {
		await dispose();
	}
});

import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHome, vpmon } from '../helpers/cli.ts';
import { type DockerEngine, image, startDocker } from '../helpers/docker.ts';
import { requireProgram, until } from '../helpers/system.ts';

/** `vpmon logs` on a real Docker engine and on a real journal. */
const home = createHome();
const name = 'vaultpam-connector';
const program = new URL('../../dist/cli.js', import.meta.url).pathname;
let docker: DockerEngine;
let environment: Record<string, string>;
beforeAll(async () => {
	docker = await startDocker();
	environment = { ...home.environment, DOCKER_HOST: docker.host };
});
afterAll(async () => {
	await docker?.stop();
	home.remove();
});

const connector = ['--connector', `docker:${name}`];
const logs = (...args: string[]) => vpmon(['logs', ...args], environment);
const start = (script: string) =>
	docker.docker('run', '-d', '--name', name, '--network', 'none', image, '/bin/sh', '-c', script);
const remove = () => docker.docker('rm', '-f', name);

test('a container: both streams in order, -n, --since; gone: the reason and exit code 2', async () => {
	start('for i in 1 2 3; do echo "out $i"; sleep 0.02; echo "ERROR err $i" >&2; sleep 0.02; done; sleep 1000');
	const all = ['out 1', 'ERROR err 1', 'out 2', 'ERROR err 2', 'out 3', 'ERROR err 3'];
	const texts = (stdout: string) => stdout.split('\n').map((line) => line.replace(/^\S+Z /, ''));
	await until('the lines', async () => (await logs(...connector)).stdout.endsWith('err 3'));
	expect(texts((await logs(...connector)).stdout)).toEqual(all);
	expect(texts((await logs(...connector, '-n', '2')).stdout)).toEqual(all.slice(-2));
	expect(texts((await logs(...connector, '--since', '10m')).stdout)).toEqual(all);
	expect(texts((await logs(...connector, '--since', '10m', '-n', '1')).stdout)).toEqual(all.slice(-1));
	expect((await logs(...connector, '--since', new Date(Date.now() + 1000).toISOString())).stdout).toBe('');
	remove();
	const { exitCode, stdout, stderr } = await logs(...connector, '-f');
	expect([exitCode, stdout]).toEqual([2, '']);
	expect(stderr).toContain(`there is no container named ${name}: docker ps -a lists the names`);
});

test('followed over a restart: every line once and in order on stdout, what vpmon says on stderr', async () => {
	start('i=0; while :; do for _ in 1 2 3 4 5 6 7 8 9 10; do i=$((i+1)); echo "seq $i"; done; sleep 0.01; done');
	const child = spawn(process.execPath, [program, 'logs', ...connector, '-f', '-n', '1000000'], {
		env: { ...process.env, ...environment },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const ended = new Promise((resolve) => child.once('close', resolve));
	let [stdout, stderr] = ['', ''];
	child.stdout.on('data', (chunk) => {
		stdout += chunk;
	});
	child.stderr.on('data', (chunk) => {
		stderr += chunk;
	});
	const count = () => stdout.split('\n').length;
	let kept = '';
	try {
		await until('some lines', () => count() > 1000);
		docker.docker('stop', '--time', '0', name);
		const before = count();
		docker.docker('start', name);
		await until('lines after the restart', () => count() > before + 1000, 40_000);
		kept = docker.docker('logs', name);
		await until('what was kept by then', () => count() > kept.split('\n').length);
	} finally {
		child.kill('SIGINT');
		await ended;
		remove();
	}
	// The engine's own record is what it is held against.
	const numbers = (text: string) => text.match(/seq \d+$/gm) ?? [];
	const known = numbers(kept);
	expect(known.filter((line) => line === 'seq 1')).toHaveLength(2);
	expect(numbers(stdout).slice(0, known.length)).toEqual(known);
	expect(stdout).not.toMatch(/stream lost|resumed|docker logs ended/);
	expect(stderr).toMatch(/^vpmon: docker logs ended: the container stopped$/m);
	expect(stderr).toMatch(/^vpmon: stream lost \d+ s, resumed$/m);
});

test('a journal: -n and --since are told to journalctl', async () => {
	const remote = requireProgram('systemd-journal-remote', 'systemd-journal-remote');
	requireProgram('journalctl', 'systemd');
	const directory = join(home.path, 'journal');
	mkdirSync(directory);
	const first = 1_763_800_000; // Seconds since 1970.
	const entries = Array.from({ length: 300 }, (_, index) =>
		[
			`__REALTIME_TIMESTAMP=${(first + index) * 1_000_000}`,
			`__MONOTONIC_TIMESTAMP=${1000 + index * 1000}`,
			'_BOOT_ID=0123456789abcdef0123456789abcdef',
			'_SYSTEMD_UNIT=agent.service',
			`MESSAGE=line ${index}`,
			'',
		].join('\n'),
	);
	const saved = join(home.path, 'saved.export');
	writeFileSync(saved, `${entries.join('\n')}\n`);
	execFileSync(remote, ['-o', join(directory, 'saved.journal'), saved], { stdio: 'ignore' });
	const file = join(home.path, 'journal.yaml');
	writeFileSync(
		file,
		`version: 1\nconnectors: [{name: dc1, runtime: systemd, unit: agent.service, journalDirectory: ${directory}}]\nsafes: []\n`,
		{ mode: 0o600 },
	);
	const lines = async (...args: string[]) => {
		const { stdout, stderr } = await logs('-i', file, ...args);
		expect(stderr).toBe('');
		return stdout.split('\n');
	};
	expect(await lines()).toHaveLength(100);
	expect((await lines('-n', '1'))[0]).toBe(`${new Date((first + 299) * 1000).toISOString()} line 299`);
	const since = await lines('--since', new Date((first + 120) * 1000).toISOString());
	expect(since).toHaveLength(180);
	expect(since[0]).toContain(' line 120');
	expect(await lines('--since', new Date((first + 120) * 1000).toISOString(), '-n', '7')).toHaveLength(7);
});

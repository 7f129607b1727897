import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBlackHole } from '../../source/lab/black-hole.ts';
import { createHome, vpmon } from '../helpers/cli.ts';
import { type DockerEngine, image, startDocker } from '../helpers/docker.ts';
import { until } from '../helpers/system.ts';

/** Reports while something is wrong: the target in a black hole, the disk full, the engine gone. */

const home = createHome();
const name = 'vaultpam-connector';
const inventory = join(home.path, 'vpmon.yaml');
const out = join(home.path, 'reports');
let engine: DockerEngine;
let hole: Awaited<ReturnType<typeof openBlackHole>>;
let environment: Record<string, string>;

beforeAll(async () => {
	engine = await startDocker();
	hole = await openBlackHole();
	environment = { ...home.environment, DOCKER_HOST: engine.host };
	writeFileSync(
		inventory,
		`version: 1
connectors: [{name: dc1, runtime: docker, container: ${name}}]
safes:
  - {name: db-primary, host: 127.0.0.1, port: ${hole.port}, username: postgres, credential: {type: password}}
  - {name: payroll, host: hr7.corp.example, port: 22, username: payadmin, sensitive: true}
`,
		{ mode: 0o600 },
	);
	const script =
		'seq 1 150; echo ERROR session failed safe=payroll user=payadmin host=hr7.corp.example password=hunter2; sleep 1000';
	engine.docker('run', '-d', '--name', name, '--network', 'host', image, '/bin/sh', '-c', script);
	await until('the container has written', () => engine.docker('logs', name).includes('session failed'));
}, 120_000);
afterAll(async () => {
	await hole?.close();
	await engine?.stop();
	home.remove();
});

const report = (...args: string[]) => vpmon(['report', 'db-primary', '-i', inventory, ...args], environment);

test('a target in a black hole: all that can be had within 15 seconds, and each part says how it went', async () => {
	const started = performance.now();
	const { exitCode, stdout, stderr } = await report('--out', out);
	expect(performance.now() - started).toBeLessThan(16_000);
	expect(exitCode).toBe(0);
	const text = readFileSync(stdout.trim(), 'utf8');
	expect(text).toContain('port-timeout');
	expect(text).toMatch(/^\S+Z 150$/m);
	expect(text).toMatch(/docker logs \S+ (?:-n|--tail) 100/);
	// Another Safe of the same log is hidden, and so is what is secret.
	expect(text).toMatch(/session failed safe=SAFE-\d+ user=USER-\d+ host=HOST-\d+ password=\[secret removed\]/);
	expect(stderr).toMatch(/vpmon: log: done \(\d/);
	expect(statSync(stdout.trim()).mode & 0o777).toBe(0o600);
	expect(statSync(out).mode & 0o777).toBe(0o700);
});

test('a full disk: a clear sentence, exit code 2, nothing half there, and the text can still be printed', async () => {
	const disk = join(home.path, 'disk');
	mkdirSync(disk);
	execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', disk]);
	try {
		writeFileSync(join(disk, 'full'), Buffer.alloc(4096));
		const { exitCode, stdout, stderr } = await report('--out', join(disk, 'reports'));
		expect([exitCode, stdout]).toEqual([2, '']);
		expect(stderr).toContain('the disk is full. Nothing is left of it there.');
		expect(stderr).toContain('--out - to print it');
		expect(stderr).not.toMatch(/\n\s+at /);
		const left = readdirSync(disk, { recursive: true }).filter((entry) => String(entry).includes('vpmon-report'));
		expect(left).toEqual([]);
		execFileSync('mount', ['-o', 'remount,ro', disk]);
		const readOnly = await report('--out', join(disk, 'other'));
		expect(readOnly.exitCode).toBe(2);
		expect(readOnly.stderr).toContain('it is read-only');
		const printed = await report('--out', '-');
		expect(printed.exitCode).toBe(0);
		expect(printed.stdout).toContain('# VaultPAM escalation report');
	} finally {
		execFileSync('umount', [disk]);
	}
}, 60_000);

test('Ctrl-C while it is collected leaves nothing', async () => {
	const place = join(home.path, 'interrupted');
	const program = new URL('../../dist/cli.js', import.meta.url).pathname;
	const child = spawn(process.execPath, [program, 'report', 'db-primary', '-i', inventory, '--out', place], {
		env: { ...process.env, ...environment },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let said = '';
	child.stderr.on('data', (piece) => {
		said += piece;
	});
	await until('it collects', () => said.includes('log: running'));
	const ended = new Promise((resolve) => child.once('close', (_, signal) => resolve(signal)));
	child.kill('SIGINT');
	expect(await ended).toBe('SIGINT');
	expect(() => readdirSync(place)).toThrow('ENOENT');
});

test('an engine that is gone: the log part says so, and the report is written', async () => {
	await engine.stop();
	const { exitCode, stdout, stderr } = await report('--out', out);
	expect(exitCode).toBe(0);
	expect(stderr).toMatch(/vpmon: log: failed, the docker engine does not answer/);
	const text = readFileSync(stdout.trim(), 'utf8');
	expect(text).toMatch(/- connector log: the docker engine does not answer/);
	expect(text).toContain('## Clock');
});

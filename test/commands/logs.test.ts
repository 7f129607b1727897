import { spawn } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createHome, vpmon } from '../helpers/cli.ts';

const home = createHome();
const { environment } = home;
const log = join(home.path, 'agent.log');
const inventory = join(home.path, 'vpmon.yaml');
const program = new URL('../../dist/cli.js', import.meta.url).pathname;
beforeAll(() => {
	const lines = Array.from(
		{ length: 3000 },
		(_, index) => `2025-11-22T08:00:00.${String(index % 1000).padStart(3, '0')}Z INFO line ${index}`,
	);
	writeFileSync(log, `${lines.join('\n')}\n`);
	writeFileSync(inventory, 'version: 1\nconnectors: [{name: dc1, logFile: ./agent.log}]\nsafes: []\n', { mode: 0o600 });
});
afterAll(() => home.remove());

const logs = (...args: string[]) => vpmon(['logs', '-i', inventory, ...args], environment);
const many = (connectors: string) => {
	const path = join(home.path, 'many.yaml');
	writeFileSync(path, `version: 1\nconnectors: ${connectors}\nsafes: []\n`, { mode: 0o600 });
	return path;
};

test('the last lines with their time, 100 unless told, by name or the only one', async () => {
	const { stdout, stderr, exitCode } = await logs();
	expect(stderr).toBe('');
	expect(exitCode).toBe(0);
	const lines = stdout.split('\n');
	expect(lines).toHaveLength(100);
	expect(lines.at(-1)).toBe('2025-11-22T08:00:00.999Z INFO line 2999');
	expect((await logs('dc1', '-n', '2')).stdout.split('\n')).toHaveLength(2);
	expect((await logs('-n', '0')).stdout).toBe('');
});

test('--since: all from then on, also lines without a time that follow', async () => {
	const path = join(home.path, 'since.log');
	const now = new Date().toISOString();
	writeFileSync(path, `2025-01-01T00:00:00Z old\n  at old.go:1\n${now} new\n  at new.go:1\n`);
	const file = many('[{name: dc1, logFile: ./since.log}]');
	for (const since of ['10m', '2h', '3d', new Date(Date.now() - 60_000).toISOString()]) {
		const { stdout } = await vpmon(['logs', '-i', file, '--since', since], environment);
		expect(stdout).toBe(`${now} new\n  at new.go:1`);
	}
	expect((await vpmon(['logs', '-i', file, '--since', '2024-12-31'], environment)).stdout.split('\n')).toHaveLength(4);
	const { exitCode, stderr } = await vpmon(['logs', '-i', file, '--since', 'soon'], environment);
	expect(exitCode).toBe(2);
	expect(stderr).toContain('10m, 2h, 3d or an ISO time');
});

test('secrets and control sequences do not come out', async () => {
	writeFileSync(
		join(home.path, 'bad.log'),
		'a \u001b]52;c;ZXZpbA==\u0007b password=hunter2 \u202ec\u0000\r\n-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\nd\n',
	);
	const { stdout } = await vpmon(['logs', '-i', many('[{name: dc1, logFile: ./bad.log}]')], environment);
	expect(stdout).toBe('a b password=[secret removed] c\n[private key removed]\nd');
});

test('which connector: none named, a wrong one, two ways at once', async () => {
	const file = many('[{name: dc1, logFile: ./agent.log}, {name: dc2}]');
	const run = (...args: string[]) => vpmon(['logs', '-i', file, ...args], environment);
	for (const [args, text] of [
		[[], "Which connector's log?"],
		[['dc3'], 'There is no connector named "dc3"'],
		[['dc2'], 'dc2 has no log in the inventory'],
		[['dc1', '--connector', 'docker:x'], 'not both'],
		[['--connector', 'x'], 'docker:NAME or systemd:UNIT'],
		[['dc1', '-n', 'x'], 'Expected a whole number'],
	] as const) {
		const { exitCode, stdout, stderr } = await run(...args);
		expect([stderr, exitCode, stdout]).toEqual([expect.stringContaining(text), 2, '']);
	}
	expect((await run()).stderr).toContain('dc1, dc2');
	expect((await run('dc1', '-n', '1')).stdout).toContain('line 2999');
});

test('what cannot be read is the source’s own sentence and exit code 2, followed or not', async () => {
	const file = many('[{name: dc1, logFile: ./nothing.log}]');
	for (const args of [[], ['-f']]) {
		const { exitCode, stdout, stderr } = await vpmon(['logs', '-i', file, ...args], environment);
		expect(exitCode).toBe(2);
		expect(stdout).toBe('');
		expect(stderr).toContain(`The log of dc1 cannot be read: there is no file ${join(home.path, 'nothing.log')}`);
	}
});

/** A docker client on paper: what it was asked goes to a file, both its streams are written out of order. */
function createDocker(): { readonly path: string; readonly asked: string } {
	const path = join(home.path, 'bin');
	const asked = join(home.path, 'asked');
	mkdirSync(path, { recursive: true });
	writeFileSync(
		join(path, 'docker'),
		`#!/bin/sh\necho "$*" >> ${asked}\necho '2025-11-22T08:00:02.000000002Z ERROR second' >&2\necho '2025-11-22T08:00:01.000000001Z first'\necho '2025-11-22T08:00:03.000000003Z third'\n`,
	);
	chmodSync(join(path, 'docker'), 0o755);
	return { path, asked };
}

test('--connector without an inventory: docker, both streams in the order of their stamps', async () => {
	const { path, asked } = createDocker();
	const PATH = `${path}:${process.env.PATH}`;
	const { stdout, exitCode } = await vpmon(['logs', '--connector', 'docker:agent', '--since', '2025-11-22T08:00:00Z'], {
		...environment,
		PATH,
	});
	expect(exitCode).toBe(0);
	expect(stdout.split('\n').map((line) => line.slice(25))).toEqual(['first', 'ERROR second', 'third']);
	expect(readFileSync(asked, 'utf8')).toMatch(/^logs --since 2025-11-22T08:00:00\.000Z --timestamps -- agent$/m);
});

function shell(command: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
	const child = spawn('bash', ['-c', command], { env: { ...process.env, ...environment } });
	let [stdout, stderr] = ['', ''];
	child.stdout.on('data', (chunk) => {
		stdout += chunk;
	});
	child.stderr.on('data', (chunk) => {
		stderr += chunk;
	});
	return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

test('a reader that has seen enough ends it without a word', async () => {
	for (const flags of ['-n 3000', '--since 2020-01-01', '-f -n 3000']) {
		const { stdout, stderr, code } = await shell(
			`"${process.execPath}" "${program}" logs -i "${inventory}" ${flags} | head -1; exit "\${PIPESTATUS[0]}"`,
		);
		expect([flags, stdout.split('\n').length, stderr, code]).toEqual([flags, 2, '', 0]);
	}
});

test('-f goes on with what comes, notices go to stderr, and SIGINT ends it and its program', async () => {
	const path = join(home.path, 'growing.log');
	writeFileSync(path, 'INFO one\nINFO two\n');
	const file = many('[{name: dc1, logFile: ./growing.log}]');
	const child = spawn(process.execPath, [program, 'logs', '-i', file, '-f', '-n', '1'], {
		env: { ...process.env, ...environment },
	});
	let [stdout, stderr] = ['', ''];
	child.stdout.on('data', (chunk) => {
		stdout += chunk;
	});
	child.stderr.on('data', (chunk) => {
		stderr += chunk;
	});
	const ended = new Promise((resolve) => child.on('close', (_, signal) => resolve(signal)));
	await vi.waitFor(() => expect(stdout).toBe('INFO two\n'), 8000);
	appendFileSync(path, 'INFO three\nINFO token=abc123\n');
	await vi.waitFor(() => expect(stdout).toBe('INFO two\nINFO three\nINFO token=[secret removed]\n'), 8000);
	expect(stderr).toBe('');
	child.kill('SIGINT');
	// The pipes are closed only when the program that reads the file is gone too.
	expect(await ended).toBe('SIGINT');
	expect(stderr).toBe('');
});

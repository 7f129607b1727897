import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHome } from '../helpers/cli.ts';

const root = new URL('../..', import.meta.url).pathname;
const home = createHome();
const directory = mkdtempSync(join(tmpdir(), 'vpmon-package-'));
/** What a host has after the installation: nothing of the checkout is on its PATH but Node. */
const environment = {
	...home.environment,
	PATH: `${join(directory, 'global', 'bin')}:${dirname(process.execPath)}:/usr/bin:/bin`,
};
const run = (...args: string[]) =>
	execa('vpmon', args, { env: environment, extendEnv: false, cwd: directory, reject: false, stdin: 'ignore' });
let files: string[];

beforeAll(async () => {
	// What is built stays as it is: other tests run from it.
	const packed = await execa('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', directory], {
		cwd: root,
	});
	const parsed = JSON.parse(packed.stdout);
	const [made] = Array.isArray(parsed) ? parsed : Object.values(parsed);
	files = made.files.map((file: { path: string }) => file.path);
	const installed = await execa(
		'npm',
		['install', '-g', '--offline', '--prefix', join(directory, 'global'), join(directory, made.filename)],
		// An empty cache: nothing may be needed that the package does not hold.
		{ cwd: directory, env: { ...home.environment, npm_config_cache: join(directory, 'cache') } },
	);
	expect(installed.stderr).not.toContain('install-scripts');
});
afterAll(() => {
	home.remove();
	rmSync(directory, { recursive: true, force: true });
});

test('the package holds the program and its licenses, and nothing else', () => {
	expect(files).toContain('dist/cli.js');
	expect(files).toEqual(expect.arrayContaining(['dist/probe-worker.js', 'dist/inventory-worker.js']));
	expect(files).toContain('dist/NOTICES.txt');
	expect(files).toContain('docs/prometheus/vpmon.rules.yaml');
	expect(
		files.filter(
			(file) =>
				!/^(dist\/|docs\/(prometheus\/|schemas\/|vpmon\.1$|[\w-]+\.(md|svg)$)|(README|CHANGELOG|CONTRIBUTING|SECURITY)\.md$|LICENSE$|package\.json$)/.test(
					file,
				),
		),
	).toEqual([]);
});

test('installed globally, without a registry, it runs under its name from anywhere', async () => {
	const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
	expect(await run('--version')).toMatchObject({ exitCode: 0, stdout: version, stderr: '' });
	const help = await run('check', '--help');
	expect(help).toMatchObject({ exitCode: 0, stderr: '' });
	expect(help.stdout).toContain('Usage: vpmon check');
	const manual = readFileSync(join(directory, 'global', 'share', 'man', 'man1', 'vpmon.1'), 'utf8');
	expect(manual).toContain(`"vpmon ${version}"`);
});

test('installed globally it measures: a server on loopback that is no SSH server', async () => {
	const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	try {
		const address = server.address() as { port: number };
		const { exitCode, stdout } = await run('check', `deploy@127.0.0.1:${address.port}`, '--json');
		expect(exitCode).toBe(1);
		expect(JSON.parse(stdout).safes[0].cause).toBe('not-ssh');
	} finally {
		server.close();
	}
});

test('no help is wider than 80 columns', async () => {
	const { stdout } = await run('--help');
	const commands = [...stdout.matchAll(/^ {2}([a-z]+) /gm)]
		.map(([, name = '']) => name)
		.filter((name) => name !== 'help');
	expect(commands).toContain('check');
	const helps = await Promise.all([[], ...commands.map((name) => [name])].map((words) => run(...words, '--help')));
	for (const help of helps) {
		expect(help.exitCode).toBe(0);
		expect(help.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
	}
});

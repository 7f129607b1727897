import { execFileSync, spawn } from 'node:child_process';
import {
	chmodSync,
	chownSync,
	copyFileSync,
	cpSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createHome, vpmon } from '../helpers/cli.ts';
import { until } from '../helpers/system.ts';
import { openTerminal } from '../helpers/tmux.ts';

const program = new URL('../../dist/cli.js', import.meta.url).pathname;
/** In no account file. */
const strangerId = 54_321;

let home: ReturnType<typeof createHome>;
let file: string;
/** 200 targets that take a connection and say nothing, as long as they hold it. */
const silent: Server[] = [];
let port = 0;

beforeAll(async () => {
	for (let index = 1; index <= 200; index++) {
		const server = createServer((socket) => {
			socket.on('error', () => {});
			// The first is silent, the others hang up soon.
			if (index > 1) setTimeout(() => socket.destroy(), 300);
		});
		await new Promise<void>((resolve) => server.listen(port, `127.30.0.${index}`, resolve));
		port = (server.address() as { port: number }).port;
		silent.push(server);
	}
});
afterAll(() => {
	for (const server of silent) server.close();
});
beforeEach(() => {
	home = createHome();
	file = join(home.path, 'vpmon.yaml');
	writeFileSync(file, inventoryOf([{ name: 'db', host: '127.0.0.1', port: 1, username: 'deploy' }]), { mode: 0o644 });
	chmodSync(home.path, 0o755);
});
afterEach(() => home.remove());

const inventoryOf = (safes: readonly object[], more = {}) =>
	JSON.stringify({ version: 1, connectors: [{ name: 'dc1', runtime: 'none' }], safes, ...more });
const check = (environment = home.environment, options: Parameters<typeof vpmon>[2] = {}) =>
	vpmon(['check', '--json', '-i', file], environment, options);
const asStranger = ['setpriv', '--reuid', String(strangerId), '--regid', String(strangerId), '--clear-groups'];
const summaryOf = (json: string) => JSON.parse(json).safes[0]?.checks[1]?.summary as string;
/** What the test's own environment has beside is none of these hosts'. */
const bare = (environment: Record<string, string>) => [
	'env',
	'-i',
	`PATH=${process.env.PATH}`,
	'NODE_COMPILE_CACHE=/nonexistent',
	...Object.entries(environment).map(([key, value]) => `${key}=${value}`),
];

test('a user without account and without a home, or with one that is not there or read-only, is measured for', async () => {
	const own = join(home.path, 'own');
	mkdirSync(own, { mode: 0o700 });
	chownSync(own, strangerId, strangerId);
	// The checkout may be in a folder that is somebody's alone.
	const project = new URL('../../', import.meta.url).pathname;
	const [node, cli] = [join(home.path, 'node'), join(home.path, 'dist', 'cli.js')];
	copyFileSync(process.execPath, node);
	copyFileSync(join(project, 'package.json'), join(home.path, 'package.json'));
	cpSync(join(project, 'dist'), join(home.path, 'dist'), { recursive: true });
	const run = (environment: Record<string, string>, ...args: string[]) => {
		const [setpriv = '', ...rest] = [...asStranger, ...bare(environment), node, cli, ...args];
		return execa(setpriv, rest, { reject: false, stdin: 'ignore', cwd: '/' });
	};
	for (const environment of [
		{ TMPDIR: own },
		{ TMPDIR: own, HOME: '/nonexistent' },
		{ TMPDIR: own, HOME: home.path },
	]) {
		const { exitCode, stdout, stderr } = await run(environment, 'check', '--json', '-i', file);
		expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
		expect(summaryOf(stdout)).toMatch(/^refused/);
		const report = await run(environment, 'report', 'db', '-i', file, '--yes');
		expect(report.exitCode).toBe(2);
		expect(report.stderr).toMatch(/The report could not be written to .*\nChoose another directory with --out/);
	}
});

test('200 Safes and the screen with 64 open files', async () => {
	const safes = Array.from({ length: 200 }, (_, index) => ({
		name: `s${index + 1}`,
		host: `127.30.0.${index + 1}`,
		port,
		username: 'u',
	}));
	writeFileSync(file, inventoryOf(safes, { settings: { exempt: true, rowTimeout: '1s', ladderTimeout: '1s' } }));
	const screen = openTerminal(
		`ulimit -n 64; exec ${process.execPath} ${program} -i ${file}`,
		100,
		30,
		home.environment,
	);
	try {
		const { exitCode, stdout, stderr } = await check(home.environment, {
			through: ['sh', '-c', 'ulimit -n 64; exec "$@"', 'sh'],
		});
		expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
		expect(JSON.parse(stdout).summary).toMatchObject({ safes: 200, fail: 200, unknown: 0 });
		expect(stdout).not.toContain('EMFILE');
		await screen.see(/✖ 200/, 60_000);
		screen.press('q');
		await screen.ended();
	} finally {
		screen.close();
	}
});

test('without docker, journalctl and getent every part says what is missing', async () => {
	writeFileSync(
		file,
		JSON.stringify({
			version: 1,
			connectors: [
				{ name: 'd', container: 'x' },
				{ name: 'j', unit: 'y' },
			],
			safes: [{ name: 'db', connector: 'd', host: 'db.corp.example', port: 1, username: 'deploy' }],
		}),
	);
	const environment = { ...home.environment, PATH: '/nonexistent' };
	const { stdout, stderr } = await check(environment);
	expect(stderr).toBe('');
	expect(JSON.parse(stdout).connectors.map(({ summary }: { summary: string }) => summary)).toEqual([
		'neither docker nor podman is installed here',
		'systemd is not installed here',
	]);
	for (const [connector, why] of [
		['d', 'neither docker nor podman is installed here'],
		['j', 'journalctl is not installed here'],
	] as const) {
		const logs = await vpmon(['logs', connector, '-i', file], environment);
		expect(logs.exitCode).toBe(2);
		expect(logs.stderr).toContain(why);
	}
});

test('a full disk: probes are made while there is a ledger, and what cannot be kept is said', async () => {
	const disk = join(home.path, 'disk');
	mkdirSync(disk);
	execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32k,mode=755', 'tmpfs', disk]);
	try {
		const onDisk = {
			...home.environment,
			HOME: disk,
			XDG_STATE_HOME: join(disk, 'state'),
			XDG_CONFIG_HOME: join(disk, 'config'),
		};
		execFileSync('sh', ['-c', `cat /dev/zero > ${disk}/full 2>/dev/null; true`]);
		const { exitCode, stdout } = await check(onDisk);
		expect([exitCode, summaryOf(stdout)]).toEqual([1, expect.stringMatching(/^refused/)]);
		const report = await vpmon(['report', 'db', '-i', file, '--yes'], onDisk);
		expect(report.exitCode).toBe(2);
		expect(report.stderr).toMatch(/the disk is full|no space left/i);
		// The ledger itself has no room: nothing is probed without a booking.
		const without = await check({ ...onDisk, VPMON_RUNTIME_DIR: join(disk, 'run') });
		if (without.exitCode === 2) expect(without.stderr).toContain("The probe budget's ledger cannot be opened");
		else expect(summaryOf(without.stdout)).toContain('ledger cannot be used');
	} finally {
		execFileSync('umount', [disk]);
	}
});

test('damaged files are set aside and it is said; preferences and history of a newer vpmon serve and stay', async () => {
	const [run, config] = [join(home.path, 'run'), join(home.path, 'config', 'vpmon')];
	mkdirSync(run, { mode: 0o700 });
	mkdirSync(config, { recursive: true });
	writeFileSync(join(run, 'ledger-1.sqlite'), 'x'.repeat(5000));
	writeFileSync(join(config, 'preferences.json'), '{"bell": tru');
	const { exitCode, stderr } = await check();
	expect(exitCode).toBe(1);
	expect(stderr).toMatch(/^vpmon: the probe budget's ledger is damaged: set aside as .*ledger-1\.sqlite\.corrupt-\d+/);
	const open = () => openTerminal(`${process.execPath} ${program} -i ${file}`, 120, 30, home.environment);
	let screen = open();
	try {
		await screen.see('the preferences are damaged: set aside as');
		screen.press('q');
		await screen.ended();
		const [aside = ''] = readdirSync(config).filter((name) => name.startsWith('preferences.json.corrupt-'));
		expect(readFileSync(join(config, aside), 'utf8')).toBe('{"bell": tru');
		// What the screen kept is damaged in its midst.
		const history = join(home.path, 'state', 'vpmon', 'history');
		const [day = ''] = readdirSync(history);
		const events = join(history, day);
		writeFileSync(events, readFileSync(events, 'utf8').replace('"kind":"watch"', '"kind":\u0000'));
		screen.close();
		screen = open();
		await screen.see('the history is damaged: 1 line set aside as');
		screen.press('H');
		await screen.see('Part is missing: the history is damaged');
		screen.press('q');
		await screen.ended();
		expect(readFileSync(`${events}.damaged`, 'utf8')).toContain('"kind":\u0000');
		const later = `{"v":2,"kept":"otherwise"}\n`;
		writeFileSync(events, later);
		const newer = '{"version": 2, "logPanel": "hidden", "bell": {"sound": "gong"}}';
		writeFileSync(join(config, 'preferences.json'), newer);
		screen.close();
		screen = open();
		await screen.see('refused');
		screen.press('L');
		screen.press('L');
		screen.press('q');
		await screen.ended();
		expect(readFileSync(join(config, 'preferences.json'), 'utf8')).toBe(newer);
		expect(readFileSync(events, 'utf8')).toBe(later);
	} finally {
		screen.close();
	}
});

test('kill -9 at any time and several at once: the next one finds everything whole', async () => {
	const [safe] = [{ name: 's1', host: '127.30.0.1', port, username: 'u' }];
	writeFileSync(file, inventoryOf([safe], { settings: { rowTimeout: '1s', ladderTimeout: '1s' } }));
	for (let round = 0; round < 8; round++) {
		const victims = [0, 1].map(() =>
			spawn(process.execPath, [program, 'check', '-i', file], {
				env: { ...process.env, ...home.environment },
				stdio: 'ignore',
			}),
		);
		await new Promise((resolve) => setTimeout(resolve, 100 + round * 60));
		for (const victim of victims) victim.kill('SIGKILL');
	}
	const together = await Promise.all(
		[1, 2, 3].map(() => vpmon(['check', '--json', '--budget-wait', '0', '-i', file], home.environment)),
	);
	for (const { exitCode, stdout, stderr } of together) {
		expect(stderr).not.toMatch(/bug|damaged|SQLITE/i);
		expect([0, 1, 3]).toContain(exitCode);
		// Booked by those that were killed, or measured.
		expect(summaryOf(stdout)).not.toMatch(/ledger/);
	}
	expect(readdirSync(join(home.path, 'run')).filter((name) => name.includes('corrupt'))).toEqual([]);
});

test('a clock that was a day ahead, or is set back by one, holds no probe up for a day', async () => {
	const clock = join(home.path, 'clock.mjs');
	writeFileSync(
		clock,
		`const now = Date.now; const shift = Number(process.env.TEST_CLOCK_SHIFT); Date.now = () => now() + shift;
		globalThis.Date = class extends Date { constructor(...given) { super(...(given.length === 0 ? [now() + shift] : given)); } };`,
	);
	writeFileSync(
		file,
		inventoryOf([{ name: 's1', host: '127.30.0.1', port, username: 'u' }], {
			settings: { rowTimeout: '1s', ladderTimeout: '1s' },
		}),
	);
	const dayMs = 86_400_000;
	for (const shift of [0, dayMs, -dayMs, 0]) {
		const { exitCode, stdout, stderr } = await check(
			{ ...home.environment, TEST_CLOCK_SHIFT: String(shift) },
			{ node: ['--import', clock] },
		);
		expect({ shift, exitCode, stderr: stderr.replace(/^vpmon: .*waits.*\n?/gm, '') }).toEqual({
			shift,
			exitCode: 1,
			stderr: '',
		});
		expect(summaryOf(stdout)).toMatch(/silen|no identification|nothing/i);
		const { generatedAt, safes } = JSON.parse(stdout);
		expect(Math.abs(Date.parse(generatedAt) - Date.now() - shift)).toBeLessThan(60_000);
		expect(Date.parse(safes[0].checks[1].measuredAt)).toBeGreaterThan(0);
	}
});

test('kill -9 of the screen loses nothing that happened before', async () => {
	const lines = () => {
		const state = join(home.path, 'state');
		if (!existsSync(state)) return [];
		const directory = execFileSync('find', [state, '-name', 'events-*.jsonl'], { encoding: 'utf8' });
		return directory
			.split('\n')
			.filter((name) => name !== '')
			.flatMap((name) => readFileSync(name, 'utf8').split('\n'))
			.filter((line) => line !== '');
	};
	for (let round = 1; round <= 3; round++) {
		const screen = openTerminal(`exec ${process.execPath} ${program} -i ${file}`, 100, 30, home.environment);
		try {
			await screen.see(/refused/);
			// That it watches is noted each time, and what changed the first time.
			await until(
				'the events on the disk',
				() => lines().filter((line) => line.includes('"begun":true')).length === round,
			);
			await until('the change on the disk', () => lines().some((line) => line.includes('port-refused')));
			process.kill(screen.pid, 'SIGKILL');
			await screen.ended();
		} finally {
			screen.close();
		}
	}
	for (const line of lines()) expect(JSON.parse(line)).toMatchObject({ v: 1 });
});

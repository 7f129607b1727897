import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { formatCommand } from '../source/hosts/host.ts';
import { createLocalHost } from '../source/hosts/local-host.ts';
import { parseAhosts } from '../source/hosts/resolve-name.ts';
import { openBlackHole } from '../source/lab/black-hole.ts';
import { splitLines } from '../source/logs/line-splitter.ts';
import { until } from './helpers/system.ts';

const host = createLocalHost();

test('programs: done, failed, missing, late, cancelled', async () => {
	expect(await host.run(['sh', '-c', 'echo out; echo err >&2; exit 3'], { timeoutMs: 3000 })).toMatchObject({
		outcome: 'failed',
		exitCode: 3,
		stdout: 'out\n',
		stderr: 'err\n',
	});
	expect(await host.run(['true'], { timeoutMs: 3000 })).toMatchObject({ outcome: 'done', exitCode: 0 });
	expect(await host.run(['no-such-program-here'], { timeoutMs: 3000 })).toMatchObject({ outcome: 'not-found' });
	expect(await host.run(['sleep', '5'], { timeoutMs: 100 })).toMatchObject({ outcome: 'timeout' });
	expect(await host.run(['sleep', '5'], { timeoutMs: 3000, signal: AbortSignal.timeout(50) })).toMatchObject({
		outcome: 'cancelled',
	});
	expect((await host.run(['sh', '-c', 'echo $LC_ALL'], { timeoutMs: 3000 })).stdout).toBe('C\n');
});

test('a directory of PATH that may not be searched does not make a missing program look forbidden', async () => {
	const closed = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	const { PATH } = process.env;
	try {
		writeFileSync(join(closed, 'not-executable'), '', { mode: 0o600 });
		process.env.PATH = `${closed}:${PATH}`;
		expect(await host.run(['not-executable'], { timeoutMs: 3000 })).toMatchObject({ outcome: 'not-permitted' });
		chmodSync(closed, 0);
		expect(await host.run(['no-such-program-here'], { timeoutMs: 3000 })).toMatchObject({ outcome: 'not-found' });
	} finally {
		process.env.PATH = PATH;
		chmodSync(closed, 0o700);
		rmSync(closed, { recursive: true });
	}
});

test('names: an address is itself, an unknown name says so', async () => {
	expect(await host.resolve('::1', { timeoutMs: 1000 })).toEqual({
		ok: true,
		addresses: [{ address: '::1', family: 6 }],
	});
	expect(await host.resolve('no-such-name.invalid', { timeoutMs: 3000 })).toMatchObject({ ok: false });
});

test('names: an address that getent lists for every socket type is one', () => {
	const text = 'fd00::5         STREAM db1.example\nfd00::5         DGRAM\n10.0.0.5        STREAM\n\n';
	expect(parseAhosts(text)).toEqual([
		{ address: 'fd00::5', family: 6 },
		{ address: '10.0.0.5', family: 4 },
	]);
});

test('connections: open, refused, silence, cancelled', async () => {
	const server = createServer((socket) => socket.on('error', () => {}));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const open = await host.connect('127.0.0.1', port, { timeoutMs: 1000 });
	expect(open).toMatchObject({ ok: true, sourceAddress: '127.0.0.1' });
	if (open.ok) open.stream.destroy();
	await new Promise((resolve) => server.close(resolve));
	expect(await host.connect('127.0.0.1', port, { timeoutMs: 1000 })).toMatchObject({
		ok: false,
		failure: 'refused',
		// A firewall that drops us has to be told whom to let in.
		sourceAddress: '127.0.0.1',
	});

	const hole = await openBlackHole();
	expect(await host.connect('127.0.0.1', hole.port, { timeoutMs: 300 })).toMatchObject({
		ok: false,
		failure: 'timeout',
	});
	expect(
		await host.connect('127.0.0.1', hole.port, { timeoutMs: 3000, signal: AbortSignal.timeout(50) }),
	).toMatchObject({ ok: false, error: 'cancelled' });
	await hole.close();
});

test('disposing ends what still runs', async () => {
	const own = createLocalHost();
	const stream = await own.stream(['sleep', '60']);
	const directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	const mark = join(directory, 'runs');
	const running = own.run(['sh', '-c', `: > ${mark}; exec sleep 60`], { timeoutMs: 60_000 });
	await until('it runs', () => existsSync(mark));
	rmSync(directory, { recursive: true });
	await own.dispose();
	expect((await stream.ended).outcome).toBe('stopped');
	expect((await running).outcome).toBe('cancelled');
});

/** Whether a process runs; one that has ended and was not reaped does not. */
function isRunning(pid: number): boolean {
	try {
		return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
	} catch {
		return false;
	}
}
const sayPid = 'echo $! >&2';

describe('whatever a program does, it is over at its time, and nothing of it is left', () => {
	const run = async (script: string, timeoutMs: number) => {
		const started = performance.now();
		const result = await host.run(['sh', '-c', script], { timeoutMs });
		return { result, took: performance.now() - started, pid: Number(/^\d+$/m.exec(result.stderr)?.[0]) };
	};

	test('a child of it holds its pipes', async () => {
		const { result, took, pid } = await run(`echo said; sleep 60 & ${sayPid}; exit 3`, 10_000);
		expect(result).toMatchObject({ outcome: 'failed', exitCode: 3, stdout: 'said\n' });
		expect(took).toBeLessThan(5000);
		await until('the child has ended', () => !isRunning(pid));
	});

	test('a daemon of it holds its pipes: that one is let live', async () => {
		const { result, took, pid } = await run(`setsid sleep 60 & ${sayPid}`, 10_000);
		expect(result).toMatchObject({ outcome: 'done', exitCode: 0 });
		expect(took).toBeLessThan(5000);
		expect(isRunning(pid)).toBe(true);
		process.kill(pid);
	});

	test('a child of it goes on writing', async () => {
		const { result, took, pid } = await run(`yes & ${sayPid}`, 10_000);
		expect(result.outcome).toBe('failed');
		expect(took).toBeLessThan(5000);
		await until('the child has ended', () => !isRunning(pid));
	});

	test('it takes no SIGTERM', async () => {
		const { result, took, pid } = await run(`trap '' TERM; sleep 60 & ${sayPid}; echo said; wait; wait`, 500);
		expect(result).toMatchObject({ outcome: 'timeout', exitCode: null, stdout: 'said\n' });
		expect(took).toBeLessThan(2000);
		await until('the child has ended', () => !isRunning(pid));
	});

	test('it prints without end', async () => {
		const { result, took } = await run('exec yes', 10_000);
		expect(result).toMatchObject({ outcome: 'failed', stderr: 'ended: it printed more than 1 MB\n' });
		expect(result.stdout.length).toBe(1024 * 1024);
		expect(took).toBeLessThan(5000);
	});

	test('what is followed and stopped', async () => {
		const own = createLocalHost();
		const stream = await own.stream(['sh', '-c', `trap '' TERM; sleep 60 & ${sayPid}; wait; wait`]);
		const [piece] = (await once(stream.stderr, 'data')) as [Buffer];
		await own.dispose();
		expect((await stream.ended).outcome).toBe('stopped');
		await until('the child has ended', () => !isRunning(Number(piece)));
	});

	test('what is followed and ends, with a child on its pipes', async () => {
		const stream = await host.stream(['sh', '-c', `echo said; sleep 60 & ${sayPid}; exit 3`]);
		const lines: string[] = [];
		const read = splitLines(stream.stdout, (line) => lines.push(line));
		const [piece] = (await once(stream.stderr, 'data')) as [Buffer];
		expect(await stream.ended).toEqual({ outcome: 'ended', exitCode: 3 });
		await read;
		expect(lines).toEqual(['said']);
		await until('the child has ended', () => !isRunning(Number(piece)));
	});
});

test('a program that says more than a pipe holds, and is read slowly, loses nothing', async () => {
	const stream = await host.stream(['sh', '-c', 'seq 200000']);
	let count = 0;
	const read = splitLines(stream.stdout, () => count++);
	stream.stdout.pause();
	await pause(400);
	stream.stdout.resume();
	await stream.ended;
	await read;
	expect(count).toBe(200_000);
});

test('no program is told what is for vpmon alone', async () => {
	process.env.VAULTPAM_TOKEN = 'canary';
	process.env.vaultpam_token = 'canary';
	process.env.VPMON_EXPORTER_TOKEN = 'canary';
	try {
		const { stdout } = await host.run(['env'], { timeoutMs: 3000 });
		expect(stdout).toMatch(/^PATH=/m);
		expect(stdout).not.toMatch(/canary|VAULTPAM_|VPMON_/);
	} finally {
		delete process.env.VAULTPAM_TOKEN;
		delete process.env.vaultpam_token;
		delete process.env.VPMON_EXPORTER_TOKEN;
	}
});

test('command lines are quoted as a person would', () => {
	expect(formatCommand(['docker', 'logs', "it's", 'a b', ''])).toBe(String.raw`docker logs 'it'\''s' 'a b' ''`);
});

import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatCommand } from '../source/hosts/host.ts';
import { createLocalHost } from '../source/hosts/local-host.ts';
import { parseAhosts } from '../source/hosts/resolve-name.ts';
import { openBlackHole } from '../source/lab/black-hole.ts';
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

test('command lines are quoted as a person would', () => {
	expect(formatCommand(['docker', 'logs', "it's", 'a b', ''])).toBe(String.raw`docker logs 'it'\''s' 'a b' ''`);
});

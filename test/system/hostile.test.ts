import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createWebServer } from 'node:http';
import { type AddressInfo, createConnection, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, expect, test } from 'vitest';
import type { HostKeyRowEvidence } from '../../source/domain/row-evidence.ts';
import { checkSafes, type Entry, targetRows } from '../helpers/check-safes.ts';
import { createHome } from '../helpers/cli.ts';
import { startServer } from '../helpers/hostile-server.ts';
import { createNetwork, target } from '../helpers/network.ts';
import { end } from '../helpers/other-servers.ts';
import { startSshd } from '../helpers/sshd.ts';
import { requireProgram, until } from '../helpers/system.ts';

// What answers on a wrong port, and what an SSH server does in trouble, through the whole program.

const home = createHome();
afterAll(() => home.remove());
const stops: Array<() => unknown> = [];
afterEach(async () => {
	for (const stop of stops.splice(0).reverse()) await stop();
});

const checkTimeoutMs = 5000;
const startMs = 2500; // For Node to start on a busy machine.

const check = (runtime: string, entries: readonly Entry[], ...args: string[]) =>
	checkSafes(home, entries, { runtime, args });

async function sshd(...args: Parameters<typeof startSshd>) {
	const server = await startSshd(...args);
	stops.push(() => server.stop());
	return server;
}

async function hostile(behave: (socket: Socket) => void): Promise<number> {
	const server = await startServer(behave);
	stops.push(() => server.close());
	return server.port;
}

async function listen(server: Server): Promise<number> {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	stops.push(() => new Promise((resolve) => server.close(resolve)));
	return (server.address() as AddressInfo).port;
}

function drip(socket: Socket): void {
	const timer = setInterval(() => socket.write(`${randomBytes(8).toString('hex')}\r\n`), 100);
	socket.on('close', () => clearInterval(timer));
}

test('a port where something else answers: named, within one row', async () => {
	const web = createWebServer((_request, response) => response.end('hello'));
	const wrong: ReadonlyArray<readonly [name: string, port: number, cause: string, says: RegExp]> = [
		['web server', await listen(web), 'not-ssh', /^open, but a web server answers: "HTTP\/1\.1 400 Bad Request"$/],
		// OpenSSL hangs up without an alert; those that send one are named.
		['TLS', await listen(createTlsServer()), 'connection-reset', /^open, then closed before SSH began$/],
		[
			'TLS with an alert',
			await hostile((socket) => socket.once('data', () => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, 70])))),
			'not-ssh',
			/^open, but a TLS service answers$/,
		],
		['silence', await hostile(() => {}), 'handshake-timeout', /^open, but nothing is said there within 5\.\d s$/],
		[
			'mail',
			await hostile((socket) => socket.write('220 mail ESMTP\r\n')),
			'not-ssh',
			/something else .*"220 mail ESMTP"$/,
		],
		['drip', await hostile(drip), 'not-ssh', /^open, but something else answers: "[0-9a-f]{16}"$/],
		[
			'a megabyte of lines',
			await hostile((socket) => socket.write(`${'x'.repeat(98)}\r\n`.repeat(10_486))),
			'not-ssh',
			/^open, but something else answers: "x{60}"$/,
		],
		[
			'a megabyte in one line',
			await hostile((socket) => socket.write('y'.repeat(1_048_576))),
			'not-ssh',
			/^open, but something else answers: "y{60}"$/,
		],
		[
			'garbage',
			await hostile((socket) => socket.write(Buffer.alloc(100_000, 7))),
			'not-ssh',
			/^open, but something else answers$/,
		],
		[
			'SSH 1',
			await hostile((socket) => socket.write('SSH-1.5-1.2.27\r\n')),
			'not-ssh',
			/^open, but only SSH 1 is spoken$/,
		],
		[
			'closed at once',
			await hostile((socket) => socket.end()),
			'connection-reset',
			/^open, then closed before SSH began$/,
		],
		[
			'reset at once',
			await hostile((socket) => setTimeout(() => socket.resetAndDestroy(), 50)),
			'connection-reset',
			/^(?:open, then reset before SSH began|reset by 127\.0\.0\.1 in .*)$/,
		],
		[
			'reset after the identification',
			await hostile((socket) =>
				socket.write('SSH-2.0-short\r\n', () => setTimeout(() => socket.resetAndDestroy(), 50)),
			),
			'connection-reset',
			/^short answers, then: /,
		],
		[
			'mute after the identification',
			await hostile((socket) => socket.write('SSH-2.0-mute\r\n')),
			'handshake-timeout',
			/^mute answers, but its key exchange does not end: no end of the key exchange within 5000 ms$/,
		],
	];
	const checked = await check(
		'wrong',
		wrong.map(([name, port]) => ({ name, port })),
	);
	expect(checked.causes).toEqual(Object.fromEntries(wrong.map(([name, , cause]) => [name, cause])));
	for (const [name, , , says] of wrong) expect(checked.port(name), name).toMatch(says);
	expect(checked.exitCode).toBe(1);
	expect(checked.stderr).toBe('');
	expect(checked.tookMs).toBeLessThan(checkTimeoutMs + startMs);
});

test('endlessh, a real tarpit, is given up after one row, dripping or still silent', async () => {
	const program = requireProgram('endlessh', 'endlessh');
	// It listens on all addresses, so it gets a machine of its own.
	const network = createNetwork();
	stops.push(() => network.remove());
	const ports = { dripping: 2222, silent: 2223 };
	for (const [port, delayMs] of [
		[ports.dripping, 200],
		// As it comes: the first line after 10 s.
		[ports.silent, 10_000],
	]) {
		const command = [...network.onTarget, program, '-4', '-p', String(port), '-d', String(delayMs)];
		const child = spawn(command[0] ?? '', command.slice(1), { stdio: 'ignore' });
		stops.push(() => end(child));
	}
	const through = network.onConnector;
	const entries = Object.entries(ports).map(([name, port]) => ({ name, host: target.v4, port }));
	await until('endlessh', async () => {
		const { causes } = await checkSafes(home, entries, { runtime: 'endlessh-up', args: ['--timeout', '1'], through });
		return !Object.values(causes).includes('port-refused');
	});
	const checked = await checkSafes(home, entries, { runtime: 'endlessh', through });
	expect(checked.causes).toEqual({ dripping: 'not-ssh', silent: 'handshake-timeout' });
	expect(checked.port('dripping')).toMatch(/^open, but something else answers: "/);
	expect(checked.port('silent')).toBe('open, but nothing is said there within 5.0 s');
	expect([checked.exitCode, checked.stderr]).toEqual([1, '']);
	expect(checked.tookMs).toBeLessThan(checkTimeoutMs + startMs);
});

test('MaxStartups: a server that drops us because others have not logged in is not another service', async () => {
	const { port, log } = await sshd({ extra: ['MaxStartups 1', 'LoginGraceTime 60'] });
	const held = createConnection({ host: '127.0.0.1', port });
	stops.push(() => held.destroy());
	await until('the held connection', () => log().includes('Connection from'));
	const dropped = await check('max-startups', [{ name: 'dropped', port }]);
	expect(dropped.causes).toEqual({ dropped: 'connection-reset' });
	expect(dropped.port('dropped')).toMatch(/MaxStartups|^open, then (?:closed|reset) before SSH began$/);
	expect(dropped.exitCode).toBe(1);
	held.destroy();
	await until('room again', () => /Connection (?:closed|reset) by 127/.test(log()));
	const served = await check('max-startups', [{ name: 'dropped', port }]);
	expect(targetRows(served.safe('dropped'))).toEqual(['pass', 'pass', 'pass', 'pass']);
});

test('a server whose key exchanges we all lack: unknown, with both lists', async () => {
	const lacking = 'sntrup761x25519-sha512@openssh.com';
	const { port } = await sshd({ extra: [`KexAlgorithms ${lacking}`] });
	const checked = await check('no-common', [{ name: 'post-quantum', port }]);
	const { verdict, checks } = checked.safe('post-quantum');
	expect(verdict).toBe('unknown');
	expect(checks.map((row) => row.verdict)).toEqual(['untested', 'pass', 'skip', 'unknown', 'skip']);
	expect(checks[3]).toMatchObject({ cause: 'no-common-algorithm', summary: 'no common key exchange algorithm' });
	const lists = (checks[3]?.evidence as HostKeyRowEvidence | undefined)?.algorithms;
	expect(lists?.server.kex).toEqual([lacking]);
	expect(lists?.ours.kex?.length).toBeGreaterThan(3);
	expect(lists?.ours.kex).not.toContain(lacking);
	expect(checked.exitCode).toBe(3);
});

test('a login banner full of escape sequences disturbs neither rows nor terminals; one of 64 KiB leaves the key untested', async () => {
	const directory = mkdtempSync(join(tmpdir(), 'vpmon-banner-'));
	stops.push(() => rmSync(directory, { recursive: true }));
	const text = '\u001b]0;owned\u0007\u001b[2J\u001b]52;c;ZXZpbA==\u0007 authorised use only \r\n'.repeat(2000);
	const file = async (bytes: number) => {
		const path = join(directory, String(bytes));
		writeFileSync(path, text.slice(0, bytes));
		return (await sshd({ extra: [`Banner ${path}`] })).port;
	};
	const checked = await check('banner', [
		{ name: 'long', port: await file(30_000) },
		{ name: 'too-long', port: await file(65_536) },
	]);
	expect(targetRows(checked.safe('long'))).toEqual(['pass', 'pass', 'pass', 'pass']);
	expect(checked.safe('long').checks[4]).toMatchObject({
		evidence: { banner: expect.stringMatching(/^authorised use only/) },
	});
	expect(targetRows(checked.safe('too-long'))).toEqual(['pass', 'unknown', 'pass', 'unknown']);
	expect(checked.safe('too-long').checks[4]?.summary).toMatch(/: the server sent a packet of more than 35,000 bytes/);
	expect(checked.stdout).not.toMatch(/\u001b|\\u001b|\\u0007|owned|ZXZp/);
	expect(checked.stdout.length).toBeLessThan(65_536);
	expect([checked.exitCode, checked.stderr]).toEqual([3, '']);
});

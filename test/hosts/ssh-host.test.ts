import {
	chmodSync,
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Host } from '../../source/hosts/host.ts';
import { createLocalHost } from '../../source/hosts/local-host.ts';
import { createSshHost, type SshHost } from '../../source/hosts/ssh-host.ts';
import { fingerprint, keyFile, publicKey, type TestKey } from '../helpers/keys.ts';
import { type SshServer, type SshServerOptions, startSshServer } from '../helpers/ssh-server.ts';
import { until } from '../helpers/system.ts';

const local = createLocalHost();
/** As on a machine without OpenSSH's client: ~/.ssh alone counts. */
const withoutSsh: Host = {
	...local,
	run: (argv, options) => local.run(argv[0] === 'ssh' ? ['no-such-program-ssh'] : argv, options),
};

let home: string;
let server: SshServer;
let host: SshHost;
const { HOME, SSH_AUTH_SOCK } = process.env;

beforeEach(() => {
	home = mkdtempSync(join(tmpdir(), 'vpmon-ssh-'));
	mkdirSync(join(home, '.ssh'), { mode: 0o700 });
	Object.assign(process.env, { HOME: home, SSH_AUTH_SOCK: '' });
});
afterEach(async () => {
	await host?.dispose();
	await server?.stop();
	Object.assign(process.env, { HOME, SSH_AUTH_SOCK: SSH_AUTH_SOCK ?? '' });
	rmSync(home, { recursive: true, force: true });
});

const options = { timeoutMs: 5000 };
const knownHosts = () => join(home, '.ssh', 'known_hosts');
const keyLine = (name: TestKey) => publicKey(name).split(' ').slice(0, 2).join(' ');

async function reach(
	serverOptions: SshServerOptions = {},
	{ known = 'host-a', key = 'user-a' }: { known?: TestKey | null; key?: string | null } = {},
): Promise<SshHost> {
	server = await startSshServer(serverOptions);
	if (known !== null) writeFileSync(knownHosts(), `[127.0.0.1]:${server.port} ${keyLine(known)}\n`);
	if (key !== null) {
		copyFileSync(keyFile(key), join(home, '.ssh', 'id_ed25519'));
		chmodSync(join(home, '.ssh', 'id_ed25519'), 0o600);
	}
	host = createSshHost({ username: 'ops', host: '127.0.0.1', port: server.port }, withoutSsh);
	return host;
}

const problemOf = async (of: SshHost) => {
	const state = await of.link.settled();
	return state.phase === 'waiting' ? state.problem : state;
};

test('programs: done, failed, missing, forbidden, late, cancelled; their words as they were given', async () => {
	await reach();
	const words = ["it's", 'a b', '', '$HOME', String.raw`\n`, '`x`', 'a\nb', '"', '!x', '*', 'ü'];
	expect(await host.run(['printf', '%s|', ...words], options)).toMatchObject({
		outcome: 'done',
		stdout: `${words.join('|')}|`,
	});
	expect(await host.run(['sh', '-c', 'echo $LC_ALL $TZ; echo err >&2; exit 3'], options)).toMatchObject({
		outcome: 'failed',
		exitCode: 3,
		stdout: 'C UTC\n',
		stderr: 'err\n',
	});
	expect(await host.run(['no-such-program-here'], options)).toMatchObject({ outcome: 'not-found' });
	expect(await host.run([knownHosts()], options)).toMatchObject({ outcome: 'not-permitted' });
	expect(await host.run(['sleep', '5'], { timeoutMs: 300 })).toMatchObject({ outcome: 'timeout' });
	const signal = AbortSignal.timeout(50);
	expect(await host.run(['sleep', '5'], { timeoutMs: 3000, signal })).toMatchObject({ outcome: 'cancelled' });
	expect(server.connections()).toBe(1);
});

test('one connection has fewer sessions than are wanted: they take turns, and followed logs leave room for commands', async () => {
	await reach({ maxSessions: 3 });
	const streams = [host.stream(['sleep', '60']), host.stream(['sleep', '60'])];
	const results = await Promise.all(
		Array.from({ length: 8 }, (_, index) => host.run(['echo', String(index)], { timeoutMs: 10_000 })),
	);
	expect(results.map(({ stdout }) => stdout.trim())).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
	(await streams[0])?.stop();
	(await streams[1])?.stop();
});

test('what is stopped ends there, also where the server passes on no signals', async () => {
	await reach();
	const stream = await host.stream(['sh', '-c', 'trap "" TERM; echo $$; while :; do sleep 0.1; done']);
	const pid = Number(await new Promise((resolve) => stream.stdout.once('data', resolve)));
	const isThere = () => {
		try {
			return process.kill(pid, 0);
		} catch {
			return false;
		}
	};
	expect(isThere()).toBe(true);
	stream.stop();
	expect((await stream.ended).outcome).toBe('stopped');
	await until('it is gone', () => !isThere(), 5000);
});

test('a child that a program leaves on its channel holds nothing up, and ends with it; a program that prints without end is ended', async () => {
	await reach();
	const started = performance.now();
	const left = await host.run(['sh', '-c', 'echo said; sleep 60 & echo $! >&2; exit 3'], { timeoutMs: 10_000 });
	expect(left).toMatchObject({ outcome: 'failed', exitCode: 3, stdout: 'said\n' });
	const stream = await host.stream(['sh', '-c', 'echo said; sleep 60 & exit 3']);
	expect(await stream.ended).toEqual({ outcome: 'ended', exitCode: 3 });
	const daemon = await host.run(['sh', '-c', 'setsid sleep 60 & echo $!'], { timeoutMs: 10_000 });
	expect(daemon).toMatchObject({ outcome: 'done', exitCode: 0 });
	process.kill(Number(daemon.stdout));
	const endless = await host.run(['yes'], { timeoutMs: 10_000 });
	expect(endless).toMatchObject({ outcome: 'failed', stderr: 'ended: it printed more than 1 MB\n' });
	expect(endless.stdout.length).toBe(1024 * 1024);
	expect(performance.now() - started).toBeLessThan(9000);
	const stateOf = (pid: number) => {
		try {
			return /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
		} catch {
			return 'gone';
		}
	};
	await until('the child has ended', () => ['gone', 'Z'].includes(stateOf(Number(left.stderr)) ?? ''), 5000);
});

test('a connection that breaks ends its programs, is made again, and streams that were wanted meanwhile begin then', async () => {
	await reach();
	const stream = await host.stream(['sh', '-c', 'echo whole; printf half; sleep 60']);
	await new Promise((resolve) => stream.stdout.once('data', resolve));
	const mark = join(home, 'runs');
	const running = host.run(['sh', '-c', `: > ${mark}; exec sleep 60`], { timeoutMs: 60_000 });
	await until('it runs', () => existsSync(mark));
	server.drop();
	expect((await stream.ended).outcome).toBe('lost');
	expect((await running).outcome).toBe('lost');
	expect(host.link.state()).toMatchObject({ phase: 'waiting', problem: { kind: 'lost' } });
	const next = await host.stream(['echo', 'again']);
	expect(String(await new Promise((resolve) => next.stdout.once('data', resolve)))).toBe('again\n');
	expect(server.connections()).toBe(2);
});

test('targets: open, refused, prohibited and then by nc', async () => {
	await reach();
	const target = createServer((socket) => socket.on('error', () => {}).end('hello'));
	await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
	const { port } = target.address() as AddressInfo;
	const open = await host.connect('127.0.0.1', port, options);
	expect(open).toMatchObject({ ok: true, way: 'direct-tcpip through 127.0.0.1' });
	if (open.ok) expect(String(await new Promise((resolve) => open.stream.once('data', resolve)))).toBe('hello');
	await host.dispose();
	await server.stop();

	await reach({ forwarding: 'prohibited' });
	const bin = join(home, 'bin');
	mkdirSync(bin);
	writeFileSync(join(bin, 'nc'), '#!/bin/sh\necho "Connection to $5 $6 port [tcp/*] succeeded!" >&2; echo hello\n', {
		mode: 0o755,
	});
	const { PATH } = process.env;
	process.env.PATH = `${bin}:${PATH}`;
	try {
		const byNetcat = await host.connect('127.0.0.1', port, options);
		expect(byNetcat).toMatchObject({ ok: true, way: 'nc on 127.0.0.1, whose sshd prohibits forwarding' });
	} finally {
		process.env.PATH = PATH;
	}
	await new Promise((resolve) => target.close(resolve));
});

test('silence is noticed, and a probe that waited meanwhile does not blame its target', async () => {
	let isDeaf = false;
	await reach({ isDeaf: () => isDeaf });
	expect((await host.run(['true'], options)).outcome).toBe('done');
	// Its answer is the last thing that comes: nothing of the command is on its way any more when it falls silent.
	expect((await host.connect('127.0.0.1', 1, options)).ok).toBe(false);
	isDeaf = true;
	const started = performance.now();
	const probing = host.connect('127.0.0.1', 9, { timeoutMs: 500 });
	expect(await probing).toMatchObject({
		ok: false,
		failure: 'other',
		error: 'the connection to 127.0.0.1 is silent too',
	});
	await until('the link is given up', () => host.link.state().phase !== 'connected', 16_000);
	expect(performance.now() - started).toBeLessThan(15_500);
	expect(host.link.state()).toMatchObject({ problem: { kind: 'lost' } });
}, 20_000);

test('an unknown host key is never accepted by itself; a yes records it as ssh would, and connects', async () => {
	await reach({}, { known: null });
	const problem = await problemOf(host);
	expect(problem).toMatchObject({ kind: 'host-key-unknown', offered: { sha256: fingerprint('host-a') } });
	expect(server.tries).toEqual([]);
	expect(await host.link.recordHostKey(fingerprint('host-b'))).toMatch(/answered for meanwhile/);
	expect(await host.link.recordHostKey(fingerprint('host-a'))).toBeNull();
	expect((await host.run(['echo', 'in'], options)).stdout).toBe('in\n');
	expect(readFileSync(knownHosts(), 'utf8')).toBe(`[127.0.0.1]:${server.port} ${keyLine('host-a')}\n`);
});

test('a changed host key is only explained', async () => {
	await reach({}, { known: 'host-b' });
	expect(await problemOf(host)).toMatchObject({ kind: 'host-key-changed', offered: null });
	expect(await host.link.recordHostKey(fingerprint('host-a'))).toMatch(/meanwhile/);
	expect(server.tries).toEqual([]);
});

test('the server is asked for the type of key that is known', async () => {
	await reach({ hostKeys: ['host-a', 'host-ecdsa'] }, { known: 'host-ecdsa' });
	expect((await host.run(['true'], options)).outcome).toBe('done');
});

test.each([
	[
		'a key that is not let in',
		'host-b',
		/^ops@127\.0\.0\.1 accepts none of our keys: \S+id_ed25519$/,
		/authorized_keys/,
	],
	['no key at all', null, /^there is no key to log in to ops@127\.0\.0\.1 with$/, /ssh-add/],
])('%s: said once, and not tried again for long, whoever asks', async (_, key, reason, step) => {
	await reach({}, { key });
	expect(await problemOf(host)).toMatchObject({
		kind: 'login',
		reason: expect.stringMatching(reason),
		nextStep: expect.stringMatching(step),
	});
	const state = host.link.state();
	if (state.phase !== 'waiting') throw new Error(state.phase);
	expect(state.nextAt - Date.now()).toBeGreaterThan(90_000);
	await host.link.settled(true);
	await host.run(['true'], options);
	expect(server.connections()).toBe(1);
});

test('nobody there, no such name: told apart, tried again soon', async () => {
	await reach();
	await server.stop();
	const problem = await problemOf(host);
	expect(problem).toMatchObject({ kind: 'network', reason: expect.stringContaining('refuses') });
	const other = createSshHost({ username: 'ops', host: 'no-such-name.invalid', port: 22 }, withoutSsh);
	expect(await problemOf(other)).toMatchObject({ kind: 'name' });
	await other.dispose();
});

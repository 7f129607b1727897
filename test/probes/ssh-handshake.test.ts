import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import ssh2 from 'ssh2';
import { expect, test } from 'vitest';
import type { HandshakeEvidence } from '../../source/domain/evidence.ts';
import { createLocalHost } from '../../source/hosts/local-host.ts';
import { createLabServer } from '../../source/lab/ssh-server.ts';
import { parsePublicKey } from '../../source/probes/public-key.ts';
import { probeSsh, type SshProbe } from '../../source/probes/ssh-handshake.ts';
import { startServer } from '../helpers/hostile-server.ts';
import { fingerprint, privateKey, publicKey } from '../helpers/keys.ts';
import { until } from '../helpers/system.ts';

const askable = (name: 'user-a' | 'user-b' | 'host-rsa') => {
	const { key } = parsePublicKey(publicKey(name), 'test');
	if (key === null) throw new Error('no key');
	return key;
};
const question = (name: 'user-a' | 'user-b' | 'host-rsa', username = 'deploy') =>
	({ kind: 'public-key', username, keys: [askable(name)] }) as const;

async function probe(port: number, options: Partial<SshProbe> = {}) {
	const host = createLocalHost();
	const connection = await host.connect('127.0.0.1', port, { timeoutMs: 1000 });
	if (!connection.ok) throw new Error(connection.error);
	const started = performance.now();
	const result = await probeSsh(connection.stream, {
		hostKeyTypes: null,
		mayAsk: () => true,
		question: null,
		timeoutMs: 400,
		...options,
	});
	const [auth = null] = result.answers;
	return { ...result, auth, tookMs: performance.now() - started, stream: connection.stream };
}

// Whatever answers: an end within the deadline, a reason, no socket left, nothing thrown.
const hostile: ReadonlyArray<readonly [string, (socket: Socket) => void, Partial<HandshakeEvidence>]> = [
	['silence', () => {}, { notSsh: 'silence', ended: 'timeout' }],
	['an end at once', (socket) => socket.end(), { notSsh: 'silence', ended: 'closed' }],
	[
		'a reset at once',
		(socket) => setTimeout(() => socket.resetAndDestroy(), 30),
		{ identification: null, ended: 'reset' },
	],
	['HTTP', (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'), { notSsh: 'http' }],
	['a TLS alert', (socket) => socket.write(Buffer.from([0x15, 3, 1, 0, 2, 2, 10])), { notSsh: 'tls' }],
	[
		'SMTP',
		(socket) => socket.write('220 mail ESMTP\r\n'),
		{ notSsh: 'text', spoken: '220 mail ESMTP', ended: 'timeout' },
	],
	['SSH 1.5', (socket) => socket.write('SSH-1.5-ancient\r\n'), { notSsh: 'ssh-1', identification: 'SSH-1.5-ancient' }],
	[
		'an identification, then an end',
		(socket) => socket.end('SSH-2.0-short\r\n'),
		{ identification: 'SSH-2.0-short', notSsh: null, ended: 'closed' },
	],
	[
		'an identification, then a reset',
		(socket) => socket.write('SSH-2.0-rst\r\n', () => setTimeout(() => socket.resetAndDestroy(), 20)),
		{ identification: 'SSH-2.0-rst', notSsh: null },
	],
	[
		'an identification, then silence',
		(socket) => socket.write('SSH-2.0-mute\r\n'),
		{ identification: 'SSH-2.0-mute', ended: 'timeout' },
	],
	[
		'a megabyte before the identification',
		(socket) => socket.write(`${'x'.repeat(100)}\r\n`.repeat(10_000)),
		{ notSsh: 'text', ended: 'error' },
	],
	[
		'binary garbage',
		(socket) => socket.write(Buffer.concat([Buffer.from([0, 1, 2]), randomBytes(100_000)])),
		{ identification: null },
	],
	[
		'garbage after the identification',
		(socket) => socket.write(Buffer.concat([Buffer.from('SSH-2.0-junk\r\n'), randomBytes(5000)])),
		{ identification: 'SSH-2.0-junk', hostKey: null },
	],
	['an identification without an end', (socket) => socket.write(`SSH-2.0-${'a'.repeat(3000)}`), { hostKey: null }],
	['escape sequences', (socket) => socket.end('\u001b]0;owned\u0007SSH-2.0-\u001b[31mred\r\n'), { hostKey: null }],
	[
		'a drip of lines',
		(socket) => {
			const timer = setInterval(() => socket.write('come in\r\n'), 20);
			socket.on('close', () => clearInterval(timer));
		},
		{ notSsh: 'text', ended: 'timeout' },
	],
];

const sockets = () =>
	process.getActiveResourcesInfo().filter((kind) => /^TCP(?:Socket|Connect)Wrap$/.test(kind)).length;

for (const [name, behave, expected] of hostile) {
	test(`survives ${name}`, async () => {
		const server = await startServer(behave);
		try {
			const { handshake, auth, tookMs, stream } = await probe(server.port);
			expect(handshake).toMatchObject({ hostKeyProven: false, ...expected });
			expect(JSON.stringify(handshake)).not.toContain('\\u001b');
			expect(auth).toBeNull();
			expect(tookMs).toBeLessThan(2000);
			await until('the socket is given up', () => stream.destroyed, 1000);
		} finally {
			await server.close();
		}
		await until('no socket left', () => sockets() === 0, 1000);
	});
}

async function withSsh<Result>(run: (port: number, log: string[]) => Promise<Result>): Promise<Result> {
	const log: string[] = [];
	const server = createLabServer({
		hostKeys: [privateKey('host-a'), privateKey('host-rsa')],
		users: { deploy: [publicKey('user-a'), publicKey('host-rsa')] },
		methods: ['publickey', 'keyboard-interactive'],
		ident: 'test 1',
		log: (line) => log.push(line),
	});
	const port = await server.listen();
	try {
		return await run(port, log);
	} finally {
		server.close();
	}
}

test('proves the host key and asks for the key without signing', () =>
	withSsh(async (port, log) => {
		const { handshake, auth } = await probe(port, { question: question('user-a') });
		expect(handshake).toMatchObject({
			identification: 'SSH-2.0-test 1',
			hostKeyProven: true,
			ended: null,
			notSsh: null,
		});
		expect(handshake.hostKey).toMatchObject({ type: 'ssh-ed25519', sha256: fingerprint('host-a') });
		expect(handshake.serverAlgorithms['host-key']).toEqual(['ssh-ed25519', 'rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa']);
		expect(auth).toMatchObject({ asked: 'public-key', answer: 'accepted', key: fingerprint('user-a') });
		await until('the end', () => log.join().includes('Connection closed by authenticating user deploy'));
		// A login would have been logged as accepted.
		expect(log.join()).not.toContain('Accepted');
	}));

test('an RSA key is asked for with SHA-2', () =>
	withSsh(async (port) =>
		expect((await probe(port, { question: question('host-rsa') })).auth?.answer).toBe('accepted'),
	));

test('a refusal names the methods that are left', () =>
	withSsh(async (port) => {
		const { auth } = await probe(port, { question: question('user-b') });
		expect(auth).toMatchObject({ answer: 'refused', methods: ['publickey', 'keyboard-interactive'] });
	}));

test('the methods can be asked for without a key', () =>
	withSsh(async (port) => {
		const { auth } = await probe(port, { question: { kind: 'methods', username: 'deploy' } });
		expect(auth).toMatchObject({ asked: 'methods', answer: 'refused', methods: ['publickey', 'keyboard-interactive'] });
	}));

test('no credential is offered to a host key that is not the right one', () =>
	withSsh(async (port, log) => {
		const { handshake, auth } = await probe(port, { question: question('user-a'), mayAsk: () => false });
		expect(handshake.hostKeyProven).toBe(true);
		expect(auth).toBeNull();
		await until('the end', () => log.length > 0);
		expect(log).toEqual([expect.stringMatching(/^Connection closed 127\.0\.0\.1/)]);
	}));

test('another host key type can be asked for, and one the server lacks is said', () =>
	withSsh(async (port) => {
		expect((await probe(port, { hostKeyTypes: ['ssh-rsa'] })).handshake.hostKey?.sha256).toBe(fingerprint('host-rsa'));
		const { handshake } = await probe(port, { hostKeyTypes: ['ecdsa-sha2-nistp256'] });
		expect(handshake).toMatchObject({ hostKey: null, noCommon: 'host key format' });
	}));

test('a server that dies in the middle of the key exchange leaves a reason', async () => {
	const server = await startServer((socket) => {
		socket.write('SSH-2.0-dying\r\n');
		socket.on('data', () => setTimeout(() => socket.resetAndDestroy(), 10));
	});
	try {
		const { handshake } = await probe(server.port);
		expect(handshake).toMatchObject({ identification: 'SSH-2.0-dying', hostKeyProven: false });
		expect(['closed', 'reset', 'error']).toContain(handshake.ended);
	} finally {
		await server.close();
	}
});

test('a server that lets anybody in is not taken for an accepted key', async () => {
	const server = new ssh2.Server({ hostKeys: [privateKey('host-a')] }, (client) => {
		client.on('authentication', (context) => context.accept());
		client.on('error', () => {});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
	const { port } = server.address() as { port: number };
	try {
		expect((await probe(port, { question: { kind: 'methods', username: 'root' } })).auth?.answer).toBe('open');
	} finally {
		server.close();
	}
});

async function withBanner<Result>(banner: string, run: (port: number) => Promise<Result>): Promise<Result> {
	const server = new ssh2.Server({ hostKeys: [privateKey('host-a')], banner }, (client) => {
		client.on('authentication', (context) => context.reject(['publickey']));
		client.on('error', () => {});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
	try {
		return await run((server.address() as { port: number }).port);
	} finally {
		server.close();
	}
}

test('a banner full of escape sequences is harmless', () =>
	withBanner(`\u001b]52;c;ZXZpbA==\u0007${'A'.repeat(20_000)}\u001b[2J`, async (port) => {
		const { auth } = await probe(port, { question: question('user-a') });
		expect(auth?.answer).toBe('refused');
		expect(auth?.banner?.length).toBeLessThanOrEqual(2000);
		expect(auth?.banner).not.toContain('\u001b');
	}));

test('a banner too large for a packet leaves the question open, and says why', () =>
	withBanner('A'.repeat(40_000), async (port) => {
		const { handshake, auth } = await probe(port, { question: question('user-a') });
		expect(handshake).toMatchObject({ hostKeyProven: true, ended: null });
		expect(auth).toMatchObject({ answer: 'none', error: expect.stringContaining('packet of more than 35,000 bytes') });
	}));

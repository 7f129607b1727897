import { execFileSync } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createConnection, createServer } from 'node:net';
import { afterAll, afterEach, expect, test } from 'vitest';
import { describeHostKey } from '../../source/domain/host-key.ts';
import { openBlackHole } from '../../source/lab/black-hole.ts';
import { checkSafes, type Entry } from '../helpers/check-safes.ts';
import { childrenOf } from '../helpers/children.ts';
import { createHome } from '../helpers/cli.ts';
import { fingerprint, keyBlob, publicKey } from '../helpers/keys.ts';
import { type Sshd, settingsForMany, startSshd, targetUser } from '../helpers/sshd.ts';
import { freePort, requireProgram, until } from '../helpers/system.ts';

const home = createHome();
afterAll(() => home.remove());
const started: Sshd[] = [];
afterEach(async () => {
	for (const sshd of started.splice(0)) await sshd.stop();
});
const sshd = async (...args: Parameters<typeof startSshd>) => {
	const server = await startSshd(...args);
	started.push(server);
	return server;
};

const check = (entries: readonly Entry[], runtime: string, ...args: string[]) =>
	checkSafes(home, entries, { runtime, args });

test('the right cause for each failure of a real sshd, all but the black hole in under 6 seconds together', async () => {
	const entries: Entry[] = [
		{ name: 'healthy', port: (await sshd()).port },
		{ name: 'unauthorised-key', port: (await sshd({ authorised: ['user-b'] })).port },
		{ name: 'unknown-user', port: (await sshd()).port, username: 'nobody-of-that-name' },
		{ name: 'changed-host-key', port: (await sshd({ hostKeys: ['host-b', 'host-rsa', 'host-ecdsa'] })).port },
		{ name: 'refused-port', port: await freePort() },
	];
	const fast = await check(entries, 'causes');
	const expected = {
		// No control plane, no runtime: the connector itself cannot be asked here.
		healthy: 'untested',
		'unauthorised-key': 'user-or-key-rejected',
		'unknown-user': 'user-or-key-rejected',
		'changed-host-key': 'host-key-mismatch',
		'refused-port': 'port-refused',
	};
	expect(fast.causes).toEqual(expected);
	expect(fast.exitCode).toBe(1);
	expect(fast.tookMs).toBeLessThan(6000);
	const healthy = fast.report.safes.find(({ name }) => name === 'healthy');
	expect(healthy?.checks.map(({ verdict }) => verdict)).toEqual(['untested', 'pass', 'pass', 'pass', 'pass']);

	const hole = await openBlackHole();
	try {
		const all = await check([...entries, { name: 'black-hole', port: hole.port }], 'with-black-hole');
		expect(all.causes).toEqual({ ...expected, 'black-hole': 'port-timeout' });
		expect(all.tookMs).toBeLessThan(9000);
		expect(all.exitCode).toBe(1);
	} finally {
		await hole.close();
	}
});

test('a healthy Safe costs one TCP connection, and no login', async () => {
	const server = await sshd();
	const { report } = await check([{ name: 'healthy', port: server.port }], 'one-connection');
	expect(report.safes[0]?.checks.slice(1).map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass', 'pass']);
	await until('the connection closed', () => server.log().includes('preauth'));
	expect(server.connections()).toBe(1);
	expect(server.log()).not.toContain('Accepted publickey');
	expect(server.log()).toMatch(new RegExp(`authenticating user ${targetUser} `));
});

test('fingerprints are those of ssh-keygen', () => {
	const keygen = requireProgram('ssh-keygen', 'openssh-client');
	const print = (...args: string[]) =>
		execFileSync(keygen, ['-lf', '-', ...args], { input: publicKey('host-rsa'), encoding: 'utf8' });
	expect(print()).toContain(fingerprint('host-rsa'));
	expect(print('-E', 'md5')).toContain(describeHostKey(keyBlob('host-rsa')).md5);
});

test('three keys of one user share one connection, and each has its own answer', async () => {
	const server = await sshd({ authorised: ['user-a', 'host-rsa'] });
	const { report } = await check(
		[
			{ name: 'first', port: server.port },
			{ name: 'second', port: server.port, key: 'user-b' },
			{ name: 'third', port: server.port, key: 'host-rsa' },
		],
		'three-keys',
	);
	expect(report.safes.map(({ checks }) => checks[4]?.verdict)).toEqual(['pass', 'fail', 'pass']);
	await until('the connection closed', () => server.log().includes('preauth'));
	expect(server.connections()).toBe(1);
	expect(server.log()).not.toContain('Accepted publickey');
});

test('a server that allows one try answers each key on a connection of its own', async () => {
	const server = await sshd({ authorised: ['user-a'], extra: ['MaxAuthTries 1'] });
	const { report } = await check(
		[
			{ name: 'first', port: server.port, key: 'user-b' },
			{ name: 'second', port: server.port },
		],
		'one-try',
	);
	expect(report.safes.map(({ checks }) => checks[4]?.verdict)).toEqual(['fail', 'pass']);
});

test('the host key decides before any credential is offered', async () => {
	const server = await sshd({ hostKeys: ['host-b'] });
	await check([{ name: 'changed', port: server.port }], 'no-credential');
	await until('the connection closed', () => server.log().includes('preauth'));
	expect(server.connections()).toBe(1);
	expect(server.log()).not.toContain(targetUser);
});

test('every host key type of a real server is told from a change', async () => {
	const server = await sshd({ hostKeys: ['host-a', 'host-rsa', 'host-ecdsa'] });
	for (const [index, stored] of [
		fingerprint('host-rsa'),
		fingerprint('host-ecdsa'),
		`ssh-rsa ${fingerprint('host-rsa')}`,
	].entries()) {
		const { report } = await check([{ name: 'typed', port: server.port, hostKey: stored }], `types-${index}`);
		expect(report.safes[0]?.checks.map(({ verdict }) => verdict)).toEqual(['untested', 'pass', 'pass', 'pass', 'pass']);
	}
});

test('a server that signs its RSA key with SHA-1 alone is a warning: today’s clients refuse it', async () => {
	const server = await sshd({ hostKeys: ['host-rsa'], extra: ['HostKeyAlgorithms ssh-rsa'] });
	const stored = fingerprint('host-rsa');
	const { report } = await check([{ name: 'old', port: server.port, hostKey: stored }], 'sha1');
	const [, , , hostKey] = report.safes[0]?.checks ?? [];
	expect([hostKey?.verdict, hostKey?.cause]).toEqual(['warn', null]);
	expect(hostKey?.summary).toContain('signed with SHA-1');
});

test('a server without public keys is said so', async () => {
	const server = await sshd({ extra: ['PubkeyAuthentication no', 'PasswordAuthentication yes'] });
	expect((await check([{ name: 'passwords', port: server.port }], 'methods')).causes).toEqual({
		passwords: 'method-not-offered',
	});
});

test('the probe budget holds over processes: two at once never send more than one may', async () => {
	const server = await sshd({ authorised: ['user-b'] });
	const runs = await Promise.all(
		Array.from({ length: 3 }, () => check([{ name: 'rejected', port: server.port }], 'shared', '--budget-wait', '0')),
	);
	await until('the connection closed', () => server.log().includes('preauth'));
	// One key query of five seconds, and one measurement without a query of one second; the third had to stay away.
	expect(runs.filter(({ causes }) => causes.rejected === 'user-or-key-rejected')).toHaveLength(1);
	expect(runs.filter(({ causes }) => causes.rejected === 'unknown')).toHaveLength(2);
	expect(server.connections()).toBeLessThanOrEqual(2);
});

test('kill -9 of sshd in the middle of a handshake: a verdict, no stack', async () => {
	const server = await sshd();
	// A wire that lets the key exchange begin, and then takes the server away.
	const wire = createServer((client) => {
		const upstream = createConnection({ host: '127.0.0.1', port: server.port });
		let received = 0;
		let isKilled = false;
		client.on('data', (chunk) => {
			// By the time its algorithms have come, sshd has started all processes of this connection.
			if (received > 500 && !isKilled) {
				isKilled = true;
				const children = childrenOf(server.pid);
				for (const pid of [server.pid, ...children, ...children.flatMap(childrenOf)]) process.kill(pid, 'SIGKILL');
			}
			upstream.write(chunk);
		});
		upstream.on('data', (chunk) => {
			received += chunk.length;
			client.write(chunk);
		});
		upstream.on('close', () => client.destroy());
		for (const socket of [client, upstream]) socket.on('error', () => {});
	});
	await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve));
	const { port } = wire.address() as AddressInfo;
	try {
		const { report, stderr, exitCode } = await check([{ name: 'killed', port }], 'killed');
		expect(report.safes[0]).toMatchObject({ verdict: 'fail', cause: 'connection-reset' });
		expect(report.safes[0]?.checks[1]?.summary).toMatch(/^OpenSSH_\S+.* answers, then: /);
		expect(exitCode).toBe(1);
		expect(stderr).toBe('');
	} finally {
		wire.close();
	}
});

test('a byte of OpenSSH that arrives changed, or is the last one, is never blamed on a key or a user', async () => {
	const server = await sshd({ extra: settingsForMany() });
	// What it says is 1,813 bytes long; see fixtures/ssh.
	const places = Array.from({ length: 40 }, (_, index) => index * 45 + (index % 7));
	const wires = await Promise.all(
		places.map(async (place, index) => {
			const wire = createServer((client) => {
				const upstream = createConnection({ host: '127.0.0.1', port: server.port });
				let passed = 0;
				upstream.on('data', (chunk) => {
					const at = place - passed;
					passed += chunk.length;
					if (at >= 0 && at < chunk.length) {
						chunk[at] = (chunk[at] ?? 0) ^ (1 << (index % 8));
						if (index % 2 === 0) return client.end(chunk.subarray(0, at));
					}
					client.write(chunk);
				});
				client.pipe(upstream);
				upstream.on('close', () => client.destroy());
				client.on('close', () => upstream.destroy());
				for (const socket of [client, upstream]) socket.on('error', () => {});
			});
			await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve));
			return wire;
		}),
	);
	try {
		const entries = wires.map((wire, index) => ({
			name: `at-${places[index]}`,
			port: (wire.address() as AddressInfo).port,
		}));
		const { report, stderr, exitCode } = await check(entries, 'spoiled', '--timeout', '2');
		expect(stderr).not.toMatch(/bug/);
		expect([0, 1, 3]).toContain(exitCode);
		expect(report.safes).toHaveLength(places.length);
		for (const { cause, checks } of report.safes) {
			expect(['connection-reset', 'not-ssh', 'no-common-algorithm', null]).toContain(cause);
			for (const { id, verdict, summary } of checks) {
				if (id === 'host-key' || id === 'ssh-key') expect([id, verdict, summary]).not.toContain('fail');
				expect(summary).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
			}
		}
	} finally {
		for (const wire of wires) wire.close();
	}
});

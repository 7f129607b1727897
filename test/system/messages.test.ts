import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findMessage, normalizeError } from '../../source/runbook/find-message.ts';
import { readTargetLines } from '../../source/runbook/target-lines.ts';
import { keyFile, publicKey } from '../helpers/keys.ts';
import { type Sshd, startSshd, targetUser } from '../helpers/sshd.ts';
import { freePort, requireProgram, until } from '../helpers/system.ts';

// What the OpenSSH of this machine really prints, on both sides, must be known: words learned from elsewhere could be of another version.

let directory: string;
beforeAll(() => {
	requireProgram('ssh', 'openssh-client');
	directory = mkdtempSync(join(tmpdir(), 'vpmon-ssh-'));
	copyFileSync(keyFile('user-a'), join(directory, 'key'));
	chmodSync(join(directory, 'key'), 0o600);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What a person would see of a login that fails. */
async function login(
	port: number,
	options: { user?: string; knownHost?: string; strict?: string; host?: string } = {},
) {
	const { user = targetUser, knownHost = '', strict = 'no', host = '127.0.0.1' } = options;
	const known = join(directory, 'known_hosts');
	writeFileSync(known, knownHost === '' ? '' : `[127.0.0.1]:${port} ${knownHost}\n`);
	const { all } = await execa(
		'ssh',
		[
			...['-F', 'none', '-p', String(port), '-i', join(directory, 'key'), '-l', user],
			...['BatchMode=yes', 'IdentitiesOnly=yes', 'IdentityAgent=none', 'ConnectTimeout=5'].flatMap((set) => [
				'-o',
				set,
			]),
			...['-o', `StrictHostKeyChecking=${strict}`, '-o', `UserKnownHostsFile=${known}`],
			...['-o', 'GlobalKnownHostsFile=none', host, 'true'],
		],
		{ all: true, reject: false, stdin: 'ignore', timeout: 20_000, env: { LC_ALL: 'C' } },
	);
	return normalizeError(all ?? '');
}

async function withSshd(options: Parameters<typeof startSshd>[0], look: (sshd: Sshd) => Promise<void>) {
	const sshd = await startSshd(options);
	try {
		await look(sshd);
	} finally {
		await sshd.stop();
	}
}

const idOf = (text: string) => findMessage(text)?.message.id ?? `unknown: ${text}`;

test('the OpenSSH client: refused, unknown name, host key changed and unknown, key rejected', async () => {
	expect(idOf(await login(await freePort()))).toBe('port-refused');
	expect(idOf(await login(22, { host: 'no-such-host.invalid' }))).toBe('name-not-resolved');
	await withSshd({ authorised: ['user-b'] }, async ({ port }) => {
		expect(idOf(await login(port))).toBe('permission-denied-publickey');
		const changed = await login(port, { strict: 'yes', knownHost: publicKey('host-b') });
		expect(changed).toContain('Host key verification failed');
		expect(idOf(changed)).toBe('host-key-changed');
		expect(idOf(await login(port, { strict: 'yes' }))).toBe('host-key-unknown');
	});
});

test('the OpenSSH client: no common algorithm', async () => {
	await withSshd({ extra: ['KexAlgorithms diffie-hellman-group14-sha1'] }, async ({ port }) => {
		const text = await login(port);
		expect(idOf(text)).toBe('no-common-algorithm');
	});
});

test("the server's log: unknown user, user not in AllowUsers, key rejected", async () => {
	/** The log of one login, once it is whole. */
	const logOf = async (sshd: Sshd, user: string) => {
		await login(sshd.port, { user });
		await until('the goodbye in the log', () => /\[preauth\]/.test(sshd.log()));
		return normalizeError(sshd.log());
	};
	await withSshd({}, async (sshd) => {
		const log = await logOf(sshd, 'nobody-of-that-name');
		expect(readTargetLines(log, 'nobody-of-that-name').proof?.says).toBe('user-unknown');
		expect(idOf(log)).toBe('target-invalid-user');
		// The goodbye alone says less.
		const goodbye = log.split('\n').find((line) => line.includes('[preauth]')) ?? '';
		expect(readTargetLines(goodbye, 'nobody-of-that-name').proof?.says).toBe('user-refused');
	});
	await withSshd({ extra: ['AllowUsers somebody-else'] }, async (sshd) => {
		const log = await logOf(sshd, targetUser);
		expect(log).toContain(`by invalid user ${targetUser}`);
		expect(readTargetLines(log, targetUser).proof?.says).toBe('user-not-allowed');
		expect(idOf(log)).toBe('target-user-not-allowed');
	});
	await withSshd({ authorised: ['user-b'] }, async (sshd) => {
		const log = await logOf(sshd, targetUser);
		expect(readTargetLines(log, targetUser).proof?.says).toBe('user-known');
		expect(idOf(log)).toBe('target-authenticating-user');
	});
});

test("the server's log: key files it does not read, and a key for another address", async () => {
	// A path that has the user in it, as a home has.
	const file = join(directory, targetUser);
	const extra = ['Match all', `AuthorizedKeysFile ${file}`];
	const proofWith = async (text: string, mode: number, strictModes: boolean) => {
		writeFileSync(file, text);
		chmodSync(directory, 0o755);
		chmodSync(file, mode);
		let line = '';
		await withSshd({ strictModes, extra }, async (sshd) => {
			await login(sshd.port);
			await until('the goodbye in the log', () => /\[preauth\]/.test(sshd.log()));
			const log = normalizeError(sshd.log());
			expect(readTargetLines(log, targetUser).proof?.says, log).toBe('key-refused');
			line = readTargetLines(log, targetUser).proof?.line ?? '';
		});
		return line;
	};
	const key = publicKey('user-a');
	expect(await proofWith(key, 0o666, true)).toContain('bad ownership or modes for file');
	expect(await proofWith(`from="192.0.2.1" ${key}`, 0o644, false)).toContain('not from a permitted host');
	// As root alone: everybody else owns the file.
	if (process.getuid?.() === 0)
		expect(await proofWith(key, 0o600, false)).toMatch(/^Could not open .*Permission denied$/);
});

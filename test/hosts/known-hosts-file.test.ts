import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
	appendKnownHost,
	knownHostsLine,
	knownTypes,
	parseKnownKeys,
	readKnownKeys,
	standingOf,
} from '../../source/hosts/known-hosts-file.ts';
import { destinationOf, parseJump, parseOptions } from '../../source/hosts/ssh-destination.ts';
import { keyBlob, publicKey, type TestKey } from '../helpers/keys.ts';

const line = (names: string, key: TestKey, marker = '') =>
	`${marker}${names} ${publicKey(key).split(' ').slice(0, 2).join(' ')}`;
const destination = (hostName: string, port = 22, options: Record<string, string> = {}) =>
	destinationOf({ username: 'ops', host: hostName, port }, new Map(Object.entries(options).map(([k, v]) => [k, [v]])));

function standing(text: string, names: readonly string[], offered: TestKey) {
	return standingOf(parseKnownKeys(text, 'kh', names), keyBlob(offered)).verdict;
}

test.each([
	['the same', line('dc1', 'host-a'), ['dc1'], 'known'],
	['another of the same type', line('dc1', 'host-b'), ['dc1'], 'changed'],
	['of another type only', line('dc1', 'host-ecdsa'), ['dc1'], 'changed'],
	['of another host', line('dc2', 'host-a'), ['dc1'], 'unknown'],
	['one of several names', line('10.0.0.5,dc1', 'host-a'), ['dc1'], 'known'],
	['a pattern', line('*.example,!bad.example', 'host-a'), ['dc1.example'], 'known'],
	['a pattern that leaves it out', line('*.example,!bad.example', 'host-a'), ['bad.example'], 'unknown'],
	['with its port', line('[dc1]:2222', 'host-a'), ['[dc1]:2222', 'dc1'], 'known'],
	['of the plain name, the same', line('dc1', 'host-a'), ['[dc1]:2222', 'dc1'], 'known'],
	['of the plain name, another', line('dc1', 'host-b'), ['[dc1]:2222', 'dc1'], 'unknown'],
	['revoked', `${line('dc1', 'host-a')}\n${line('*', 'host-a', '@revoked ')}`, ['dc1'], 'revoked'],
	['an authority is no host key', line('*', 'host-a', '@cert-authority '), ['dc1'], 'unknown'],
	[
		'a comment, rubbish and a cut key',
		`# ${line('dc1', 'host-a')}\nrubbish\ndc1 ssh-ed25519 AAAA\n`,
		['dc1'],
		'unknown',
	],
	['a type that is not that of the key', `dc1 ssh-rsa ${publicKey('host-a').split(' ')[1]}`, ['dc1'], 'unknown'],
])('a known key %s', (_, text, names, verdict) => {
	expect(standing(text, names, 'host-a')).toBe(verdict);
});

test('a pattern of many stars is answered at once, and a pipe in place of a file is not waited for', async () => {
	const name = `${'a'.repeat(60)}.example`;
	const from = performance.now();
	expect(standing(line(`${'*a'.repeat(40)}*b`, 'host-a'), [name], 'host-a')).toBe('unknown');
	expect(standing(line('*a?.ex*e', 'host-a'), [name], 'host-a')).toBe('known');
	expect(performance.now() - from).toBeLessThan(1000);
	const directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	const pipe = join(directory, 'known_hosts');
	execFileSync('mkfifo', [pipe]);
	const there = destination('db1', 22, { userknownhostsfile: pipe });
	expect(await readKnownKeys(there)).toEqual([]);
	expect(await appendKnownHost(there, keyBlob('host-a'))).toMatch(/ENXIO|no such device/i);
	rmSync(directory, { recursive: true });
});

test('a line of ours, hashed or not, is found again under its name alone', () => {
	const dc1 = destination('DC1.example', 2222);
	for (const isHashed of [true, false]) {
		const text = knownHostsLine(dc1, keyBlob('host-a'), isHashed);
		expect(text.startsWith('|1|')).toBe(isHashed);
		expect(standing(text, ['[dc1.example]:2222'], 'host-a')).toBe('known');
		expect(standing(text, ['[dc2.example]:2222'], 'host-a')).toBe('unknown');
	}
	// Made by ssh-keygen -H of OpenSSH 9.2.
	const theirs = line('|1|pQhHkcdQ9LiNuaNWdAm9W2/b0T0=|XSDQwQ1SFJXWrPCUghqChTatZio=', 'host-a');
	expect(standing(theirs, ['dc1.example'], 'host-a')).toBe('known');
	expect(standing(theirs, ['dc2.example'], 'host-a')).toBe('unknown');
});

test('the server is asked for the types that are known', () => {
	const known = parseKnownKeys(`${line('dc1', 'host-ecdsa')}\n${line('dc1', 'host-a')}`, 'kh', ['dc1']);
	expect(knownTypes(known)).toEqual(['ssh-ed25519', 'ecdsa-sha2-nistp256']);
	expect(knownTypes(parseKnownKeys(line('dc1', 'host-a', '@revoked '), 'kh', ['dc1']))).toBeNull();
});

test('a recorded key goes on a line of its own, into a file only the user can read', async () => {
	const directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	try {
		const file = join(directory, 'ssh', 'known_hosts');
		const dc1 = destination('dc1', 22, { userknownhostsfile: file, globalknownhostsfile: 'none' });
		expect(await appendKnownHost(dc1, keyBlob('host-a'))).toBeNull();
		expect(statSync(file).mode & 0o777).toBe(0o600);
		writeFileSync(file, readFileSync(file, 'utf8').trimEnd());
		expect(await appendKnownHost(dc1, keyBlob('host-b'))).toBeNull();
		expect((await readKnownKeys(dc1)).map(({ place }) => place)).toEqual([`${file}:1`, `${file}:2`]);
		const nowhere = destination('dc1', 22, { userknownhostsfile: `${file}/below` });
		expect(await appendKnownHost(nowhere, keyBlob('host-a'))).toMatch(/ENOTDIR|EEXIST/);
	} finally {
		rmSync(directory, { recursive: true });
	}
});

test('what ssh -G says counts, and without it the usual files', () => {
	const options = parseOptions(
		'user ops\nhostname 10.0.0.5\nport 2222\nidentityfile ~/.ssh/a\nidentityfile /keys/b\nidentitiesonly yes\nidentityagent none\nuserknownhostsfile /home/ops/my hosts /etc/kh\nhashknownhosts yes\nhostkeyalias dc\n',
	);
	expect(destinationOf({ username: null, host: 'dc1', port: null }, options)).toMatchObject({
		alias: 'dc1',
		hostName: '10.0.0.5',
		port: 2222,
		username: 'ops',
		hostKeyAlias: 'dc',
		identityFiles: [expect.stringMatching(/^\/.*\/\.ssh\/a$/), '/keys/b'],
		identitiesOnly: true,
		agent: null,
		knownHosts: ['/home/ops/my hosts', '/etc/kh'],
		hashKnownHosts: true,
	});
	const usual = destination('dc1');
	expect(usual.knownHosts[0]).toMatch(/\/\.ssh\/known_hosts$/);
	expect(usual.identityFiles.at(-1)).toMatch(/id_ed25519$/);
});

test.each([
	['bastion', { username: null, host: 'bastion', port: null }],
	['ops@bastion:2222', { username: 'ops', host: 'bastion', port: 2222 }],
	['ops@corp@bastion', { username: 'ops@corp', host: 'bastion', port: null }],
	['[fd00::1]:22', { username: null, host: 'fd00::1', port: 22 }],
	['fd00::1', { username: null, host: 'fd00::1', port: null }],
	['ssh://ops@bastion:22/', { username: 'ops', host: 'bastion', port: 22 }],
])('ProxyJump %s', (text, jump) => {
	expect(parseJump(text)).toEqual(jump);
});

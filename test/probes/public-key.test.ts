import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { createKeyReader, parsePublicKey, readPublicKey } from '../../source/probes/public-key.ts';
import { fingerprint, keyFile, privateKey, publicKey } from '../helpers/keys.ts';

const directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
afterAll(() => rmSync(directory, { recursive: true }));
const file = (path: string) => readPublicKey({ kind: 'file', path });
const problem = (text: string) => {
	const { evidence } = parsePublicKey(text, 'here');
	return evidence.ok ? null : evidence.problem;
};

test('a public key of every kind is read', async () => {
	for (const name of ['user-a', 'host-rsa', 'host-ecdsa'] as const) {
		const { evidence, key } = await file(keyFile(`${name}.pub`));
		expect(evidence).toMatchObject({ ok: true, fingerprint: fingerprint(name) });
		expect(key?.fingerprint).toBe(fingerprint(name));
	}
});

test('a run reads a key file once for all Safes that share it, and again when it may have been exchanged', async () => {
	const path = join(directory, 'shared.pub');
	copyFileSync(keyFile('user-a.pub'), path);
	const read = createKeyReader();
	const first = await read({ kind: 'file', path });
	copyFileSync(keyFile('user-b.pub'), path);
	expect(await read({ kind: 'file', path })).toBe(first);
	// Another run looks for itself.
	expect((await createKeyReader()({ kind: 'file', path })).key?.fingerprint).toBe(fingerprint('user-b'));
	await setTimeout(1_050);
	expect((await read({ kind: 'file', path })).key?.fingerprint).toBe(fingerprint('user-b'));
});

test('a private key is refused, from a file and from the inventory, and never repeated', async () => {
	const { evidence, key } = await file(keyFile('user-a'));
	expect(evidence).toMatchObject({ ok: false, problem: 'key-is-private' });
	expect(key).toBeNull();
	expect(JSON.stringify(evidence)).not.toContain(privateKey('user-a').split('\n')[1]);
	expect(problem('PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none')).toBe('key-is-private');
});

test('what is missing, unreadable, a directory, a pipe or far too large says so', async () => {
	expect((await file(join(directory, 'none.pub'))).evidence).toMatchObject({ problem: 'key-missing' });
	expect(JSON.stringify(await file(join(directory, '\u001b]0;owned\u0007.pub')))).not.toContain('\\u001b');
	expect((await file(directory)).evidence).toMatchObject({ problem: 'key-invalid' });
	expect((await readPublicKey(null)).evidence).toMatchObject({ problem: 'key-missing' });
	const pipe = join(directory, 'pipe.pub');
	execFileSync('mkfifo', [pipe]);
	expect((await file(pipe)).evidence).toMatchObject({ problem: 'key-invalid' });
	const large = join(directory, 'large.pub');
	writeFileSync(large, 'x'.repeat(100_000));
	expect((await file(large)).evidence).toMatchObject({ problem: 'key-invalid' });
	const closed = join(directory, 'closed.pub');
	writeFileSync(closed, publicKey('user-a'));
	chmodSync(closed, 0);
	// root may read everything.
	if (process.getuid?.() !== 0) expect((await file(closed)).evidence).toMatchObject({ problem: 'key-unreadable' });
});

test('weak, foreign and broken keys each have their own cause', () => {
	expect(problem(publicKey('weak-rsa'))).toBe('key-too-weak');
	expect(problem(publicKey('weak-dsa'))).toBe('key-too-weak');
	expect(problem('ssh-ed25519 AAAAnonsense')).toBe('key-invalid');
	expect(problem('')).toBe('key-invalid');
	expect(problem('\u0000\u0001\u0002')).toBe('key-invalid');
	expect(problem(`ssh-ed25519-cert-v01@openssh.com ${publicKey('user-a').split(' ')[1]}`)).toBe('key-is-certificate');
	expect(problem('sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t')).toBe('key-unsupported');
});

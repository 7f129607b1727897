import { expect, test } from 'vitest';
import { describeHostKey, parseStoredHostKey, sameHostKey, shortKeyType } from '../../source/domain/host-key.ts';
import { fingerprint, keyBlob, publicKey } from '../helpers/keys.ts';

const offered = describeHostKey(keyBlob('host-a'));

const writings: ReadonlyArray<readonly [string, string | null]> = [
	[offered.sha256, null],
	[`${offered.sha256}=`, null],
	[offered.md5, null],
	[offered.md5.replace('MD5:', ''), null],
	[offered.md5.toUpperCase(), null],
	[`ssh-ed25519 ${offered.sha256}`, 'ssh-ed25519'],
	[`256 ${offered.sha256} root@db1 (ED25519)`, 'ssh-ed25519'],
	[`ED25519 ${offered.sha256}`, 'ssh-ed25519'],
	[publicKey('host-a'), 'ssh-ed25519'],
	[`db1.example,10.0.0.5 ${publicKey('host-a')}`, 'ssh-ed25519'],
];

for (const [text, type] of writings) {
	test(`reads ${text.slice(0, 50)}`, () => {
		const stored = parseStoredHostKey(text);
		expect(stored?.type ?? null).toBe(type);
		expect(stored !== null && sameHostKey(stored, offered)).toBe(true);
	});
}

test('what is cut or no key is refused', () => {
	for (const text of [
		'',
		'SHA256:short',
		'ssh-ed25519',
		offered.sha256.slice(0, -1),
		`ssh-rsa ${publicKey('host-a').split(' ')[1]}`,
		'aa:bb:cc',
	]) {
		expect(parseStoredHostKey(text)).toBeNull();
	}
});

test('another key is another key', () => {
	expect(sameHostKey({ type: null, fingerprint: fingerprint('host-b') }, offered)).toBe(false);
});

test('an empty or broken blob does not throw', () => {
	expect(describeHostKey(Buffer.alloc(0)).type).toBe('');
	expect(describeHostKey(Buffer.from([255, 255, 255, 255, 27, 91])).type).not.toContain('\u001b');
});

test('short names are those of ssh-keygen', () => {
	expect(['ssh-ed25519', 'ecdsa-sha2-nistp384', 'ssh-rsa', 'sk-x'].map(shortKeyType)).toEqual([
		'ED25519',
		'ECDSA',
		'RSA',
		'sk-x',
	]);
});

import { expect, test } from 'vitest';
import { describeHostKey } from '../../source/domain/host-key.ts';
import { compareHostKey } from '../../source/runbook/compare-host-key.ts';
import { keyBlob, publicKey } from '../helpers/keys.ts';

const offered = [describeHostKey(keyBlob('host-a'))];
const [key] = offered;
const other = describeHostKey(keyBlob('host-b'));

test.each([
	['bare', key?.sha256],
	['a line of ssh-keygen -l', `256 ${key?.sha256} root@db1 (ED25519)`],
	['MD5', `256 ${key?.md5} root@db1 (ED25519)`],
	['a public key', publicKey('host-a')],
	['a line of known_hosts', `db1.example ${publicKey('host-a')}`],
	['one of several, with Windows line ends', `256 ${other.sha256} a (ED25519)\r\n256 ${key?.sha256} a (ED25519)\r\n`],
])('%s is the key that is offered', (_, pasted) => {
	expect(compareHostKey(pasted ?? '', offered)).toEqual({ outcome: 'same', key });
});

test('another key is another one, and says which', () => {
	expect(compareHostKey(`256 ${other.sha256} root@db1 (ED25519)`, offered)).toEqual({
		outcome: 'other',
		pasted: [other.sha256],
	});
	expect(compareHostKey(key?.sha256 ?? '', [])).toMatchObject({ outcome: 'other' });
});

test.each(['', 'yes', 'SHA256:short', `${key?.sha256.slice(0, -1)}`])('%j holds no fingerprint', (pasted) => {
	expect(compareHostKey(pasted, offered)).toEqual({ outcome: 'none' });
});

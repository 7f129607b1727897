import { expect, test } from 'vitest';
import { createKexinitReader } from '../../source/probes/kexinit.ts';

test('the lists of both sides, without the words that are signals; the same list is kept once', () => {
	const [first, second] = [createKexinitReader(), createKexinitReader()];
	for (const reader of [first, second]) {
		reader.onDebug('Handshake: (local) KEX method: curve25519-sha256,ext-info-c,kex-strict-c-v00@openssh.com');
		reader.onDebug('Handshake: (remote) Host key format: ssh-ed25519,\u001b[31mssh-rsa');
		reader.onDebug('Handshake: no matching Host key format');
	}
	expect(first).toMatchObject({
		ours: { kex: ['curve25519-sha256'] },
		server: { 'host-key': ['ssh-ed25519', 'ssh-rsa'] },
		noCommon: 'Host key format',
	});
	expect(second.server['host-key']).toBe(first.server['host-key']);
});

test('servers that say ever other lists are read as well', () => {
	for (let index = 0; index < 500; index++) {
		const reader = createKexinitReader();
		reader.onDebug(`Handshake: (remote) KEX method: kex-${index},${'x'.repeat(index * 10)}`);
		expect(reader.server.kex?.[0]).toBe(`kex-${index}`);
	}
});

import { expect, test } from 'vitest';
import type { ConnectionEvidence } from '../../source/domain/evidence.ts';
import { describeHostKey } from '../../source/domain/host-key.ts';
import { nextHostKeyType } from '../../source/runbook/next-host-key-type.ts';
import { fingerprint, keyBlob, type TestKey } from '../helpers/keys.ts';

const all = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256'];

/** A connection on which the server proved this key, and named these types. */
const proved = (key: TestKey, types: readonly string[] = all) =>
	({
		outcome: 'open',
		handshake: { hostKey: describeHostKey(keyBlob(key)), hostKeyProven: true, serverAlgorithms: { 'host-key': types } },
	}) as unknown as ConnectionEvidence;
const failed = {
	outcome: 'open',
	handshake: { hostKey: null, hostKeyProven: false, serverAlgorithms: {} },
} as unknown as ConnectionEvidence;
const stored = (key: TestKey, type: 'ssh-rsa' | 'ssh-ed25519' | null = null) => ({
	type,
	fingerprint: fingerprint(key),
});

test('a stored type is asked for at once, anything else takes what is offered first', () => {
	expect(nextHostKeyType(stored('host-rsa', 'ssh-rsa'), [], true)).toBe('ssh-rsa');
	expect(nextHostKeyType(stored('host-rsa'), [], true)).toBe('any');
	expect(nextHostKeyType(null, [], false)).toBe('any');
});

test('on a difference every other type is asked for once, then there is nothing left', () => {
	const rsa = stored('host-rsa');
	expect(nextHostKeyType(rsa, [proved('host-a')], false)).toBe('ecdsa-sha2-nistp256');
	expect(nextHostKeyType(rsa, [proved('host-a'), proved('host-ecdsa')], false)).toBe('ssh-rsa');
	expect(nextHostKeyType(rsa, [proved('host-a'), proved('host-ecdsa'), proved('host-rsa')], false)).toBe('none');
	expect(nextHostKeyType(stored('host-c'), [proved('host-a', ['ssh-ed25519'])], false)).toBe('none');
});

test('a known right key is asked for again only where a question waits for it', () => {
	expect(nextHostKeyType(stored('host-a'), [proved('host-a')], true)).toBe('ssh-ed25519');
	expect(nextHostKeyType(stored('host-a'), [proved('host-a')], false)).toBe('none');
});

test('a stored type that the server lacks, or that differs, needs no further connection', () => {
	expect(nextHostKeyType(stored('host-rsa', 'ssh-rsa'), [proved('host-a', ['ssh-ed25519'])], true)).toBe('none');
	expect(nextHostKeyType(stored('host-c', 'ssh-ed25519'), [proved('host-a')], true)).toBe('none');
});

test('a handshake that failed is not tried again with other types', () => {
	expect(nextHostKeyType(stored('host-a'), [failed], true)).toBe('none');
});

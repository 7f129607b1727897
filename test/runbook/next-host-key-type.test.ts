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

test('where none of the keys seen before is the stored one, the look begins with the type that is given', () => {
	const seen = [describeHostKey(keyBlob('host-a')), describeHostKey(keyBlob('host-rsa'))];
	const first = (key: TestKey, type: string | undefined, before = seen) =>
		nextHostKeyType(stored(key), [], true, [], before, type);
	expect(first('host-c', 'ecdsa-sha2-nistp256')).toBe('ecdsa-sha2-nistp256');
	expect(first('host-c', undefined)).toBe('any');
	// Of a type that cannot be asked for.
	expect(first('host-c', 'ssh-ed448')).toBe('any');
	// The stored key was seen, whatever type would be next.
	expect(first('host-rsa', 'ecdsa-sha2-nistp256')).toBe('ssh-rsa');
	// A stored type says itself what to ask for.
	expect(nextHostKeyType(stored('host-c', 'ssh-ed25519'), [], true, [], seen, 'ssh-rsa')).toBe('ssh-ed25519');
	// Only the first connection is led by it.
	expect(nextHostKeyType(stored('host-c'), [proved('host-a')], true, [], seen, 'ssh-rsa')).toBe('ecdsa-sha2-nistp256');
});

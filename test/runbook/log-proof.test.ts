import { expect, test } from 'vitest';
import type { AuthAnswer } from '../../source/runbook/judgement.ts';
import { findLogProof } from '../../source/runbook/log-proof.ts';

const startedAt = '2026-11-22T08:00:00.000Z';
const time = Date.parse(startedAt);
const answer = {
	auth: { answer: 'refused', username: 'deploy' },
	connection: { startedAt, sourcePort: 40_123 },
} as AuthAnswer;
const says = (text: string, at: number | null = time) =>
	findLogProof([{ text, time: at }], answer, 'the log')?.says ?? null;

test('lines of OpenSSH tell an unknown user from an unknown key', () => {
	expect(says('sshd[7]: Invalid user deploy from 10.0.0.9 port 40123')).toBe('user-unknown');
	expect(says('Connection closed by authenticating user deploy 10.0.0.9 port 40123 [preauth]')).toBe('user-known');
	expect(says('Disconnected from authenticating user deploy 10.0.0.9 port 40123 [preauth]')).toBe('user-known');
	expect(says('Failed publickey for deploy from 10.0.0.9 port 40123 ssh2')).toBe('user-known');
});

test('a user who exists but may not log in is called invalid only in the goodbye, which proves nothing', () => {
	expect(says('Disconnected from invalid user deploy 10.0.0.9 port 40123 [preauth]')).toBeNull();
	expect(says('User deploy from 10.0.0.9 not allowed because not listed in AllowUsers')).toBe('user-not-allowed');
	expect(says('User deploy not allowed because account is locked')).toBe('user-not-allowed');
	// It has no port, so it must at least be of now.
	expect(says('User deploy from 10.0.0.9 not allowed because not listed in AllowUsers', null)).toBeNull();
});

test('a line about another connection proves nothing', () => {
	expect(says('Invalid user deploy from 10.0.0.9 port 40124')).toBeNull();
	expect(says('Invalid user deploy from 10.0.0.9 port 401234')).toBeNull();
	expect(says('Invalid user admin from 10.0.0.9 port 40123')).toBeNull();
	expect(says('Invalid user deploy from 10.0.0.9 port 40123', time - 60_000)).toBeNull();
});

test('an accepted key needs no proof', () => {
	expect(
		findLogProof(
			[{ text: 'Invalid user deploy port 40123', time }],
			{ ...answer, auth: { ...answer.auth, answer: 'accepted' } },
			'x',
		),
	).toBeNull();
});

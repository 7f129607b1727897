import type { AuthEvidence, ConnectionEvidence } from '../../source/domain/evidence.ts';
import type { MeasuredPart, Measurement, MeasurementKey, Writer } from '../../source/domain/measurement.ts';

export const writer: Writer = { program: 'screen', uid: 1000, user: 'anna' };
export const measurementKey: MeasurementKey = { source: 'test', origin: 'host', address: '10.0.0.5', port: 22 };

/** A key exchange as OpenSSH 10 and ssh2 offer it, in size too. */
const algorithms = (side: string) => ({
	kex: ['mlkem768x25519-sha256', 'sntrup761x25519-sha512', 'curve25519-sha256', 'ecdh-sha2-nistp256', side],
	serverHostKey: ['rsa-sha2-512', 'rsa-sha2-256', 'ecdsa-sha2-nistp256', 'ssh-ed25519'],
	cipher: ['chacha20-poly1305@openssh.com', 'aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr'],
});

export const hostKey = (letter = 'a', type = 'ssh-ed25519') => ({
	type,
	sha256: `SHA256:${letter.repeat(43)}`,
	md5: `MD5:${Array.from({ length: 16 }, () => 'ab').join(':')}`,
});

export function connectionEvidence(changes: Partial<ConnectionEvidence> = {}): ConnectionEvidence {
	return {
		startedAt: new Date(0).toISOString(),
		address: measurementKey.address,
		port: measurementKey.port,
		outcome: 'open',
		error: null,
		connectMs: 1.25,
		sourceAddress: '10.0.0.1',
		sourcePort: 40_000,
		handshake: {
			identification: 'SSH-2.0-OpenSSH_10.0p2 Debian-7',
			spoken: null,
			notSsh: null,
			serverAlgorithms: algorithms('server'),
			ourAlgorithms: algorithms('ours'),
			noCommon: null,
			hostKey: hostKey(),
			hostKeyProven: true,
			ended: null,
			error: null,
			durationMs: 12.5,
		},
		answers: [],
		held: { seconds: 1, unfinished: 1 },
		...changes,
	};
}

export function authEvidence(changes: Partial<AuthEvidence> = {}): AuthEvidence {
	return {
		asked: 'public-key',
		username: 'deploy',
		key: hostKey('k').sha256,
		answer: 'accepted',
		methods: null,
		banner: null,
		error: null,
		durationMs: 3,
		...changes,
	};
}

/** One finished part, measured now unless a time is given. */
export function measurement(
	measured: MeasuredPart = { part: 'connections', evidence: [connectionEvidence()] },
	{ at = Date.now(), ...changes }: Partial<Omit<Measurement, 'part' | 'evidence'>> & { readonly at?: number } = {},
): Measurement {
	return {
		...measured,
		key: measurementKey,
		run: 'run-1',
		beganAt: at,
		endedAt: at + 20,
		firstAt: at,
		deadlineMs: 8000,
		writer,
		...changes,
	};
}

import type { ConnectionEvidence } from '../../source/domain/evidence.ts';
import type { HostKeyRowEvidence, PortRowEvidence, SshKeyRowEvidence } from '../../source/domain/row-evidence.ts';

/** A connection that opened and was not spoken on. */
export function plainConnection(address: string): ConnectionEvidence {
	return {
		startedAt: '2026-11-22T08:00:00.000Z',
		address,
		port: 22,
		outcome: 'open',
		error: null,
		connectMs: 1,
		sourceAddress: null,
		sourcePort: null,
		handshake: null,
		answers: [],
		held: null,
	};
}

/** What row 2 keeps of one connection that opened. */
export function portEvidence(address: string): PortRowEvidence {
	return { name: null, connections: [plainConnection(address)], refusal: null, identificationBefore: null };
}

/** What row 4 keeps of a server with this one key. */
export function hostKeyEvidence(sha256: string): HostKeyRowEvidence {
	const offered = [{ type: 'ssh-ed25519', sha256, md5: 'MD5:' }];
	return { stored: null, offered, offeredTypes: ['ssh-ed25519'], notes: [], knownHosts: null, algorithms: null };
}

/** What row 5 keeps of a key before it was asked about. */
export function sshKeyEvidence(fingerprint: string): SshKeyRowEvidence {
	return { publicKey: { ok: true, type: 'ssh-ed25519', bits: null, fingerprint, from: 'key.pub' } };
}

import { createHash } from 'node:crypto';
import type { Safe } from '../../domain/inventory.ts';
import { canonicalAddress } from '../../domain/target.ts';
import type { Origin } from './board.ts';

/**
 * What a Safe as it is goes by among the programs of a host: not by its name, which is another one in another inventory, and stays when
 * the Safe becomes another one. Another target, user, key or stored host key is another Safe.
 *
 * @param keyFingerprint of its public key; null for a password, and where no key can be read.
 * @returns 22 characters that tell nothing of what they stand for.
 */
export function safeIdentity(
	{ host, port, username, hostKey }: Pick<Safe, 'host' | 'port' | 'username' | 'hostKey'>,
	{ source, origin }: Origin,
	keyFingerprint: string | null,
): string {
	const stored = hostKey?.fingerprint ?? null;
	const parts = [source, origin, canonicalAddress(host).toLowerCase(), port, username, keyFingerprint, stored];
	return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);
}

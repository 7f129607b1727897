import type { ConnectionEvidence } from '../../domain/evidence.ts';
import { type CarriedHostKey, type OfferedHostKey, type StoredHostKey, sameHostKey } from '../../domain/host-key.ts';
import { offeredKeys } from '../../runbook/judge-host-key.ts';
import type { KnownOfTarget } from './known-of-target.ts';

/** Each look at a changed host key costs one connection: a type that was never asked for comes first, then that of the oldest look. */
export function leastSeenType({ carriedKeys, unaskedTypes }: KnownOfTarget): string | undefined {
	const [oldest] = carriedKeys.toSorted((a, b) => (a.seenAt < b.seenAt ? -1 : 1));
	return unaskedTypes[0] ?? oldest?.type;
}

/**
 * Keys of types not asked for this time: they stand as long as every key that was asked for is as it was. Never the stored one, which
 * passes only where it was seen.
 */
export function keysThatStand(
	carriedKeys: readonly CarriedHostKey[],
	connections: readonly ConnectionEvidence[],
	stored: StoredHostKey | null,
): CarriedHostKey[] {
	const offered = offeredKeys(connections);
	const isAsItWas = (key: OfferedHostKey) =>
		carriedKeys.every(({ type, sha256 }) => type !== key.type || sha256 === key.sha256);
	if (offered.length === 0 || !offered.every(isAsItWas)) return [];
	const isStored = (key: OfferedHostKey) => stored !== null && sameHostKey(stored, key);
	return carriedKeys.filter((key) => !isStored(key) && !offered.some(({ type }) => type === key.type));
}

import type { KnownHostKey, KnownHostsEvidence } from '../domain/evidence.ts';
import { type OfferedHostKey, type StoredHostKey, sameHostKey, shortKeyType } from '../domain/host-key.ts';
import type { SafeEvidence } from './judgement.ts';

const mostNames = 3;

/** What tells a rebuild from a replaced key, a reused address or an attack, a sentence each. For a key that is not the stored one. */
export function hostKeyNotes(
	evidence: Pick<SafeEvidence, 'safe' | 'trustedKeys' | 'holdersOf'>,
	knownHosts: KnownHostsEvidence | null,
	offered: readonly OfferedHostKey[],
): string[] {
	const known = knownHosts?.keys ?? [];
	return [
		changeNote(evidence.safe.hostKey, keysBefore(evidence, known), offered),
		knownHostsNote(evidence.safe.hostKey, known, offered),
		holdersNote(evidence, offered),
	].filter((note) => note !== null);
}

/** Keys from before the change: known_hosts holds such only where it still has the stored one. */
function keysBefore(
	{ safe: { hostKey }, trustedKeys }: Pick<SafeEvidence, 'safe' | 'trustedKeys'>,
	known: readonly KnownHostKey[],
): OfferedHostKey[] {
	const isOld = hostKey !== null && known.some((key) => sameHostKey(hostKey, key));
	const others = isOld
		? known.filter(({ type, revoked }) => !revoked && !trustedKeys.some((key) => key.type === type))
		: [];
	return [...trustedKeys, ...others];
}

/** Whether every key type that was known before is new, or only some. */
function changeNote(
	stored: StoredHostKey | null,
	before: readonly OfferedHostKey[],
	offered: readonly OfferedHostKey[],
): string | null {
	const types = offered.map(({ type }) => type).filter((type) => before.some((key) => key.type === type));
	const isNew = (type: string) =>
		type === stored?.type ||
		!before.some((key) => key.type === type && offered.some(({ sha256 }) => sha256 === key.sha256));
	const changed = types.filter(isNew).map(shortKeyType);
	const same = types.filter((type) => !isNew(type)).map(shortKeyType);
	if (changed.length > 0 && same.length > 0) {
		return `only ${changed.join(', ')} is new, ${same.join(', ')} is as before: a key was replaced, the machine is the same`;
	}
	return changed.length > 1 ? `all ${changed.length} key types known before are new: a rebuild looks likely` : null;
}

/** What somebody on the connector host accepted for this target. */
function knownHostsNote(
	stored: StoredHostKey | null,
	known: readonly KnownHostKey[],
	offered: readonly OfferedHostKey[],
): string | null {
	const revoked = known.find((key) => key.revoked && offered.some(({ sha256 }) => sha256 === key.sha256));
	if (revoked !== undefined) return `${revoked.place} marks the offered key as revoked`;
	const old = stored === null ? undefined : known.find((key) => sameHostKey(stored, key));
	if (old !== undefined) return `${old.place} still has the stored key`;
	const has = known.find((key) => offered.some(({ sha256 }) => sha256 === key.sha256));
	if (has !== undefined) return `${has.place} has the offered key: somebody on the connector host accepted it`;
	const other = known.find(({ type }) => offered.some((key) => key.type === type));
	return other === undefined ? null : `${other.place} has another ${shortKeyType(other.type)} key for this target`;
}

/** Whose key the new one is. */
function holdersNote(
	{ holdersOf }: Pick<SafeEvidence, 'holdersOf'>,
	offered: readonly OfferedHostKey[],
): string | null {
	const names = [...new Set(offered.flatMap(({ sha256 }) => holdersOf(sha256)))];
	if (names.length === 0) return null;
	const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : '';
	return `the offered key is also that of ${names.slice(0, mostNames).join(', ')}${more}: address reused, or a cloned image`;
}

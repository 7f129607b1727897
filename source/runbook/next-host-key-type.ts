import type { ConnectionEvidence } from '../domain/evidence.ts';
import {
	type HostKeyType,
	hostKeyTypes,
	type OfferedHostKey,
	type StoredHostKey,
	sameHostKey,
} from '../domain/host-key.ts';
import { offeredKeys, offeredTypes } from './judge-host-key.ts';

/**
 * Which host key type to ask a target for next, so that a stored key is neither called changed nor accepted too early. Pure.
 *
 * @param carried keys of other types that need not be asked for again.
 * @param seenBefore what was offered at an earlier time: tells the type of a stored key that was noted without.
 * @param forQuestion a question waits for a connection with the right host key, also where that key is known already.
 * @param nextType which to begin with where none of the keys seen before is the stored one.
 * @returns `any` for whatever the server offers first, `none` when there is nothing left to learn.
 */
export function nextHostKeyType(
	stored: StoredHostKey | null,
	connections: readonly ConnectionEvidence[],
	forQuestion: boolean,
	carried: readonly OfferedHostKey[] = [],
	seenBefore: readonly OfferedHostKey[] = [],
	nextType: string | undefined = undefined,
): HostKeyType | 'any' | 'none' {
	const offered = offeredKeys(connections, carried);
	const matching = stored === null ? offered[0] : offered.find((key) => sameHostKey(stored, key));
	if (matching !== undefined) {
		// A target that shows one key now and another then is not asked again and again.
		const isSteady = !offered.some((key) => key.type === matching.type && key.sha256 !== matching.sha256);
		return forQuestion && isSteady ? (asType(matching.type) ?? 'any') : 'none';
	}
	const types = offeredTypes(connections.flatMap(({ handshake }) => handshake ?? []));
	const asked = (type: string) => offered.some((key) => key.type === type);
	if (stored?.type) {
		const isGone = types.length > 0 && !types.includes(stored.type);
		return asked(stored.type) || isGone ? 'none' : stored.type;
	}
	if (offered.length === 0 && connections.length === 0) {
		const before = stored === null ? undefined : seenBefore.find((key) => sameHostKey(stored, key));
		return asType(before?.type ?? nextType ?? '') ?? 'any';
	}
	if (offered.length === 0 && !connections.some(lacksHostKeyType))
		return connections.some(({ outcome }) => outcome === 'open') ? 'none' : 'any';
	return types.flatMap((type) => (asked(type) ? [] : (asType(type) ?? [])))[0] ?? 'none';
}

/** The server has no key of the type that was asked for: it may well have others. */
export function lacksHostKeyType({ handshake }: ConnectionEvidence): boolean {
	return handshake?.noCommon?.includes('host key') ?? false;
}

function asType(type: string): HostKeyType | undefined {
	return hostKeyTypes.find((known) => known === type);
}

/** Key types that the target had before and has still, but that were not asked for: they tell a rebuild from one new key. */
export function typesToCompare(
	before: readonly OfferedHostKey[],
	connections: readonly ConnectionEvidence[],
	carried: readonly OfferedHostKey[],
): HostKeyType[] {
	const offered = offeredKeys(connections, carried);
	const types = offeredTypes(connections.flatMap(({ handshake }) => handshake ?? []));
	return types.flatMap((type) => {
		const isOpen = before.some((key) => key.type === type) && !offered.some((key) => key.type === type);
		return isOpen ? (asType(type) ?? []) : [];
	});
}

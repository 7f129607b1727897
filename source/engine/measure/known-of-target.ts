import type { NameEvidence } from '../../domain/evidence.ts';
import type { CarriedHostKey, OfferedHostKey } from '../../domain/host-key.ts';
import type { Safe } from '../../domain/inventory.ts';
import { atMainAddress } from '../../runbook/addresses.ts';
import { offeredTypes } from '../../runbook/judge-host-key.ts';
import { factsOf, offeredBefore } from '../session/read.ts';
import type { SessionStore } from '../session/session.ts';
import type { Board, Origin } from '../sharing/board.ts';
import { beganSince } from '../sharing/freshness.ts';
import { keyOf } from '../sharing/measured-parts.ts';
import { carriedMs } from '../sharing/shared-result.ts';
import type { MeasureTargetOptions } from './measure-target.ts';
import { isTrusted } from './prepared-question.ts';

/** What is known of a target before a run. */
export type KnownOfTarget = {
	/** Other addresses of its name that were measured lately. */
	readonly addressesSeen: ReadonlySet<string>;
	/** Lately seen: types that need not be asked for again. */
	readonly carriedKeys: readonly CarriedHostKey[];
	/** All that were ever seen there: they tell the type of a fingerprint that was stored without. */
	readonly knownKeys: readonly OfferedHostKey[];
	/** Types that it has by its own word, of which no key was seen lately. */
	readonly unaskedTypes: readonly string[];
	/** Those it had while the stored one was among them. */
	readonly trustedKeys: readonly OfferedHostKey[];
	/** The target itself was measured lately: where the budget forbids the question, no connection is made for less. */
	readonly isFresh: (safe: Safe) => Promise<boolean>;
};

export const nothingKnown: KnownOfTarget = {
	carriedKeys: [],
	knownKeys: [],
	unaskedTypes: [],
	trustedKeys: [],
	addressesSeen: new Set(),
	isFresh: async () => false,
};

type Options = Pick<MeasureTargetOptions, 'origin' | 'sharing' | 'freshness'>;

/** What this program and the others know of a target before a run: what need not be asked again, and what to begin with. */
export function knownOfTarget(
	session: SessionStore,
	safes: readonly [Safe, ...Safe[]],
	name: NameEvidence | null,
	{ origin, sharing, freshness }: Options,
): Omit<KnownOfTarget, 'isFresh'> {
	const [first] = safes;
	const keysBefore = offeredBefore(session, safes);
	// A fix may write one of them.
	const carriedKeys = freshness.onlyTrusted
		? keysBefore.filter(({ seenBy }) => isTrusted(seenBy, sharing.self))
		: keysBefore;
	return {
		carriedKeys,
		knownKeys: [...carriedKeys, ...keysOnBoard(sharing.board, origin, first, name)],
		unaskedTypes: typesOffered(session, first).filter((type) => !carriedKeys.some((key) => key.type === type)),
		trustedKeys: factsOf(session, first).trustedKeys,
		addressesSeen: addressesSeen(session, first),
	};
}

/** Host key types that the target had when it was last measured, by its own word. */
function typesOffered(session: SessionStore, safe: Safe): readonly string[] {
	const connections = atMainAddress(factsOf(session, safe).target?.connections ?? []);
	return offeredTypes(connections.flatMap(({ handshake }) => handshake ?? []));
}

/** Addresses of the target's name that need not be looked at in the background. */
function addressesSeen(session: SessionStore, safe: Safe): ReadonlySet<string> {
	const connections = factsOf(session, safe).target?.connections ?? [];
	const since = Date.now() - carriedMs;
	const lately = connections.filter(({ startedAt }) => beganSince(Date.parse(startedAt), since));
	return new Set(lately.map(({ address }) => address));
}

/** All host keys that anybody ever saw at these addresses. */
function keysOnBoard(board: Board, origin: Origin, { port }: Safe, name: NameEvidence | null): OfferedHostKey[] {
	return (name?.addresses ?? []).flatMap((address) => {
		const keys = board.at(keyOf(origin, address, port))?.hostKeys.values() ?? [];
		return [...keys].toSorted((a, b) => b.beganAt - a.beganAt).map(({ evidence }) => evidence);
	});
}

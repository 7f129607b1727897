import type { ConnectorResult } from '../../domain/check.ts';
import type { CarriedHostKey } from '../../domain/host-key.ts';
import type { Connector, Safe } from '../../domain/inventory.ts';
import { isTrustedWriter, type Writer } from '../../domain/measurement.ts';
import { atMainAddress } from '../../runbook/addresses.ts';
import { type FixContext, fixContextOf } from '../../runbook/fix-context.ts';
import { beganSince } from '../sharing/freshness.ts';
import { shownConnector } from './conclude-connector.ts';
import { noSafeFacts, type SafeFacts } from './safe-facts.ts';
import type { SessionStore } from './session.ts';

/** Questions to what a session has learned. */

type Facts = Pick<SessionStore, 'facts'>;

export function factsOf({ facts }: Facts, safe: Safe): SafeFacts {
	return facts.safes.get(safe.name) ?? noSafeFacts;
}

export function connectorOf({ facts }: Facts, safe: Safe): Connector {
	return facts.index.connectorOf(safe);
}

/** Row 1 as it is shown, also before it was measured. */
export function connectorResultOf(session: SessionStore, connector: Connector): ConnectorResult {
	return shownConnector(session.facts, session, connector.name);
}

/** What the steps for this Safe fill in. */
export function fixContextFor(session: SessionStore, safe: Safe): FixContext {
	const { target, auth } = factsOf(session, safe);
	const connector = connectorOf(session, safe);
	const row = connectorResultOf(session, connector);
	const acceptedUsernames = acceptedUsernamesFor(session, safe);
	return fixContextOf({ safe, target, auth, connector: row, acceptedUsernames }, connector);
}

/** Names that pass at the same target for other Safes. A sensitive Safe's is not told by another one. */
function acceptedUsernamesFor(session: SessionStore, safe: Safe): readonly string[] {
	const passing = session.facts.index
		.sharing(safe)
		.filter(
			({ name, username, sensitive }) =>
				username !== safe.username &&
				(!sensitive || safe.sensitive) &&
				session.safe(name)?.result.checks.username.verdict === 'pass',
		);
	return [...new Set(passing.map(({ username }) => username))];
}

/** Nothing of the target was reached: trying again costs nothing there. */
export function isOutOfReach(session: Facts, safe: Safe): boolean {
	const { target, refusal } = factsOf(session, safe);
	if (target === null || refusal !== null || target.refusal !== null) return false;
	if (target.name?.error) return true;
	return (
		target.connections.length > 0 &&
		target.connections.every(({ outcome }) => outcome !== 'open' && outcome !== 'reset')
	);
}

/** Nothing of it fails, and nothing is unknown. */
export function passes(session: Pick<SessionStore, 'safe'>, { name }: Safe): boolean {
	const verdict = session.safe(name)?.result.verdict;
	return verdict === 'pass' || verdict === 'untested' || verdict === 'warn';
}

/** Another user than this one or root, whose program measured what is known of a Safe; null where there is none. */
export function strangerBehind(session: Facts, safe: Safe): Writer | null {
	const { target, targetBy, authBy } = factsOf(session, safe);
	const isStranger = (writer: Writer | null) => writer !== null && !isTrustedWriter(writer, session.facts.self);
	const keysBy = target?.carriedKeys.map(({ seenBy }) => seenBy) ?? [];
	return [targetBy, authBy, ...keysBy].find(isStranger) ?? null;
}

/** Addresses a Safe's target is known by, the one that answered first. */
export function addressesOf(session: Facts, safe: Safe): readonly string[] {
	const { target } = factsOf(session, safe);
	const open = target?.connections.filter(({ outcome }) => outcome === 'open').map(({ address }) => address) ?? [];
	return [...new Set([...open, ...(target?.name?.addresses ?? [])])];
}

/** A key of a type that is not asked for in the background is looked at again after so long. */
const carriedMs = 30 * 60_000;

/** All host keys that were lately seen at these Safes' one target, the newest first. */
export function offeredBefore(session: Facts, safes: readonly Safe[]): readonly CarriedHostKey[] {
	const seen = safes
		.flatMap((safe) => seenKeys(factsOf(session, safe)))
		.toSorted((a, b) => (a.seenAt < b.seenAt ? 1 : -1));
	const since = Date.now() - carriedMs;
	const fresh = seen.filter(({ seenAt }) => beganSince(Date.parse(seenAt), since));
	// An older key of a type that was seen anew is history.
	return fresh.filter((key, index) => fresh.findIndex(({ type }) => type === key.type) === index);
}

function seenKeys({ target, targetBy: seenBy }: SafeFacts): CarriedHostKey[] {
	const seen = atMainAddress(target?.connections ?? []).flatMap(({ handshake, startedAt: seenAt }) =>
		handshake?.hostKey && handshake.hostKeyProven ? [{ ...handshake.hostKey, seenAt, seenBy }] : [],
	);
	return [...seen, ...(target?.carriedKeys ?? [])];
}

import type { CheckId } from '../../domain/check.ts';
import type { BudgetRefusal, KeyEvidence, LogProof, TargetEvidence } from '../../domain/evidence.ts';
import { type OfferedHostKey, sameHostKey } from '../../domain/host-key.ts';
import type { Safe } from '../../domain/inventory.ts';
import type { SeenElsewhere, Writer } from '../../domain/measurement.ts';
import { atMainAddress, mainAddress } from '../../runbook/addresses.ts';
import { offeredKeys } from '../../runbook/judge-host-key.ts';
import type { AuthAnswer } from '../../runbook/judgement.ts';
import type { ReportedError } from '../../runbook/session-words.ts';
import type { RowHistory } from '../../runbook/stability.ts';
import type { TargetFact } from './fact.ts';

/** What is known of a Safe: the newest evidence of each kind. */
export type SafeFacts = {
	readonly target: TargetEvidence | null;
	/** Why the last run could not measure the target; `target` is then older. */
	readonly refusal: BudgetRefusal | null;
	readonly key: KeyEvidence | null;
	readonly auth: AuthAnswer | null;
	/** Why the last run could not put the question; `auth` is then older. */
	readonly authRefusal: BudgetRefusal | null;
	readonly proof: LogProof | null;
	/** All host keys the target had when the stored one was last among them. */
	readonly trustedKeys: readonly OfferedHostKey[];
	/** The identification string before the one it has now. */
	readonly identificationBefore: string | null;
	/** The last measurements of its rows. */
	readonly history: RowHistory;
	/** What these were about. */
	readonly historyAbout: string | null;
	/** What the last answered question was about; a change, or null, makes the next one due. */
	readonly askedAbout: string | null;
	/** Rows that agree with our copy since a fix changed it; whether VaultPAM has the same nobody knows. */
	readonly unconfirmed: ReadonlySet<CheckId>;
	/** What a person says the session said. */
	readonly reportedError: ReportedError | null;
	/** The newest look of another program at the target from another network. */
	readonly seenElsewhere: SeenElsewhere | null;
	/** Who measured `target`, and who got the answer in `auth`. */
	readonly targetBy: Writer | null;
	readonly authBy: Writer | null;
};

/** Of a Safe that nothing is known of. */
export const noSafeFacts: SafeFacts = {
	target: null,
	refusal: null,
	key: null,
	auth: null,
	authRefusal: null,
	proof: null,
	trustedKeys: [],
	identificationBefore: null,
	history: {},
	historyAbout: null,
	askedAbout: null,
	unconfirmed: new Set(),
	reportedError: null,
	seenElsewhere: null,
	targetBy: null,
	authBy: null,
};

/** The same of another user or key: what was learned of the target stays. */
export function withoutLogin(known: SafeFacts): SafeFacts {
	return { ...known, key: null, auth: null, authBy: null, authRefusal: null, proof: null, askedAbout: null };
}

/** With what a run brought of it. What that could not measure stays as it was known. */
export function withMeasurement(
	before: SafeFacts,
	{ hostKey }: Safe,
	{ result, proof, about, writer, answeredTo }: Omit<Extract<TargetFact, { kind: 'target measured' }>, 'kind' | 'safe'>,
): SafeFacts {
	// Another user, key or host key is no flip.
	const history = about === before.historyAbout ? before.history : {};
	const { target: measured, auth, authRefusal } = result;
	const isMeasured = measured.connections.length > 0 || Boolean(measured.name?.error);
	const isNew = isMeasured || before.target === null;
	const target = isNew ? withRefusedAddresses(measured, before.target) : before.target;
	const offered = offeredKeys(atMainAddress(measured.connections), measured.carriedKeys);
	const hasStored = hostKey !== null && offered.some((key) => sameHostKey(hostKey, key));
	const known: SafeFacts = {
		...before,
		history,
		historyAbout: about,
		refusal: isMeasured ? null : measured.refusal,
		authRefusal,
		target,
		targetBy: isNew ? writer : before.targetBy,
		identificationBefore: identificationBefore(before, target),
		trustedKeys: hasStored ? offered : before.trustedKeys,
	};
	if (auth !== null) return { ...known, auth, authBy: answeredTo, askedAbout: about, proof };
	return isMeasured ? withOldAnswer(known, measured) : known;
}

/** A target that is measured, but was not asked about the credential: whether the answer from before still stands. */
function withOldAnswer(known: SafeFacts, measured: TargetEvidence): SafeFacts {
	// A target that was away, or has another host key now, may be another machine.
	const isOpen = measured.connections.some(({ outcome }) => outcome === 'open');
	const askedAbout = isOpen ? known.askedAbout : null;
	if (known.auth === null) return { ...known, askedAbout };
	if (isOtherMachine(known.auth, measured))
		return { ...known, auth: null, authBy: null, askedAbout: null, proof: null };
	// The name may lead elsewhere now.
	const isElsewhere = mainAddress(measured.connections) !== known.auth.connection.address;
	return { ...known, askedAbout: isElsewhere ? null : askedAbout };
}

function identificationBefore(before: SafeFacts, target: TargetEvidence): string | null {
	const [then, now] = [identificationOf(before.target), identificationOf(target)];
	return then !== null && now !== null && now !== then ? then : before.identificationBefore;
}

function identificationOf(target: TargetEvidence | null): string | null {
	const heard = target === null ? [] : atMainAddress(target.connections);
	return heard.find(({ handshake }) => handshake?.identification)?.handshake?.identification ?? null;
}

/** What the budget left unmeasured at other addresses stays as it was known. */
function withRefusedAddresses(target: TargetEvidence, before: TargetEvidence | null): TargetEvidence {
	const kept = before?.connections.filter(({ address }) => target.refusedAddresses.includes(address)) ?? [];
	const isMeasured = (address: string) => target.connections.some((connection) => connection.address === address);
	return { ...target, connections: [...target.connections, ...kept.filter(({ address }) => !isMeasured(address))] };
}

/** The address of the answer is none of the target's any more, or its host key of the same type is another one now. */
function isOtherMachine({ connection }: AuthAnswer, { name, connections }: TargetEvidence): boolean {
	const then = connection.handshake?.hostKey;
	// A name that does not resolve just now says nothing.
	const isGone = name !== null && name.error === null && !name.addresses.includes(connection.address);
	const here = isGone
		? atMainAddress(connections)
		: connections.filter(({ address }) => address === connection.address);
	const now = offeredKeys(here).find(({ type }) => type === then?.type);
	return now === undefined ? isGone : now.sha256 !== then?.sha256;
}

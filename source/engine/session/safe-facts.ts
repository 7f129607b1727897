import type { CheckId } from '../../domain/check.ts';
import type { BudgetRefusal, KeyEvidence, LogProof, TargetEvidence } from '../../domain/evidence.ts';
import { type OfferedHostKey, sameHostKey } from '../../domain/host-key.ts';
import type { Safe } from '../../domain/inventory.ts';
import type { ProbeTrigger } from '../../probes/probe-budget.ts';
import { atMainAddress, mainAddress } from '../../runbook/addresses.ts';
import { offeredKeys } from '../../runbook/judge-host-key.ts';
import type { AuthAnswer } from '../../runbook/judgement.ts';
import type { SessionWords } from '../../runbook/session-words.ts';
import type { RowHistory } from '../../runbook/stability.ts';
import type { ClimbResult } from '../climb-target.ts';

/** What the engine remembers of a Safe between measurements: the newest evidence of each kind. */
export type Memory = {
	target: TargetEvidence | null;
	/** Why the last run could not measure the target; `target` is then older. */
	refusal: BudgetRefusal | null;
	key: KeyEvidence | null;
	auth: AuthAnswer | null;
	/** Why the last run could not put the question; `auth` is then older. */
	authRefusal: BudgetRefusal | null;
	proof: LogProof | null;
	/** All host keys the target had when the stored one was last among them. */
	trustedKeys: readonly OfferedHostKey[];
	/** The identification string before the one it has now. */
	identificationBefore: string | null;
	/** The last measurements of its rows. */
	history: RowHistory;
	/** What these were about. */
	historyAbout: string | null;
	/** What the last answered question was about; a change, or null, makes the next one due. */
	askedAbout: string | null;
	/** Rows that agree with our copy since a fix changed it; whether VaultPAM has the same nobody knows. */
	unconfirmed: ReadonlySet<CheckId>;
	/** What a person says the session said. */
	words: SessionWords | null;
};

export function createMemory(): Memory {
	return {
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
		words: null,
	};
}

/** The same of another user or key: what was learned of the target stays. */
export function withoutLogin(memory: Memory): Memory {
	return { ...memory, key: null, auth: null, authRefusal: null, proof: null, askedAbout: null };
}

const passedAgain = 30 * 60_000; // Milliseconds after which an accepted key is asked for again in the background.
const unansweredAgain = 5 * 60_000;

/** Whether the question about a Safe's credential is worth its price now. A key press or a command always is. */
export function isQuestionDue(memory: Memory, trigger: ProbeTrigger, about: string, now: number): boolean {
	if (trigger !== 'background' || memory.auth === null || memory.askedAbout !== about) return true;
	const age = now - Date.parse(memory.auth.connection.startedAt);
	if (memory.auth.auth.answer === 'accepted' || memory.auth.auth.answer === 'open') return age >= passedAgain;
	// A refused key is only asked for again when something changed.
	return memory.auth.auth.answer === 'none' && age >= unansweredAgain;
}

/** All that would change the answer and is known here, in one string. */
export function questionAbout(safe: Safe, key: KeyEvidence | null): string {
	const { username, host, port, hostKey } = safe;
	return JSON.stringify([username, host, port, hostKey?.fingerprint ?? null, key?.ok ? key.fingerprint : null]);
}

/** Takes in what a run brought. What it could not measure stays as it was known. */
export function remember(
	memory: Memory,
	{ hostKey }: Safe,
	{ target, auth, authRefusal }: ClimbResult,
	proof: LogProof | null,
	about: string | null,
): void {
	const isMeasured = target.connections.length > 0 || target.name?.error;
	memory.refusal = isMeasured ? null : target.refusal;
	memory.authRefusal = authRefusal;
	const before = identificationOf(memory.target);
	if (isMeasured || memory.target === null) memory.target = withRefusedAddresses(target, memory.target);
	const now = identificationOf(memory.target);
	if (before !== null && now !== null && now !== before) memory.identificationBefore = before;
	const offered = offeredKeys(atMainAddress(target.connections), target.carriedKeys);
	if (hostKey !== null && offered.some((key) => sameHostKey(hostKey, key))) memory.trustedKeys = offered;
	if (auth !== null) {
		memory.auth = auth;
		memory.askedAbout = about;
		memory.proof = proof;
		return;
	}
	if (!isMeasured) return;
	// A target that was away, or has another host key now, may be another machine.
	if (!target.connections.some(({ outcome }) => outcome === 'open')) memory.askedAbout = null;
	if (memory.auth === null) return;
	// The name may lead elsewhere now.
	if (mainAddress(target.connections) !== memory.auth.connection.address) memory.askedAbout = null;
	if (isOtherMachine(memory.auth, target)) {
		memory.auth = null;
		memory.askedAbout = null;
		memory.proof = null;
	}
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

import type { LogProof, NameEvidence } from '../../domain/evidence.ts';
import { sameHostKey } from '../../domain/host-key.ts';
import type { Safe } from '../../domain/inventory.ts';
import { isTrustedWriter, type Writer } from '../../domain/measurement.ts';
import type { Host } from '../../hosts/host.ts';
import { readKnownHosts } from '../../probes/known-hosts.ts';
import { atMainAddress } from '../../runbook/addresses.ts';
import { offeredKeys } from '../../runbook/judge-host-key.ts';
import type { JumpHost } from '../measure/jump-hosts.ts';
import type { TargetRunResult } from '../measure/run-target.ts';
import type { TargetMeasured } from '../session/fact.ts';
import { factsOf } from '../session/read.ts';
import type { SafeFacts } from '../session/safe-facts.ts';
import type { SessionStore } from '../session/session.ts';
import type { Board, Origin } from './board.ts';
import { isNewer } from './freshness.ts';
import { type SharedResult, sharedResult } from './shared-result.ts';

/** A Safe with what its question would be about. */
export type AskedSafe = {
	readonly safe: Safe;
	/** All that would change the answer, in one string. */
	readonly about: string;
	/** Of its key; null for a password; undefined where nothing can be asked. */
	readonly fingerprint: string | null | undefined;
};

export type LearnSharedOptions = {
	readonly board: Board;
	readonly origin: Origin;
	readonly host: Host;
	readonly session: SessionStore;
	readonly checkTimeoutMs: number;
	readonly signal: AbortSignal;
	readonly readProof: (safe: Safe, result: TargetRunResult) => Promise<LogProof | null>;
	readonly jumpHostOf: (safe: Safe) => Promise<JumpHost>;
	/** Who resolved the target's name; null or left out where it was this program. */
	readonly namedBy?: Writer | null;
	/** Also what leaves the question about the credential open: where it cannot be put now. */
	readonly takesPart?: boolean;
	/** True for what this program has to measure itself before it believes it; left out, nothing is. */
	readonly isDoubted?: ((fact: TargetMeasured) => boolean) | undefined;
};

/**
 * Takes in what the board has of a Safe's target where that is newer than what is known here, as if this program had measured it.
 * Nothing is sent to the target.
 *
 * @returns whether anything was learned.
 */
export async function learnShared(
	{ safe, about, fingerprint }: AskedSafe,
	name: NameEvidence,
	options: LearnSharedOptions,
): Promise<boolean> {
	const { board, origin, session, checkTimeoutMs, signal } = options;
	const shared = sharedResult(board, origin, { safe, name, fingerprint, deadlineMs: checkTimeoutMs });
	if (shared === null) return false;
	const known = factsOf(session, safe);
	const isTargetNewer = known.target === null || isNewer(shared.targetBeganAt, Date.parse(known.target.measuredAt));
	const isAnswerNewer = isNewerAnswer(shared, known);
	if (!isTargetNewer && !isAnswerNewer) return false;
	if (!options.takesPart && isFirstQuestionOpen(shared, safe, fingerprint, known)) return false;
	const auth = isAnswerNewer ? shared.result.auth : null;
	const result: TargetRunResult = {
		target: await completed(shared.result, safe, known, options),
		auth,
		authRefusal: auth === null ? known.authRefusal : null,
	};
	const proof = auth?.auth.answer === 'refused' ? await options.readProof(safe, result) : null;
	if (signal.aborted) return false;
	const { answerWriter: answeredTo } = shared;
	// What was measured at an address that another user told of is no better than that user's word.
	const { namedBy = null } = options;
	const isByName = namedBy !== null && !isTrustedWriter(namedBy, session.facts.self);
	const writer = isByName ? namedBy : shared.targetWriter;
	const fact = { kind: 'target measured', safe, result, proof, about, writer, answeredTo } as const;
	if (options.isDoubted?.(fact)) return false;
	session.learn(fact);
	return true;
}

/**
 * A Safe that nothing is known of is shown with its answer, which follows in a moment or is asked for by this program: without it the Safe
 * would be unknown for a second, and that would be told as a change.
 */
function isFirstQuestionOpen(
	{ result }: SharedResult,
	{ hostKey }: Safe,
	fingerprint: string | null | undefined,
	{ target, auth }: SafeFacts,
): boolean {
	if (fingerprint === undefined || target !== null || auth !== null || result.auth !== null) return false;
	const offered = offeredKeys(atMainAddress(result.target.connections));
	return offered.length > 0 && (hostKey === null || offered.some((key) => sameHostKey(hostKey, key)));
}

function isNewerAnswer({ answerBeganAt }: SharedResult, { auth }: SafeFacts): boolean {
	return answerBeganAt !== null && (auth === null || isNewer(answerBeganAt, Date.parse(auth.connection.startedAt)));
}

/** Files and ways of this user, which no other program can tell of. */
async function completed(
	{ target }: TargetRunResult,
	safe: Safe,
	known: SafeFacts,
	{ host, checkTimeoutMs: timeoutMs, signal, jumpHostOf }: LearnSharedOptions,
): Promise<TargetRunResult['target']> {
	const { hostKey } = safe;
	const offered = offeredKeys(atMainAddress(target.connections), target.carriedKeys);
	if (offered.length === 0) {
		const isReached = target.connections.some(({ outcome }) => outcome === 'open');
		return isReached ? target : { ...target, detour: await jumpHostOf(safe) };
	}
	const isStored = hostKey !== null && offered.some((key) => sameHostKey(hostKey, key));
	if (isStored) return target;
	const knownHosts =
		known.target?.knownHosts ?? (await readKnownHosts(host, safe.host, safe.port, { timeoutMs, signal }));
	return { ...target, knownHosts };
}

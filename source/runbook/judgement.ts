import type { Cause } from '../domain/cause.ts';
import type { CheckId, CheckResult, ConnectorResult } from '../domain/check.ts';
import type {
	AuthEvidence,
	BudgetRefusal,
	ConnectionEvidence,
	KeyEvidence,
	LogProof,
	TargetEvidence,
} from '../domain/evidence.ts';
import type { OfferedHostKey } from '../domain/host-key.ts';
import type { Safe } from '../domain/inventory.ts';
import type { Writer } from '../domain/measurement.ts';
import type { RowEvidence } from '../domain/row-evidence.ts';
import { formatClock } from '../domain/time.ts';
import { emptyYes } from './empty-yes.ts';
import type { ReportedError } from './session-words.ts';

/** All that is known about one Safe when its rows are judged. */
export type SafeEvidence = {
	readonly safe: Safe;
	readonly connector: ConnectorResult;
	/** The last time the target was measured; null when it never was. */
	readonly target: TargetEvidence | null;
	/** Why the last run measured nothing, so that `target` is older. */
	readonly refusal: BudgetRefusal | null;
	/** Why nothing can be measured behind this connector at all. */
	readonly hostUnreachable: string | null;
	/** The public key, with an ssh-key credential. */
	readonly key: KeyEvidence | null;
	/** The last answer to this Safe's own question. */
	readonly auth: AuthAnswer | null;
	/** Why the last run did not put it. */
	readonly authRefusal: BudgetRefusal | null;
	/** A line of the target's log about this question, or about this user where a person pasted one. */
	readonly proof: LogProof | null;
	/** All host keys the target had when the stored one was last among them. */
	readonly trustedKeys: readonly OfferedHostKey[];
	/** The identification string before the one it has now. */
	readonly identificationBefore: string | null;
	/** Other Safes whose target has, or is stored with, a host key: by SHA-256 fingerprint. */
	readonly holdersOf: (fingerprint: string) => readonly string[];
	/** What a person says the session said. */
	readonly reportedError: ReportedError | null;
	readonly measuredFrom: string;
	/** Why that is not where sessions leave from; null where it is. */
	readonly originNote: string | null;
	/** Who measured `target`, and who got `auth`; null for both before anybody did. */
	readonly targetBy: Writer | null;
	readonly authBy: Writer | null;
};

export type AuthAnswer = {
	readonly auth: AuthEvidence;
	readonly connection: ConnectionEvidence;
};

export function isAccepted(auth: AuthAnswer | null): boolean {
	if (auth === null || emptyYes(auth) !== null) return false;
	return auth.auth.answer === 'accepted' || auth.auth.answer === 'open';
}

/** What a judge concludes about a row, without the evidence. */
export type Conclusion = {
	readonly verdict: CheckResult['verdict'];
	readonly cause?: Cause;
	readonly summary: string;
	readonly comparedWith?: string;
	readonly durationMs?: number;
	/** ISO 8601; left out when nothing was measured. */
	readonly measuredAt?: string;
};

/** What a judge concludes about one row, and from what. */
export type Judgement<Id extends CheckId> = Conclusion & { readonly evidence?: RowEvidence[Id] };

/** The rows judged so far; a judge looks there for its prerequisite. */
export type Judged = { -readonly [Id in CheckId]?: Judgement<Id> };

const firstNames: Readonly<Record<CheckId, string>> = {
	connector: 'connector',
	port: 'port',
	username: 'username',
	'host-key': 'host key',
	'ssh-key': 'SSH key',
};

/** The row itself when its prerequisite did not pass, else null. */
export function skipUnlessPassed(prerequisite: CheckId, judged: Judged): Conclusion | null {
	const verdict = judged[prerequisite]?.verdict;
	if (verdict === 'pass' || verdict === 'warn') return null;
	const first = verdict === 'skip' ? firstSkippedFor(judged) : firstNames[prerequisite];
	return { verdict: 'skip', summary: `not tried: ${first} first` };
}

/** Names the row at the bottom of a chain of skipped ones: the connector only stands there when row 2 was not tried either. */
function firstSkippedFor(judged: Judged): string {
	return judged.port?.verdict === 'skip' ? firstNames.connector : firstNames.port;
}

/** `2 ms`, `1.4 s` */
export function formatDuration(ms: number): string {
	return ms < 1000 ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** `not asked yet: probe budget, free at 02:07:15`. */
export function refusalSummary(refusal: BudgetRefusal): string {
	if (refusal.freeAt === null) return `not asked: ${refusal.detail}`;
	return `not asked yet: probe budget, free at ${formatClock(Date.parse(refusal.freeAt))}`;
}

/** `…, as of 18:05:45; not asked again: probe budget, free at 18:15:46`: an older result is never shown as a new one. */
export function asOf(summary: string, measuredAt: string, refusal: BudgetRefusal): string {
	const again =
		refusal.freeAt === null ? refusal.detail : `probe budget, free at ${formatClock(Date.parse(refusal.freeAt))}`;
	return `${summary}, as of ${formatClock(Date.parse(measuredAt))}; not asked again: ${again}`;
}

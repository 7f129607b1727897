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
import { describeWriter, type SeenElsewhere, type Writer } from '../domain/measurement.ts';
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
	/** Who judges: what others measured is told as theirs. */
	readonly self: Writer;
	/** What another program found from another network than probes of this one leave from; null where nobody did. */
	readonly seenElsewhere?: SeenElsewhere | null;
	/** The target was not measured for three sweeps, since it may not be now or nobody does: what is known of it says nothing any more. */
	readonly isTargetStale: boolean;
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

/** Whose evidence it is and why there is no newer one. */
export type Provenance = {
	/** ISO 8601. */
	readonly measuredAt: string;
	readonly writer: Writer | null;
	readonly refusal: BudgetRefusal | null;
};

/**
 * `; 16:11:28 by exporter` where another program measured, `; as of 16:11:28, free again at 16:21:40` where the budget forbids a newer
 * look, or both in one; empty for what this program measured just now.
 */
export function provenancePhrase({ measuredAt, writer, refusal }: Provenance, self: Writer): string {
	const at = formatClock(Date.parse(measuredAt));
	const who = writer === null || writer === self ? '' : ` by ${describeWriter(writer, self.uid)}`;
	if (refusal === null) return who === '' ? '' : `; ${at}${who}`;
	const next = refusal.freeAt === null ? refusal.detail : `free again at ${formatClock(Date.parse(refusal.freeAt))}`;
	return `; as of ${at}${who}, ${next}`;
}

/** A summary without whose evidence it is: what changed is the same for all who tell of it. */
export function withoutProvenance(summary: string): string {
	return summary.replace(/; (?:as of )?\d\d:\d\d:\d\d(?: by [^;,]+)?(?:, [^;]+)?(?=;|$)/g, '');
}

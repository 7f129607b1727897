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
import type { Safe } from '../domain/inventory.ts';
import { formatClock } from '../domain/time.ts';

/** All that is known about one Safe when its rows are judged. */
export type SafeEvidence = {
	readonly safe: Safe;
	readonly connector: ConnectorResult;
	/** Null when nothing was sent: the connector's host is out of reach, or nothing was measured yet. */
	readonly target: TargetEvidence | null;
	/** The public key, with an ssh-key credential. */
	readonly key: KeyEvidence | null;
	/** The answer to this Safe's own question. */
	readonly auth: AuthAnswer | null;
	/** Why the question was not put. */
	readonly authRefusal: BudgetRefusal | null;
	/** A line of the target's log about this question. */
	readonly proof: LogProof | null;
	readonly measuredFrom: string;
};

export type AuthAnswer = {
	readonly auth: AuthEvidence;
	readonly connection: ConnectionEvidence;
};

/** What a judge concludes about one row. */
export type Judgement = {
	readonly verdict: CheckResult['verdict'];
	readonly cause?: Cause;
	readonly summary: string;
	readonly comparedWith?: string;
	readonly durationMs?: number;
	/** ISO 8601; left out when nothing was measured. */
	readonly measuredAt?: string;
	readonly evidence?: Readonly<Record<string, unknown>>;
};

/** The rows judged so far; a judge looks there for its prerequisite. */
export type Judged = Partial<Record<CheckId, Judgement>>;

const firstNames: Readonly<Record<CheckId, string>> = {
	connector: 'connector',
	port: 'port',
	username: 'username',
	'host-key': 'host key',
	'ssh-key': 'SSH key',
};

/** The row itself when its prerequisite did not pass, else null. */
export function skipUnlessPassed(prerequisite: CheckId, judged: Judged): Judgement | null {
	const verdict = judged[prerequisite]?.verdict;
	if (verdict === 'pass' || verdict === 'warn') return null;
	const first = verdict === 'skip' ? firstSkippedFor(judged) : firstNames[prerequisite];
	return { verdict: 'skip', summary: `not tried: ${first} first` };
}

/** Names the row at the bottom of a chain of skipped ones. */
function firstSkippedFor(judged: Judged): string {
	const chain: readonly CheckId[] = ['connector', 'port', 'host-key'];
	const failed = chain.find(
		(id) => judged[id] !== undefined && !['pass', 'warn', 'skip', 'untested'].includes(judged[id].verdict),
	);
	return firstNames[failed ?? 'port'];
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

import { isDeepStrictEqual } from 'node:util';
import { type ConnectorResult, unmeasuredRow } from '../../domain/check.ts';
import type { ConnectorEvidence } from '../../domain/connector-evidence.ts';
import type { Writer } from '../../domain/measurement.ts';
import type { RowHistory } from '../../runbook/stability.ts';

/** What is known of a connector: the newest look at it. */
export type ConnectorFacts = {
	readonly evidence: ConnectorEvidence;
	readonly measuredFrom: string;
	readonly writer: Writer | null;
	/** The last measurements of row 1. */
	readonly history: RowHistory;
	/** performance.now() of the last look that was shown. */
	readonly shownAt: number;
};

export function unmeasuredConnector(name: string, measuredFrom: string): ConnectorResult {
	return { name, status: 'unknown', check: unmeasuredRow('connector', measuredFrom) };
}

export function isDown(result: ConnectorResult | undefined): boolean {
	return result?.status === 'offline' || result?.status === 'needs-recovery';
}

/** Whether a look found all as the one before did, but for when, by whom and how long it took. */
export function isAsBefore(before: ConnectorResult | undefined, now: ConnectorResult): boolean {
	const what = ({ status, check }: ConnectorResult) => {
		const { measuredAt: _, durationMs: __, measuredBy: ___, ...rest } = check;
		return { status, rest };
	};
	return before !== undefined && isDeepStrictEqual(what(before), what(now));
}

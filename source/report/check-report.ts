import type { ConnectorResult, Group, SafeResult } from '../domain/check.ts';
import type { Coverage } from '../domain/coverage.ts';
import { describeWriter } from '../domain/measurement.ts';
import type { ConnectorRowEvidence } from '../domain/row-evidence.ts';
import { type OverallVerdict, verdictsWorstFirst } from '../domain/verdict.ts';
import { groupFailures } from '../runbook/group.ts';
import type { SafeJson } from './row-json.ts';

/** Counts of Safes by verdict. */
export type Summary = { readonly safes: number } & Readonly<Record<OverallVerdict, number>>;

/** The JSON contract of `vpmon check --json`: fields are added, never changed or removed, within a schemaVersion. */
export type CheckReport = CheckReportOf<SafeJson>;

/** The same before it becomes JSON. */
export type CheckFindings = CheckReportOf<SafeResult>;

type CheckReportOf<Safe> = {
	readonly schemaVersion: 1;
	/** ISO 8601. */
	readonly generatedAt: string;
	readonly measuredFrom: string;
	readonly summary: Summary;
	readonly connectors: ReadonlyArray<{
		readonly name: string;
		readonly status: ConnectorResult['status'];
		readonly verdict: ConnectorResult['check']['verdict'];
		readonly summary: string;
		/** ISO 8601; null when nobody looked. */
		readonly measuredAt: string | null;
		/** The program that looked, with its user where that is another one; null when nobody did. */
		readonly measuredBy: string | null;
		/** Without fields where nothing came back. */
		readonly evidence: ConnectorRowEvidence | Record<string, never>;
	}>;
	readonly groups: readonly Group[];
	readonly safes: readonly Safe[];
	/** VaultPAM's Safes beside the inventory's; only where they were asked for. */
	readonly coverage?: Coverage;
};

/** @param ownUid of whoever reads it. */
export function buildCheckFindings(
	safes: readonly SafeResult[],
	connectors: readonly ConnectorResult[],
	measuredFrom: string,
	now: Date,
	coverage: Coverage | null = null,
	ownUid = -1,
): CheckFindings {
	return {
		schemaVersion: 1,
		generatedAt: now.toISOString(),
		measuredFrom,
		summary: summariseSafes(safes),
		connectors: connectors.map(({ name, status, check }) => ({
			name,
			status,
			verdict: check.verdict,
			summary: check.summary,
			measuredAt: check.measuredAt,
			measuredBy: describeWriter(check.measuredBy, ownUid),
			evidence: check.evidence ?? {},
		})),
		groups: groupFailures(safes),
		...(coverage === null ? {} : { coverage }),
		safes,
	};
}

export function summariseSafes(safes: readonly SafeResult[]): Summary {
	const counts = { pass: 0, warn: 0, fail: 0, unknown: 0, untested: 0 };
	for (const { verdict } of safes) counts[verdict]++;
	return { safes: safes.length, ...counts };
}

/** 0 nothing fails, 1 something fails, 3 nothing fails but something is unknown; with strict also when untested. */
export function exitCodeOf(
	{ summary, connectors }: Pick<CheckFindings, 'summary' | 'connectors'>,
	strict: boolean,
): 0 | 1 | 3 {
	const verdicts = connectors.map(({ verdict }) => verdict);
	if (summary.fail > 0 || verdicts.includes('fail')) return 1;
	if (summary.unknown > 0 || verdicts.includes('unknown')) return 3;
	return strict && (summary.untested > 0 || verdicts.includes('untested')) ? 3 : 0;
}

/** `1 Safe`, `9 Safes` */
export function countSafes(count: number): string {
	return `${count} ${count === 1 ? 'Safe' : 'Safes'}`;
}

/** `1 fail, 2 unknown, 5 pass`, worst first, nothing that is zero. */
export function formatSummary(summary: Summary): string {
	const parts = verdictsWorstFirst.flatMap((verdict) =>
		summary[verdict] > 0 ? [`${summary[verdict]} ${verdict}`] : [],
	);
	return parts.join(', ') || 'no Safes';
}

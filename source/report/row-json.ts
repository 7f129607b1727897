import { type CheckId, type CheckResultOf, rowsOf, type SafeResult } from '../domain/check.ts';
import { describeWriter } from '../domain/measurement.ts';
import type { RowEvidence } from '../domain/row-evidence.ts';
import { caveatsOf } from '../runbook/not-visible.ts';

/** A row in the JSON of `vpmon check` and of the report. */
export type RowJson = Omit<CheckResultOf<CheckId>, 'measuredBy' | 'evidence'> & {
	/** The program that measured, with its user where that is another one; null when never measured. */
	readonly measuredBy: string | null;
	/** Without fields where nothing came back. */
	readonly evidence: RowEvidence[CheckId] | Record<string, never>;
};

/** A Safe there: its rows are a list in the runbook's order. */
export type SafeJson = Omit<SafeResult, 'checks'> & {
	readonly checks: readonly RowJson[];
	/** What the rows do not prove, in sentences. */
	readonly caveats: readonly string[];
};

/** @param ownUid of whoever reads it. */
export function rowJson(row: CheckResultOf<CheckId>, ownUid: number): RowJson {
	return { ...row, measuredBy: describeWriter(row.measuredBy, ownUid), evidence: row.evidence ?? {} };
}

/** @param ownUid of whoever reads it. */
export function safeJson(safe: SafeResult, ownUid: number): SafeJson {
	return { ...safe, checks: rowsOf(safe).map((row) => rowJson(row, ownUid)), caveats: caveatsOf(safe) };
}

import type { CheckId, CheckResult, CheckResultOf } from '../domain/check.ts';

/** The last measurements of the rows, oldest first. */
export type RowHistory = Readonly<Partial<Record<CheckId, readonly Measurement[]>>>;

type Measurement = { readonly at: string; readonly failed: boolean };

const remembered = 5;
const unstableFlips = 2;

/** Adds what rows newly measured, the same where they have nothing new; what could not be measured is neither a pass nor a failure. Pure. */
export function recordRows(history: RowHistory, rows: readonly CheckResult[]): RowHistory {
	let next = history;
	for (const { id, verdict, measuredAt } of rows) {
		if (measuredAt === null || !['pass', 'warn', 'fail'].includes(verdict)) continue;
		const before = next[id] ?? [];
		if (before.at(-1)?.at === measuredAt) continue;
		const failed = verdict === 'fail';
		next = { ...next, [id]: [...before, { at: measuredAt, failed }].slice(-remembered) };
	}
	return next;
}

/**
 * A row that passes now but went back and forth lately is a warning: the next session may meet the other state. A row that fails
 * now still fails, and says that it comes and goes. Pure.
 */
export function markUnstable<Id extends CheckId>(history: RowHistory, row: CheckResultOf<Id>): CheckResultOf<Id> {
	const lately = history[row.id] ?? [];
	const flips = lately.filter(({ failed }, index) => index > 0 && failed !== lately[index - 1]?.failed).length;
	if (flips < unstableFlips || !['pass', 'warn', 'fail'].includes(row.verdict)) return row;
	const words = `unstable: ${lately.filter(({ failed }) => failed).length} of the last ${lately.length} failed`;
	const verdict = row.verdict === 'pass' ? 'warn' : row.verdict;
	return { ...row, verdict, summary: `${row.summary}; ${words}` };
}

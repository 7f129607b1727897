import { type CheckId, mapChecks, type SafeResult } from '../../domain/check.ts';
import type { Safe } from '../../domain/inventory.ts';
import { summarise } from '../../runbook/judge-safe.ts';

/** What is said of a Safe beyond what was judged from its evidence. */

/** Only a session shows whether VaultPAM has what our copy has. */
export function tellUnconfirmed(result: SafeResult, unconfirmed: ReadonlySet<CheckId>): SafeResult {
	if (unconfirmed.size === 0) return result;
	const checks = mapChecks(result.checks, (row) =>
		unconfirmed.has(row.id) && row.verdict === 'pass'
			? { ...row, summary: `${row.summary}; agrees with our copy, VaultPAM not confirmed` }
			: row,
	);
	return { ...result, checks };
}

/** Rows that were not asked for do not count; null is all five. */
export function leaveOut(safe: Safe, result: SafeResult, only: ReadonlySet<CheckId> | null): SafeResult {
	if (only === null) return result;
	const checks = mapChecks(result.checks, (row) =>
		only.has(row.id) ? row : { ...row, verdict: 'skip', cause: null, summary: 'left out', action: null },
	);
	return { ...result, ...summarise(safe, checks) };
}

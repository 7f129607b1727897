import { type CheckResult, rowsOf, type SafeResult } from '../../source/domain/check.ts';
import type { Engine } from '../../source/engine/engine.ts';

/** What rows 2 to 5 say. */
export function targetVerdicts(result: SafeResult | undefined): Array<CheckResult['verdict']> | undefined {
	return result === undefined
		? undefined
		: rowsOf(result)
				.slice(1)
				.map(({ verdict }) => verdict);
}

/** When each row was measured. */
export function measuredAt(result: SafeResult | undefined): Array<string | null> | undefined {
	return result === undefined ? undefined : rowsOf(result).map((row) => row.measuredAt);
}

/** The rows of a Safe; none where there is no such Safe. */
export function rowsIn({ session }: Engine, name: string): readonly CheckResult[] {
	const state = session.safe(name);
	return state === undefined ? [] : rowsOf(state.result);
}

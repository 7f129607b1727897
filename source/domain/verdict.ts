/**
 * What a check row says. `running` is only ever shown while a probe is under way; a settled row has one of the others.
 *
 * - `pass`, `warn`, `fail`: measured.
 * - `skip`: a named prerequisite failed, or the row was left out.
 * - `unknown`: could not be measured, with the reason. Never shown as pass or fail.
 * - `untested`: open as far as can be seen from here (a password credential, a connector nobody here can ask).
 */
export type Verdict = 'pass' | 'warn' | 'fail' | 'skip' | 'unknown' | 'untested' | 'running';

/** From worst to best; what is not listed (`skip`, `running`) does not count towards a Safe's verdict. */
export const verdictsWorstFirst = ['fail', 'unknown', 'warn', 'untested', 'pass'] as const;

/** The verdict of a Safe or a connector: one that counts. */
export type OverallVerdict = (typeof verdictsWorstFirst)[number];

/** The worst verdict of the rows; `unknown` when no row says anything. */
export function worstVerdict(verdicts: readonly Verdict[]): OverallVerdict {
	return verdictsWorstFirst.find((verdict) => verdicts.includes(verdict)) ?? 'unknown';
}

import { type CheckResult, rowsOf } from '../domain/check.ts';
import { formatClock } from '../domain/time.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { SafeState } from '../engine/session/session.ts';
import { isUnmeasured } from './safe-book.ts';
import { paint, type Theme } from './theme.ts';

/**
 * Which sign a line has. A verdict keeps its sign while it is measured again: otherwise a line that fails would mostly look as if
 * nobody knew. Only what was never measured has the sign of that.
 */
export function signOfRow(row: CheckResult): Verdict {
	const isNew = row.verdict === 'unknown' && row.measuredAt === null && row.summary === 'not measured yet';
	return isNew ? 'running' : row.verdict;
}

export function signOfSafe({ result }: SafeState): Verdict {
	return isUnmeasured(result) ? 'running' : result.verdict;
}

/** In the last column of a line whose verdict is being measured again. */
export const againGlyph = '↻';

/** One column, whether it is measured or not, so that nothing moves. */
export function againMark(theme: Theme, isRunning: boolean): string {
	return isRunning ? paint(theme, 'dim', againGlyph) : ' ';
}

/** `measuring 3 s`; the first second says nothing of how long. */
export function measuringText({ running }: SafeState, now: number): string {
	if (running === null) return '';
	const { waitingUntil, since } = running;
	if (waitingUntil !== null && waitingUntil > now)
		return `waits for the probe budget until ${formatClock(waitingUntil)}`;
	const seconds = Math.floor((now - since) / 1000);
	return seconds < 1 ? 'measuring' : `measuring for ${seconds} s`;
}

/** For the end of a title, beside the verdicts: empty while nothing is measured again, or not yet for long. */
export function activityOf(state: SafeState, now: number): string {
	const isAgain = rowsOf(state.result).some(
		(row) => state.running?.checks.includes(row.id) && signOfRow(row) !== 'running',
	);
	const text = isAgain ? measuringText(state, now) : '';
	return text === 'measuring' ? '' : text;
}

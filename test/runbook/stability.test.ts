import { expect, test } from 'vitest';
import type { CheckResult, CheckResultOf } from '../../source/domain/check.ts';
import { unmeasuredRow } from '../../source/domain/check.ts';
import { markUnstable, type RowHistory, recordRows } from '../../source/runbook/stability.ts';

const rowAt = (minute: number, verdict: CheckResult['verdict']): CheckResultOf<'port'> => ({
	...unmeasuredRow('port', 'here'),
	verdict,
	summary: verdict === 'fail' ? 'refused' : 'open in 2 ms',
	measuredAt: `2026-11-22T08:0${minute}:00.000Z`,
});

/** What the last of these measurements shows. */
function after(...verdicts: Array<CheckResult['verdict']>): CheckResult {
	let history: RowHistory = {};
	for (const [minute, verdict] of verdicts.entries()) history = recordRows(history, [rowAt(minute, verdict)]);
	return markUnstable(history, rowAt(verdicts.length - 1, verdicts.at(-1) ?? 'unknown'));
}

test('one change is news, two in the last five are unstable', () => {
	expect(after('pass', 'pass', 'fail')).toMatchObject({ verdict: 'fail', summary: 'refused' });
	expect(after('fail', 'pass')).toMatchObject({ verdict: 'pass', summary: 'open in 2 ms' });
	expect(after('pass', 'fail', 'pass')).toMatchObject({
		verdict: 'warn',
		summary: 'open in 2 ms; unstable: 1 of the last 3 failed',
	});
});

test('what fails now still fails, and says that it comes and goes', () => {
	expect(after('fail', 'pass', 'fail')).toMatchObject({
		verdict: 'fail',
		summary: 'refused; unstable: 2 of the last 3 failed',
	});
});

test('only the last five count', () => {
	expect(after('pass', 'fail', 'pass', 'pass', 'pass').verdict).toBe('warn');
	expect(after('pass', 'fail', 'pass', 'pass', 'pass', 'pass').verdict).toBe('pass');
});

test('what could not be measured is no flip', () => {
	expect(after('pass', 'unknown', 'pass', 'skip', 'pass').verdict).toBe('pass');
});

test('a measurement counts once, however often it is judged', () => {
	let history = recordRows({}, [rowAt(0, 'pass')]);
	for (let index = 0; index < 3; index++) history = recordRows(history, [rowAt(0, 'fail'), rowAt(0, 'pass')]);
	expect(markUnstable(history, rowAt(0, 'pass')).verdict).toBe('pass');
});

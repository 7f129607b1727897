import { expect, test } from 'vitest';
import { type CheckReport, exitCodeOf, formatSummary, summariseSafes } from '../../source/report/check-report.ts';

const summary = (part: object) => ({ ...summariseSafes([]), ...part });
const code = (part: object, strict: boolean, connectors: CheckReport['connectors'] = []) =>
	exitCodeOf({ summary: summary(part), connectors }, strict);

test('exit codes: 1 for a failure, 3 for what is unknown, with strict also for what is untested', () => {
	expect(code({ fail: 1, unknown: 2 }, false)).toBe(1);
	expect(code({ unknown: 1, pass: 2 }, false)).toBe(3);
	expect(code({ untested: 1, pass: 2 }, false)).toBe(0);
	expect(code({ untested: 1, pass: 2 }, true)).toBe(3);
	expect(code({ pass: 2, warn: 1 }, true)).toBe(0);
});

test('a connector that fails counts, also one without Safes', () => {
	const measured = { measuredAt: null, measuredBy: null };
	const connector = {
		name: 'dc1',
		status: 'offline',
		verdict: 'fail',
		summary: '',
		evidence: {},
		...measured,
	} as const;
	expect(code({}, false, [connector])).toBe(1);
	expect(code({}, false, [{ ...connector, verdict: 'unknown' }])).toBe(3);
	expect(code({}, false, [{ ...connector, verdict: 'untested' }])).toBe(0);
});

test('the summary names what there is, worst first', () => {
	expect(formatSummary(summary({ safes: 6, pass: 3, fail: 2, unknown: 1 }))).toBe('2 fail, 1 unknown, 3 pass');
	expect(formatSummary(summary({}))).toBe('no Safes');
});

import { expect, test } from 'vitest';
import { exitCodeOf, formatSummary, summariseSafes } from '../../source/report/check-report.ts';

const summary = (part: object) => ({ ...summariseSafes([]), ...part });

test('exit codes: 1 for a failure, 3 for what is unknown, with strict also for what is untested', () => {
	expect(exitCodeOf(summary({ fail: 1, unknown: 2 }), false)).toBe(1);
	expect(exitCodeOf(summary({ unknown: 1, pass: 2 }), false)).toBe(3);
	expect(exitCodeOf(summary({ untested: 1, pass: 2 }), false)).toBe(0);
	expect(exitCodeOf(summary({ untested: 1, pass: 2 }), true)).toBe(3);
	expect(exitCodeOf(summary({ pass: 2, warn: 1 }), true)).toBe(0);
});

test('the summary names what there is, worst first', () => {
	expect(formatSummary(summary({ safes: 6, pass: 3, fail: 2, unknown: 1 }))).toBe('2 fail, 1 unknown, 3 pass');
	expect(formatSummary(summary({}))).toBe('no Safes');
});

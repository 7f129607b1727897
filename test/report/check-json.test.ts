import { expect, test } from 'vitest';
import { unmeasuredRow } from '../../source/domain/check.ts';
import { formatCheckJson } from '../../source/report/check-json.ts';
import { buildCheckReport } from '../../source/report/check-report.ts';

const safe = (name: string) => ({
	name,
	connector: 'dc1',
	username: 'deploy',
	target: 'db1.example:22',
	verdict: 'unknown' as const,
	cause: null,
	headline: 'Two\nlines, a "quote" and an é',
	checks: [unmeasuredRow('port', 'here')],
});

test('the pieces are the JSON of the whole, whatever stands in it', () => {
	for (const names of [[], ['one'], ['one', 'two', 'three']]) {
		const report = buildCheckReport(names.map(safe), [], 'here', new Date());
		const pieces = [...formatCheckJson(report)];
		expect(pieces.join('')).toBe(`${JSON.stringify(report, null, 2)}\n`);
		expect(pieces.length).toBeGreaterThan(names.length);
	}
});

import { expect, test } from 'vitest';
import { makeChecks, rowsOf, unmeasuredRow } from '../../source/domain/check.ts';
import { formatCheckJson } from '../../source/report/check-json.ts';
import { buildCheckFindings } from '../../source/report/check-report.ts';

const anna = { program: 'exporter', uid: 1001, user: 'anna' } as const;

const safe = (name: string) => ({
	name,
	connector: 'dc1',
	username: 'deploy',
	target: 'db1.example:22',
	verdict: 'unknown' as const,
	cause: null,
	headline: 'Two\nlines, a "quote" and an é',
	checks: makeChecks((id) => ({ ...unmeasuredRow(id, 'here'), measuredBy: anna })),
});

test('the pieces are the JSON of the whole, whatever stands in it', () => {
	for (const names of [[], ['one'], ['one', 'two', 'three']]) {
		const report = buildCheckFindings(names.map(safe), [], 'here', new Date());
		const asJson = {
			...report,
			safes: report.safes.map((one) => ({
				...one,
				checks: rowsOf(one).map((row) => ({ ...row, measuredBy: 'exporter of anna', evidence: {} })),
				caveats: [],
			})),
		};
		const pieces = [...formatCheckJson(report, 1000)];
		expect(pieces.join('')).toBe(`${JSON.stringify(asJson, null, 2)}\n`);
		expect(pieces.length).toBeGreaterThan(names.length);
	}
});

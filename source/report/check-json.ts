import type { CheckReport } from './check-report.ts';

/**
 * The report as JSON, the same text as `JSON.stringify(report, null, 2)` and a line end, in pieces of a Safe each: the whole of a
 * thousand Safes in one string would take more memory than measuring them did.
 */
export function* formatCheckJson({ safes, ...rest }: CheckReport): Generator<string> {
	const head = JSON.stringify(rest, null, 2);
	yield `${head.slice(0, -'\n}'.length)},\n  "safes": [`;
	for (const [index, safe] of safes.entries()) {
		// JSON has no line ends but its own.
		const lines = JSON.stringify(safe, null, 2).replaceAll('\n', '\n    ');
		yield `${index === 0 ? '' : ','}\n    ${lines}`;
	}
	yield safes.length === 0 ? ']\n}\n' : '\n  ]\n}\n';
}

import type { CheckFindings } from './check-report.ts';
import { mapTexts } from './map-texts.ts';
import { safeJson } from './row-json.ts';

/**
 * The findings as JSON (`CheckReport`), the same text as `JSON.stringify(report, null, 2)` and a line end, in pieces of a Safe each: the whole of a
 * thousand Safes in one string would take more memory than measuring them did.
 *
 * @param ownUid of whoever reads it.
 * @param change what to make of each text: names hidden.
 */
export function* formatCheckJson(
	{ safes, ...rest }: CheckFindings,
	ownUid: number,
	change?: (text: string) => string,
): Generator<string> {
	const shown = <Value>(value: Value) => (change === undefined ? value : mapTexts(value, change));
	const head = JSON.stringify(shown(rest), null, 2);
	yield `${head.slice(0, -'\n}'.length)},\n  "safes": [`;
	for (const [index, safe] of safes.entries()) {
		// JSON has no line ends but its own.
		const lines = JSON.stringify(shown(safeJson(safe, ownUid)), null, 2).replaceAll('\n', '\n    ');
		yield `${index === 0 ? '' : ','}\n    ${lines}`;
	}
	yield safes.length === 0 ? ']\n}\n' : '\n  ]\n}\n';
}

import { createNextLineWatch } from './next-line-values.ts';
import type { Span } from './spans.ts';
import { createTableWatch } from './table-columns.ts';

/** Secrets whose names stand on another line, in a text of several lines that was one line, escaped. */
export function* findOverLines(text: string): Iterable<Span> {
	yield* findFrom(text, 0);
	// The first line also as it is without the quotes that all stands in.
	const first = text.slice(0, text.indexOf('\n'));
	const quote = Math.max(...['"', "'", '`'].map((sign) => first.lastIndexOf(sign)));
	if (quote !== -1) yield* findFrom(text, quote + 1);
}

function* findFrom(text: string, from: number): Iterable<Span> {
	const table = createTableWatch();
	const next = createNextLineWatch();
	let start = from;
	for (const line of text.slice(from).split('\n')) {
		for (const span of table(line)) yield { start: start + span.start, end: start + span.end };
		const open = next(line);
		if (open !== line) yield shifted(difference(line, open), start);
		start += line.length + 1;
	}
}

const shifted = ({ start, end }: Span, by: number): Span => ({ start: start + by, end: end + by });

/** Which stretch of a line another stands for. */
function difference(line: string, other: string): Span {
	let start = 0;
	while (start < other.length && line.charAt(start) === other.charAt(start)) start++;
	let same = 0;
	while (
		same < Math.min(line.length, other.length) - start &&
		line.charAt(line.length - 1 - same) === other.charAt(other.length - 1 - same)
	)
		same++;
	return { start, end: line.length - same };
}

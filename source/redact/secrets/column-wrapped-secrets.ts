import { looksChosen } from './innocent-values.ts';
import { ownTextAt } from './line-frame.ts';
import { onlyCode } from './public-lines.ts';
import { mayNameSecret } from './secret-words.ts';
import { findSecrets } from './secrets.ts';
import { type Span, withoutSpans } from './spans.ts';

/** So much of what stands above is read together with a line. Characters. */
const mostKept = 240;
/** Nothing wider is a column. Characters. */
const widest = 240;
const longestWord = 16;
const mostLines = 30;
/** Lines of keys have so many characters. */
const lineOfKey = 48;

/** Keys have a watch of their own. */
const isKeyLine = (line: string) => line.length >= lineOfKey && onlyCode.test(line.slice(-lineOfKey));

/**
 * Reads each line together with those above that are as wide: what was broken at a width, in the middle of a name or a value, goes on at
 * once. Two lines of one width are sure enough; after a single one only what is nothing else than the rest of a value.
 */
export function createColumnWatch(): (line: string) => string {
	/** Lines that are as wide as each other, the latest last. */
	let column: string[] = [];
	let hasName = false;
	/** How many lines in a row had nothing of it. */
	let idle = 0;
	return (line) => {
		const last = column.at(-1) ?? '';
		const isFull = last.length > 0 && last.length <= widest && line.length <= last.length;
		// What was removed before goes on in no line.
		if (!isFull || last.includes('----') || last.includes(' removed]') || isKeyLine(last) || isKeyLine(line)) {
			column = [line];
			hasName = false;
			return line;
		}
		const above = column;
		hasName ||= mayNameSecret.test(tailOf(last).toLowerCase()) || mayNameSecret.test(acrossBreak(last, line));
		column = line.length === last.length ? [...above.slice(-mostLines), line] : [line];
		const isNamed = hasName;
		const rest = isNamed ? withoutRest(above, line) : line;
		// A value that does not go on is over; and lines of a log that are as wide by chance are not read twice each.
		idle = isNamed && rest === line ? idle + 1 : 0;
		if (line.length !== last.length || idle > mostIdle) hasName = false;
		return rest;
	};
}

/** A name may stand in one line, and what it names begin two lines on. */
const mostIdle = 2;
/** How far in front of what is broken its name may stand. Characters. */
const nameReach = 48;

/** The end of a line: its last word, which is what may go on, with what stands in front of it. */
function tailOf(line: string): string {
	const trimmed = line.trimEnd();
	return trimmed.slice(Math.max(0, trimmed.lastIndexOf(' ') + 1 - nameReach));
}

/** A line without what goes on from those above it. */
function withoutRest(above: readonly string[], line: string): string {
	const last = above.at(-1) ?? '';
	const start = ownTextAt(last, line);
	const own = line.slice(start);
	const before = above
		.map((each) => each.slice(ownTextAt(line, each)))
		.join('')
		.slice(-mostKept);
	const isSure = above.length > 1;
	if (own.trim() === '' || own.includes(' removed]')) return line;
	if (!isSure && (/\s$/.test(before) || !/^\S+\s*$/.test(own) || !looksChosen(own.trim(), 5))) return line;
	const spans = reachingInto(before, own, isSure);
	return spans.length === 0 ? line : line.slice(0, start) + withoutSpans(own, spans);
}

/** A name may be broken itself. */
const acrossBreak = (last: string, line: string) => {
	const start = ownTextAt(last, line);
	return (last.slice(-longestWord) + line.slice(start, start + longestWord)).toLowerCase();
};

/** Which parts of a line are of secrets that began above, or whose names did. */
function reachingInto(before: string, own: string, isSure: boolean): Span[] {
	const at = before.length;
	const joined = before + own;
	return findSecrets(joined)
		.filter(({ start, end, isKey }) => {
			if (end <= at || isKey) return false;
			return isSure || (start < at && looksChosen(joined.slice(start, end), 6));
		})
		.map(({ start, end }) => ({ start: Math.max(0, start - at), end: end - at }));
}

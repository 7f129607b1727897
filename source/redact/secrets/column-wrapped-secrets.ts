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
/** Lines of keys have so many characters. */
const lineOfKey = 48;

/** Keys have a watch of their own. */
const isKeyLine = (line: string) => line.length >= lineOfKey && onlyCode.test(line.slice(-lineOfKey));

/**
 * Reads each line together with those above that are as wide: what was broken at a width, in the middle of a name or a value, goes on at
 * once. Two lines of one width are sure enough; after a single one only what is nothing else than the rest of a value.
 */
export function createColumnWatch(): (line: string) => string {
	let above = '';
	let kept = '';
	let count = 0;
	return (line) => {
		const last = above;
		above = line;
		const isFull =
			last.length > 0 &&
			last.length <= widest &&
			line.length <= last.length &&
			!last.includes('----') &&
			!isKeyLine(last);
		if (!isFull || isKeyLine(line)) {
			kept = '';
			count = 0;
			return line;
		}
		const start = ownTextAt(last, line);
		const own = line.slice(start);
		const before = kept === '' ? last.slice(ownTextAt(line, last)) : kept;
		const isSure = count >= 1;
		// The last line may be shorter; what comes after it is another text.
		count = line.length === last.length ? count + 1 : 0;
		kept = count === 0 ? '' : (before + own).slice(-mostKept);
		if (own.trim() === '' || own.includes(' removed]') || !mayNameSecret.test((before + own).toLowerCase()))
			return line;
		if (!isSure && (/\s$/.test(before) || !/^\S+\s*$/.test(own) || !looksChosen(own.trim(), 5))) return line;
		const spans = reachingInto(before, own, isSure);
		return spans.length === 0 ? line : line.slice(0, start) + withoutSpans(own, spans);
	};
}

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

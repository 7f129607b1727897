/**
 * What a logger puts around each line of a text that goes over several: time, level, `name | `, JSON. Numbers differ from line to line,
 * the rest stays.
 */
export type LineFrame = { readonly before: RegExp; readonly after: string };

const longest = 400; // Characters.
const plain = (text: string) => text.replace(/\d+/g, '0');

/** The frame of a line whose own text stands from `start` to `end`. */
export function frameOf(line: string, start: number, end: number): LineFrame {
	const escaped = line.slice(Math.max(0, start - longest), start).replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
	return {
		before: new RegExp(`^${escaped.replace(/\d+/g, String.raw`\d+`).replace(/^\s+/, String.raw`\s*`)}`),
		after: plain(line.slice(end)),
	};
}

/** The text within the frame; null for a line that has another one. */
export function withinFrame({ before, after }: LineFrame, line: string): { start: number; end: number } | null {
	const start = before.exec(line)?.[0].length;
	if (start === undefined) return null;
	const end = endOf(line, start, after);
	return end === null ? null : { start, end };
}

function endOf(line: string, start: number, after: string): number | null {
	if (after.trim() === '') return line.trimEnd().length < start ? start : line.trimEnd().length;
	const at = line.indexOf(after.charAt(0), start);
	for (let end = at; end !== -1; end = line.indexOf(after.charAt(0), end + 1)) {
		if (plain(line.slice(end)) === after) return end;
		if (end - start > 2000) return null;
	}
	return null;
}

const isDigit = (character: string) => character >= '0' && character <= '9';

/** Where the own text of a line begins, judged by the line above: after what both have in front, numbers aside. 0 where that is nothing. */
export function ownTextAt(above: string, line: string): number {
	let other = 0;
	let at = 0;
	let own = 0;
	while (at < line.length && at < longest && other < above.length) {
		if (isDigit(line.charAt(at)) && isDigit(above.charAt(other))) {
			while (isDigit(line.charAt(at))) at++;
			while (isDigit(above.charAt(other))) other++;
			continue;
		}
		if (line.charAt(at) !== above.charAt(other)) break;
		if (/[\s|"]/.test(line.charAt(at))) own = at + 1;
		at++;
		other++;
	}
	return own;
}

import type { Span } from './spans.ts';

/** What parts the cells of a table's row: a sign; two blanks or more; one blank. */
export type Separator = '|' | ';' | ',' | '  ' | ' ';

const bar = /[|│┃║]/;
const listed = /[^\s,][,;][^\s,;]/;

/** By which signs a line may be the head of a table. */
export function separatorsIn(line: string): Separator[] {
	const found: Separator[] = [];
	if (bar.test(line)) found.push('|');
	// Heads of CSV have no blank behind the sign; sentences have.
	if (listed.test(line)) found.push(line.includes(';') ? ';' : ',', line.includes(';') ? ',' : ';');
	if (line.includes('  ')) found.push('  ');
	if (/[A-Z]{2} [A-Z]{2}/.test(line)) found.push(' ');
	return found;
}

/** The cells of a row, without the blanks around them. */
export function splitCells(line: string, separator: Separator): Span[] {
	if (separator === '  ' || separator === ' ') {
		const cells = separator === ' ' ? /\S+/g : /\S+(?: \S+)*/g;
		return [...line.matchAll(cells)].map(({ 0: text, index }) => ({ start: index, end: index + text.length }));
	}
	const cells: Span[] = [];
	let start = 0;
	for (let at = 0; at <= line.length; at++) {
		const character = line.charAt(at);
		if (character === '"' && line.slice(start, at).trim() === '') {
			// A quoted cell of CSV (RFC 4180) may hold the sign; quotes in it are doubled.
			const close = /"(?!")/g;
			close.lastIndex = at + 1;
			for (let found = close.exec(line); found !== null; found = close.exec(line)) {
				if (line.charAt(found.index - 1) === '"' && found.index - 1 > at && isDoubled(line, found.index, at)) continue;
				at = found.index;
				break;
			}
			continue;
		}
		const isSign = separator === '|' ? bar.test(character) : character === separator;
		if (!isSign && at < line.length) continue;
		cells.push(trimmed(line, start, at));
		start = at + 1;
	}
	return cells;
}

/** Whether the quotes up to a place are pairs: then the last one does not close. */
function isDoubled(line: string, at: number, open: number): boolean {
	let count = 0;
	while (at - count > open && line.charAt(at - count) === '"') count++;
	return count % 2 === 0;
}

function trimmed(line: string, start: number, end: number): Span {
	const text = line.slice(start, end);
	const from = start + (text.length - text.trimStart().length);
	return { start: from, end: Math.max(from, start + text.trimEnd().length) };
}

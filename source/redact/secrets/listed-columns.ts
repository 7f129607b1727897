import { isInnocentBeside } from './innocent-values.ts';
import { findSecretNames } from './secret-names.ts';
import type { Span } from './spans.ts';
import { splitCells } from './table-cells.ts';

/** INSERT INTO t (login, password) VALUES ('x', 'y'), (…); and the same of COPY and of JSON: "columns": […], "values": [[…]]. */
const heads =
	/\b(?:insert|replace)\s{1,8}(?:ignore\s{1,8})?into\s{1,8}[^\s(]{1,128}\s{0,8}\(([^()]{1,2000})\)\s{0,8}values\s{0,8}|\\{0,3}"(?:columns|headers?|fields)\\{0,3}"\s{0,4}:\s{0,4}\[([^[\]]{1,2000})\]\s{0,4},\s{0,4}\\{0,3}"(?:values|rows|data)\\{0,3}"\s{0,4}:\s{0,4}\[/gi;
const row = /\s{0,8},?\s{0,8}[([]((?:'(?:[^'\\\n]|\\.|'')*'|\\*"(?:[^"\\\n]|\\[^"\n])*\\*"|[^'"()[\]])*)[)\]]/y;
const quotes = /^[\s\\"'`]+|[\s\\"'`]+$/g;

/** What stands in the columns of secrets in rows that are listed behind the names of their columns, on one line. */
export function* findInListedColumns(text: string): Iterable<Span> {
	for (const { 0: head, 1: sql, 2: json, index } of text.matchAll(heads)) {
		const names = (sql ?? json ?? '').split(',').map((name) => name.replace(quotes, ''));
		const secret = names.flatMap((name, at) => (isSecretColumn(name) ? [{ at, name }] : []));
		if (secret.length === 0) continue;
		row.lastIndex = index + head.length;
		for (let found = row.exec(text); found !== null; found = row.exec(text)) {
			const inner = found[1] ?? '';
			const start = found.index + found[0].length - 1 - inner.length;
			const cells = splitCells(inner.replaceAll("'", '"'), ',');
			for (const { at, name } of secret) {
				const cell = cells[at];
				if (cell === undefined) continue;
				const said = inner.slice(cell.start, cell.end);
				const value = said.replace(quotes, '');
				if (value === '' || isInnocentBeside(name, value)) continue;
				const from = start + cell.start + said.indexOf(value);
				yield { start: from, end: from + value.length };
			}
		}
	}
}

function isSecretColumn(name: string): boolean {
	return [...findSecretNames(name)].some(
		({ kind, isAbout, end }) => kind === 'strong' && !isAbout && end === name.length,
	);
}

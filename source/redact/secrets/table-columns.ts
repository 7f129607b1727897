import { isInnocentBeside, looksChosen } from './innocent-values.ts';
import { frameOf, withinFrame } from './line-frame.ts';
import { findSecretNames } from './secret-names.ts';
import { countsSomething } from './secret-words.ts';
import type { Span } from './spans.ts';
import { type Separator, separatorsIn, splitCells } from './table-cells.ts';

/**
 * Tables whose head names a secret: what stands below it in the same column is one. CSV, boxes (psql, mysql), Markdown, columns that
 * are parted by blanks, with or without what a logger puts before each line.
 */
type Column = Span & { readonly index: number; readonly name: string; readonly cell: string; readonly nameAt: number };
type Table = {
	readonly head: string;
	readonly separator: Separator;
	readonly columns: readonly Column[];
	readonly count: number;
	/** The columns begin and end where a line below the head says. */
	readonly isDrawn?: boolean;
	/** Another column is called as such columns are, or a line is drawn below: then any value is taken. */
	readonly isSure: boolean;
	/** So many more lines of others may stand between the rows. */
	left: number;
};

const mostOthers = 3;
/** Tables have no wider heads. Characters. */
const widestHead = 1000;

const around = /^[\s\\"'`*_[({<]+|[\s\\"'`*_\])}>,;.]+$/g;
const isColumnName = /^[\p{L}#][\p{L}\p{N} _./()#-]{0,40}$/u;
const usualColumn =
	/(?:user(?:name)?|login|names?|hosts?|id|e-?mail|ur[li]|account|service|role|title|client|site|domain|server|ip|port|type|notes?|zweck|benutzer|konto|dienst|rechner|nom|utilisateur|usuario|użytkownik|ttl|system|group|database|db)$/i;
/** How servers name the ways to log in: publickey,password is a list of them and no head. */
const isMethod = /^(?:publickey|keyboard-interactive|hostbased|gssapi\S*|none|kbdint|pam|otp|certificate)$/i;
const drawn = /^[^A-Za-z0-9]*$|[\s|:\]][-=+|:─━═┄┼╇╪┡┩├┤╞╡┏┓┗┛└┘┌┐┳┻┬┴]{3,}[-=+|:─━═┼╇╪┡┩├┤╞╡ ]*["'}\]]*$/;
const hasLine = /[-=─━═~]{3}/;
const markedName = /[A-Z0-9_]{2,}/;

/** Whether a line is drawn, as below the head of a table. */
export const isDrawn = (line: string) => hasLine.test(line) && drawn.test(line);

type TableWatch = (line: string) => readonly Span[];

/** Where on the next line of a text values stand in columns of secrets. */
export function createTableWatch(): TableWatch {
	let table: Table | null = null;
	return (line) => {
		const open = table;
		if (open !== null && isDrawn(line)) {
			table = open.separator.trim() === '' ? drawnBelow(open, line) : { ...open, isSure: true };
			return [];
		}
		const found = open === null ? null : valuesIn(line, open);
		const next = headOf(line);
		if (next !== null && (found === null || found.length === 0)) table = next;
		else if (open !== null && found === null && --open.left <= 0) table = null;
		else if (open !== null && found !== null) open.left = mostOthers;
		return found ?? [];
	};
}

/** The head of a table in which secrets have a column. */
function headOf(line: string): Table | null {
	// A line out of which a value was taken is no head.
	if (line.length > widestHead || line.includes(' removed]')) return null;
	for (const separator of separatorsIn(line)) {
		const names = [...findSecretNames(line)].filter(({ kind, isAbout }) => kind === 'strong' && !isAbout);
		if (names.length === 0) return null;
		const cells = splitCells(line, separator);
		if (cells.length < 2) continue;
		const columns: Column[] = [];
		for (const { start, end, name } of names) {
			const index = cells.findIndex((cell) => cell.start <= start && end <= cell.end);
			const cell = cells[index];
			if (
				cell === undefined ||
				!isHeadCell(line.slice(cell.start, cell.end), start - cell.start, end - cell.start, index)
			)
				continue;
			columns.push({
				start: cell.start,
				end: cell.end,
				index,
				name,
				cell: line.slice(cell.start, cell.end),
				nameAt: start - cell.start,
			});
		}
		const first = columns[0];
		const last = columns.at(-1);
		if (first === undefined || last === undefined) continue;
		const others = neighbours(
			cells.map(({ start, end }) => line.slice(start, end)),
			first.index,
			last.index,
		);
		const isBox = separator === '|' && cells.length >= 3;
		if (others === null || (others.length === 0 && columns.length < 2 && !isBox)) continue;
		if (separator === ' ' && !others.every((other) => markedName.test(other))) continue;
		return {
			head: line,
			separator,
			columns,
			count: cells.length,
			isSure: others.some((other) => usualColumn.test(other)),
			left: mostOthers,
		};
	}
	return null;
}

/** The name ends its cell, and what stands before it is a word or two, or what a logger writes. */
function isHeadCell(cell: string, start: number, end: number, index: number): boolean {
	if (!/^[\s\\"'`*_\])}>]*(?:\([^()]{0,20}\))?[\s\\"'`*_\])}>]*$/.test(cell.slice(end))) return false;
	const before = cell.slice(0, start).replace(around, '');
	if (before === '' || /^(?:[\p{L}.-]{1,16} ?){1,3}$/u.test(before)) return true;
	return index === 0 || /["'|:\]>]\s*\\?["']?$/.test(cell.slice(0, start));
}

/** What other columns are called; null where the list is no head. */
function neighbours(cells: readonly string[], first: number, last: number): string[] | null {
	const names: string[] = [];
	for (const [index, cell] of cells.entries()) {
		const bare = cell.replace(around, '');
		if (isMethod.test(bare) || isMethod.test(lastWord(bare))) return null;
		if (index >= first && index <= last) continue;
		if (isColumnName.test(bare)) names.push(bare);
		// At the edges a logger's words stand before a name.
		else if (index === first - 1 && /[\s"':|>\]]/.test(bare) && isColumnName.test(lastWord(bare)))
			names.push(lastWord(bare));
	}
	return names;
}

const lastWord = (text: string) => /[^\s"':|>\]\\]*$/.exec(text)?.[0] ?? '';

/** A line that is drawn below a head says where each column begins. */
function drawnBelow(table: Table, line: string): Table {
	const runs = [...line.matchAll(/[-=─━~]{2,}/g)].map(({ index }) => index);
	const columns = table.columns.flatMap(({ name, start, nameAt }) => {
		const at = start + nameAt;
		const first = runs.findLast((run) => run <= at);
		const end = runs.find((run) => run > at) ?? widestHead;
		return first === undefined ? [] : [{ start: first, end, index: -1, name, cell: name, nameAt: 0 }];
	});
	return columns.length === 0 ? { ...table, isSure: true } : { ...table, columns, isSure: true, isDrawn: true };
}

/** The values of a row; null for a line that is none. */
function valuesIn(line: string, { separator, columns, count, isSure, isDrawn: isFixed = false }: Table): Span[] | null {
	if (line.length > widestHead * 4) return null;
	if (isFixed) {
		if (line.trim() === '') return null;
		return columns
			.map((column) => cellValue(line, { start: column.start, end: Math.min(column.end, line.length) }, column))
			.filter(
				(value) => value.end > value.start && isSecret(line.slice(value.start, value.end), columns[0]?.name ?? ''),
			);
	}
	const cells = splitCells(line, separator);
	const isWhole = cells.length === count;
	if (!isWhole && separator !== '  ') return null;
	const found: Span[] = [];
	for (const column of columns) {
		const cell = isWhole ? cells[column.index] : cells.find((each) => isBelow(each, column));
		if (cell === undefined) {
			if (!isWhole) return null;
			continue;
		}
		const value = cellValue(line, cell, column);
		const said = line.slice(value.start, value.end);
		if (!isSecret(said, column.name)) continue;
		if ((isSure && isWhole) || looksChosen(said, 5)) found.push(value);
	}
	return found;
}

function isSecret(said: string, name: string): boolean {
	if (said === '' || isInnocentBeside(name, said) || isWord(said)) return false;
	return !(/^[\d.,%]+$/.test(said) && countsSomething.test(name));
}

const isBelow = (cell: Span, { start, end }: Column) =>
	Math.abs(cell.start - start) <= 1 || Math.abs(cell.end - end) <= 1;

/** "password" below CREDENTIAL is what kind it is. */
function isWord(said: string): boolean {
	return !/\d/.test(said) && [...findSecretNames(said)].some(({ start, end }) => start === 0 && end === said.length);
}

/** Without quotes, and without what stood around the name of the column, too. */
function cellValue(line: string, cell: Span, { cell: head, nameAt, name }: Column): Span {
	let { start, end } = cell;
	const lead = head.slice(0, nameAt);
	const tail = head.slice(nameAt + name.length);
	if (/["'|:\]>]|\d/.test(lead)) {
		const own = withinFrame(frameOf(head, nameAt, head.length), line.slice(start, end));
		if (own !== null) start += own.start;
	}
	if (/[}\])>]/.test(tail) && line.slice(start, end).endsWith(tail)) end -= tail.length;
	const text = line.slice(start, end);
	const opening = /^[\s\\"'`*]*/.exec(text)?.[0].length ?? 0;
	const closing = /[\s\\"'`*]*$/.exec(text.slice(opening))?.[0].length ?? 0;
	return { start: start + opening, end: Math.max(start + opening, end - closing) };
}

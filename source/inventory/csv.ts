import { CsvError, parse } from 'csv-parse/sync';
import { UserError } from '../domain/user-error.ts';
import { withoutStacks } from '../domain/without-stacks.ts';
import { utf16Of } from './utf16.ts';

/** A line of a CSV file; numbers count from 1, as editors show them. */
export type CsvLine = { readonly line: number; readonly cells: readonly string[] };

export type Csv = {
	readonly header: CsvLine;
	readonly lines: readonly CsvLine[];
	/** What had to be assumed to read it. */
	readonly notices: string[];
};

/** The separators that spreadsheets write. */
const separators = [',', ';', '\t', '|'];

/**
 * Reads a CSV file as spreadsheets and databases write it (RFC 4180, and what is common beside it): UTF-8, UTF-16 or Windows-1252,
 * with or without a byte order mark, any line ends, four separators, quotes.
 *
 * @param name for messages.
 * @throws UserError when it is no CSV file, has no lines, or a quote in it is never closed.
 */
export function readCsv(bytes: Buffer, name: string): Csv {
	const { text, notices } = decode(bytes, name);
	// What Excel writes for itself and shows nobody.
	const [hint = '', named] = /^sep=(.)\r?\n/i.exec(text) ?? [];
	const rest = text.slice(hint.length);
	const delimiter = named ?? separatorOf(rest);
	const skipped = hint === '' ? 0 : 1;
	const lines = parseLines(rest, delimiter, skipped, name).filter(({ cells }) => cells.some((cell) => cell !== ''));
	const [header, ...others] = lines;
	if (header === undefined)
		throw new UserError(`${name} has no lines.`, 'Expected a header line and a line for each Safe.');
	return { header, lines: others, notices };
}

type Info = { readonly info: { readonly lines: number }; readonly record: string[] };

function parseLines(text: string, delimiter: string, skipped: number, name: string): CsvLine[] {
	const relaxed = { relax_column_count: true, relax_quotes: true, skip_empty_lines: true, trim: true } as const;
	const options = { ...relaxed, delimiter, info: true } as const;
	try {
		// A line with more or fewer cells than the first is one.
		const parsed = withoutStacks(() => parse(text, options)) as unknown as Info[];
		return parsed.map(({ info, record }) => {
			// Told is the line that it ends on; a quoted cell may hold line ends.
			const inside = record.join('').match(/\n/g)?.length ?? 0;
			return { line: info.lines + skipped - inside, cells: record };
		});
	} catch (error) {
		if (!(error instanceof CsvError)) throw error;
		const line = 'lines' in error && typeof error.lines === 'number' ? error.lines + skipped : 1;
		const problem =
			error.code === 'CSV_QUOTE_NOT_CLOSED'
				? 'a quote is opened and never closed'
				: 'text stands behind a closing quote, before the next separator';
		throw new UserError(
			`${name}, line ${line}: ${problem}.`,
			'Nothing was imported. Write a quote inside of quotes twice.',
		);
	}
}

function decode(bytes: Buffer, name: string): { text: string; notices: string[] } {
	if (bytes.subarray(0, 4).equals(Buffer.from('PK\u0003\u0004', 'latin1'))) {
		throw new UserError(`${name} is a workbook or an archive, no CSV file.`, 'Save the sheet as CSV and import that.');
	}
	const withMark = utf16Of(bytes);
	if (withMark !== null) return { text: new TextDecoder(withMark).decode(bytes), notices: [] };
	if (bytes.includes(0))
		throw new UserError(`${name} is no text.`, 'Expected a CSV file: a header line, then a line for each Safe.');
	try {
		// Takes a byte order mark away.
		return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), notices: [] };
	} catch {
		return { text: new TextDecoder('windows-1252').decode(bytes), notices: ['not UTF-8: read as Windows-1252'] };
	}
}

/** The one that the first line has most of, outside quotes. */
function separatorOf(text: string): string {
	const [first = ''] = text.trimStart().split(/\r\n|\r|\n/, 1);
	const bare = first.replace(/"[^"]*"/g, '');
	const counts = separators.map((separator) => bare.split(separator).length);
	return separators[counts.indexOf(Math.max(...counts))] ?? ',';
}

import { accountFormats } from './account-formats.ts';
import { commandFormats } from './command-formats.ts';
import { deviceFormats } from './device-formats.ts';
import type { FormatRow } from './format-row.ts';
import { isInnocentValue } from './innocent-values.ts';
import { protocolFormats } from './protocol-formats.ts';
import type { Span } from './spans.ts';
import { stdinFormats } from './stdin-formats.ts';
import { urlFormats } from './url-formats.ts';
import { WordsInText, wordToFind } from './words-in-text.ts';

/** Places where a secret stands without a word that names it. */
const rows: readonly FormatRow[] = [
	...urlFormats,
	...commandFormats,
	...stdinFormats,
	...accountFormats,
	...protocolFormats,
	...deviceFormats,
];

/** .pgpass: host:port:database:user:password */
const passwordFile: FormatRow = {
	needs: [],
	expression: /((?:^|\s)(?:[\w.-]{1,255}|\*):(?:\d{2,5}|\*):[\w.*-]{1,64}:[\w.*@-]{1,64}:)([^\s:]{3,200})(?=\s|$)/g,
	accept: (value, before) =>
		!/^\s*(?:[0-9a-f]{1,4}:){4}$/i.test(before) &&
		!isInnocentValue(value) &&
		!/^(?:\s*\d{1,4}:){2}/.test(before) &&
		!/\.(?:[ch]|cc|cpp|go|rs|ts|js|py|java)(?:pp)?:/.test(before),
};
/** Cheap, for each line is asked; a time of day has fewer parts. */
const hasPort = /:(?:\d{2,5}|\*):[\w.*-]{1,64}:[\w.*@-]{1,64}:/;
const needed = rows.map((row) => ({ row, words: row.needs.map(wordToFind) }));
const present = new WordsInText();

/** Secrets in places that are known for them. */
export function* findInFixedFormats(text: string, lower: string): Iterable<Span> {
	if (hasPort.test(text)) yield* findRow(text, passwordFile);
	present.read(lower);
	// All of them at once: what is found may be read as a text of its own meanwhile.
	const found = needed.filter(({ words }) => words.some((word) => present.has(word)));
	for (const { row } of found) yield* findRow(text, row);
}

function* findRow(text: string, { expression, accept }: FormatRow): Iterable<Span> {
	for (const { 0: whole, 1: before = '', 2: value = '', index } of text.matchAll(expression)) {
		if (value.startsWith('[secret removed') || value.startsWith('[private key')) continue;
		const end = index + whole.length;
		if (accept !== undefined && !accept(value, before, text.slice(end, end + 40))) continue;
		yield { start: index + before.length, end: index + before.length + value.length };
	}
}

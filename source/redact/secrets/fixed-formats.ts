import { accountFormats } from './account-formats.ts';
import { commandFormats } from './command-formats.ts';
import { deviceFormats } from './device-formats.ts';
import type { FormatRow } from './format-row.ts';
import { isInnocentValue } from './innocent-values.ts';
import { protocolFormats } from './protocol-formats.ts';
import type { Span } from './spans.ts';
import { stdinFormats } from './stdin-formats.ts';
import { urlFormats } from './url-formats.ts';

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
const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
/** A text without any of these has nothing for the rows. Made of them, so that none is forgotten. */
const mayHold = new RegExp([...new Set(rows.flatMap(({ needs }) => needs))].map(literal).join('|'));

/** Secrets in places that are known for them. */
export function* findInFixedFormats(text: string, lower: string): Iterable<Span> {
	if (hasPort.test(text)) yield* findRow(text, passwordFile);
	if (!mayHold.test(lower)) return;
	for (const row of rows) if (row.needs.some((needed) => lower.includes(needed))) yield* findRow(text, row);
}

function* findRow(text: string, { expression, accept }: FormatRow): Iterable<Span> {
	for (const { 0: whole, 1: before = '', 2: value = '', index } of text.matchAll(expression)) {
		if (value.startsWith('[secret removed') || value.startsWith('[private key')) continue;
		const end = index + whole.length;
		if (accept !== undefined && !accept(value, before, text.slice(end, end + 40))) continue;
		yield { start: index + before.length, end: index + before.length + value.length };
	}
}

import type { Span } from './spans.ts';

/** A value as it stands in a text, without its quotes. */
export type Value = Span & { readonly isQuoted: boolean };

// A quote that never ends is one too, as where a line was cut.
const escapedQuote = /(\\{1,3})(["'`])/y;
const ends = /[\s"'`]/;
/** A value that may turn out to be none is read no further: each name of a long line would read the whole rest. */
export const mostRead = 160; // Characters.
const pairs: Readonly<Record<string, string>> = { '«': '»', '“': '”', '„': '“', '‘': '’', '‹': '›' };
const isClosing = /[)\]},;]+$/;
const mostValues = 20;

/** What stands at a place: one value, or those of a list. */
export function readValue(text: string, at: number, most = Number.POSITIVE_INFINITY): Value[] {
	const first = text.charAt(at);
	if (first === '[' && !/^\[(?:secret|private key) removed\]/.test(text.slice(at, at + 22)))
		return readList(text, at + 1, ']');
	if (first === '{' && /^\{\s{0,4}\\{0,3}["'`]/.test(text.slice(at, at + 10))) return readObject(text, at + 1);
	const one = readOne(text, at, most);
	return one === null ? [] : [one];
}

function readList(text: string, at: number, close: string): Value[] {
	const values: Value[] = [];
	let from = at;
	while (values.length < mostValues) {
		while (/[\s,]/.test(text.charAt(from))) from++;
		if (text.charAt(from) === close || from >= text.length) break;
		const value = readOne(text, from);
		if (value === null || value.end <= value.start) break;
		const end = value.isQuoted ? value.end : endBefore(text, value, close);
		values.push({ ...value, end });
		from = value.isQuoted ? afterQuote(text, value) : end;
	}
	return values;
}

function endBefore(text: string, { start, end }: Value, close: string): number {
	const at = text.slice(start, end).search(close === ']' ? /[\],]/ : /[},]/);
	return at === -1 ? end : start + at;
}

/** The first value of an object: {"value": "…"}. */
function readObject(text: string, at: number): Value[] {
	const name =
		/\s{0,4}\\{0,3}["'`](?:value|plain|text|s|string|content|data|raw|key|secret|token|access|#text|\$|_)\\{0,3}["'`]\s{0,4}(?::|=>|=)\s{0,4}/iy;
	name.lastIndex = at;
	if (!name.test(text)) return [];
	const one = readOne(text, name.lastIndex);
	return one === null ? [] : [one];
}

function afterQuote(text: string, { end }: Value): number {
	const quote = /\\{0,3}["'`]/y;
	quote.lastIndex = end;
	return quote.test(text) ? quote.lastIndex : end;
}

function readOne(text: string, at: number, most = Number.POSITIVE_INFINITY): Value | null {
	const first = text.charAt(at);
	const triple = /^(?:"""|''')(?=[^\s"'])/.exec(text.slice(at, at + 4))?.[0];
	const last = triple === undefined ? -1 : text.indexOf(triple, at + 3);
	if (last !== -1) return { start: at + 3, end: last, isQuoted: true };
	if (first === '"' || first === "'" || first === '`') return quoted(text, at + 1, first, 0, most);
	const partner = pairs[first];
	if (partner !== undefined) {
		const close = text.slice(at, at + mostRead).indexOf(partner);
		const lead = /^\s?/.exec(text.slice(at + 1))?.[0].length ?? 0;
		if (close !== -1) return { start: at + 1 + lead, end: text.slice(0, at + close).trimEnd().length, isQuoted: true };
	}
	if (first === '\\') {
		escapedQuote.lastIndex = at;
		const match = escapedQuote.exec(text);
		if (match !== null) return quoted(text, escapedQuote.lastIndex, match[2] ?? '"', match[1]?.length ?? 1, most);
	}
	let end = at;
	while (end < text.length && end - at < most && (!ends.test(text.charAt(end)) || isInside(text, at, end))) end++;
	return end === at ? null : { start: at, end: trimmed(text, at, end), isQuoted: false };
}

/** A single quote in a value that began without one: abc'def. */
function isInside(text: string, start: number, at: number): boolean {
	const sign = text.charAt(at);
	if (sign.trim() === '' || at === start) return false;
	return /[\w!#$%&*+?@^~]/.test(text.charAt(at - 1)) && /[\p{L}\p{N}]/u.test(text.charAt(at + 1));
}

/** Without the brackets and signs that close what stands around it. */
function trimmed(text: string, start: number, end: number): number {
	const value = text.slice(start, Math.min(end, start + 4000));
	const marker = /^\[(?:secret|private key) removed\]/.exec(text.slice(start, start + 22));
	if (marker !== null) return start + marker[0].length;
	if (end - start > 4000) return end;
	const closing = isClosing.exec(value)?.[0] ?? '';
	const opened = /[([{]/.test(value);
	return opened ? end : Math.max(start, end - closing.length);
}

/** From behind the opening quote to the closing one, which has as many backslashes. */
function quoted(text: string, start: number, quote: string, slashes: number, most: number): Value {
	const last = Math.min(text.length, start + most);
	for (let at = start; at < last; at++) {
		const character = text.charAt(at);
		if (character === '\n' || character === '\r') return { start, end: at, isQuoted: true };
		if (character === '\\') {
			let count = 1;
			while (text.charAt(at + count) === '\\') count++;
			if (slashes > 0 && count <= slashes && text.charAt(at + count) === quote)
				return { start, end: at, isQuoted: true };
			at += slashes > 0 ? count - 1 : count % 2 === 1 ? count : count - 1;
		} else if (character === quote && slashes === 0 && at > start && isDoubled(text, at)) at++;
		else if (character === quote && slashes === 0) return { start, end: at, isQuoted: true };
	}
	return { start, end: last, isQuoted: true };
}

/** Quotes are doubled in values of SQL, YAML and shells: 'it''s x'. */
function isDoubled(text: string, at: number): boolean {
	const quote = text.charAt(at);
	return text.charAt(at + 1) === quote && /[\p{L}\p{N}]/u.test(text.charAt(at + 2)) && text.charAt(at - 1) !== quote;
}

/** To the end of the line or of the quotes that the name stands in: headers and phrases of several words. */
export function readRest(text: string, at: number, quoteBefore = ''): Value[] {
	const first = text.charAt(at);
	if (/["'`[\\]/.test(first)) {
		const values = readValue(text, at);
		if (values.length > 0) return values;
	}
	const ending = /["'`]/.test(quoteBefore) ? text.indexOf(quoteBefore, at) : -1;
	const line = text.indexOf('\n', at);
	const end = Math.min(ending === -1 ? text.length : ending, line === -1 ? text.length : line);
	return [{ start: at, end, isQuoted: false }];
}

import type { TextView } from '../text/text-view.ts';

/**
 * What programs put into a word without changing what people read: colours, invisible characters, soft line breaks, a backslash in
 * front of a sign; and signs that stand for others: octal escapes of shells, quoted-printable, `[.]` in place of a dot, dashes of
 * typesetting, blanks around the dots of an address.
 */
const folds =
	/\u001b\[[\d;]*[A-Za-z]|\[(?:\d{1,3}(?:;\d{1,3})*)?m(?=[\p{L}\p{N}-])|[\u00ad\u200b-\u200f\u2060\ufeff]|=\r?\n|\\(?=[-.@])|(?:\\[0-3][0-7]{2})+|(?:=[CDE][0-9A-F](?:=[89AB][0-9A-F]){1,2})+|\[(?:\.|dot)\]|\((?:\.|dot)\)|[\u2010-\u2015\u2212]|(?<=\d)\. (?=\d{1,3}\. \d|\d{1,3}(?!\.?\d))/giu;
const mayBeFolded =
	/[\u001b\u00ad\u2010-\u2015\u200b-\u200f\u2060\u2212\ufeff]|\\[-.@0-3]|=[CDE\r\n]|[[(](?:\.|dot)[\])]|\[\d*m|\d\. \d/i;

/** The text without them, and where each of its characters stands; null where there are none. */
export function unfoldedView(text: string): TextView | null {
	if (!mayBeFolded.test(text)) return null;
	let plain = '';
	const places: number[] = [];
	const take = (piece: string, placeOf: (index: number) => number) => {
		for (let index = 0; index < piece.length; index++) places.push(placeOf(index));
		plain += piece;
	};
	let from = 0;
	for (const { 0: found, index: at } of text.matchAll(folds)) {
		const start = from;
		take(text.slice(from, at), (index) => start + index);
		take(unfold(found), () => at);
		from = at + found.length;
	}
	if (from === 0) return null;
	const start = from;
	take(text.slice(from), (index) => start + index);
	places.push(text.length);
	return { text: plain, places };
}

function unfold(found: string): string {
	if (/^\\[0-3]/.test(found)) return fromBytes(found.split('\\').slice(1), 8);
	if (/^=[0-9A-F]/i.test(found)) return fromBytes(found.split('=').slice(1), 16);
	if (/^[[(](?:\.|dot)[\])]$/i.test(found) || /^\. $/.test(found)) return '.';
	return /^[\u2010-\u2015\u2212]$/.test(found) ? '-' : '';
}

function fromBytes(digits: readonly string[], base: number): string {
	return Buffer.from(digits.map((each) => Number.parseInt(each, base))).toString('utf8');
}

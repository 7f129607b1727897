import { cleanText } from '../domain/clean.ts';
import { removeSecrets } from '../redact/secrets/secret-lines.ts';
import { type Message, messages } from './messages.ts';

/** No error text is longer; a whole log belongs into the report. Characters. */
export const longestText = 100_000;

/** A message found in a text, and the words that say it. */
export type FoundMessage = { readonly message: Message; readonly quote: string };

/** What a person typed or pasted, as it is kept and shown: without control sequences, secrets, blank lines and what is too long. */
export function normalizeError(text: string): string {
	return removeSecrets(cleanText(text.slice(0, longestText).replace(/\r\n?/g, '\n')))
		.split('\n')
		.map((line) => line.trim())
		.filter((line) => line !== '')
		.join('\n');
}

/**
 * The most telling message of a tidy text: the first of the table that is found, wherever it stands. Lines count as one, so that a
 * message may be broken over them, at a blank or in the middle of a word.
 */
export function findMessage(text: string): FoundMessage | null {
	for (const joint of [' ', '']) {
		const { flat, starts } = flatten(text, joint);
		for (const message of messages) {
			const match = message.pattern.exec(flat);
			if (match !== null) return { message, quote: quoteOf(flat, starts, match.index, match[0].length) };
		}
	}
	return null;
}

/** One line of text as patterns want it. */
export function plainLine(text: string): string {
	return text
		.replace(/[\u2018\u2019\u201b\u2032`\u00b4]/g, "'")
		.replace(/["\u201c-\u201f\u00ab\u00bb\u2033]/g, '')
		.replace(/\s+/g, ' ')
		.trim();
}

function flatten(text: string, joint: string): { flat: string; starts: number[] } {
	const lines = text.split('\n').map(plainLine);
	const starts: number[] = [];
	let length = 0;
	for (const line of lines) {
		starts.push(length);
		length += line.length + joint.length;
	}
	return { flat: lines.join(joint), starts };
}

/** A quote has to fit a line of the screen beside what is said of it. Characters. */
export const longestQuote = 72;
/** The frame around OpenSSH's warning, and what syslog and the journal put before a line of sshd or Dropbear. */
const frame = /^[@\s]{1,80}|[@\s]{1,80}$|^.{0,100}?\b(?:sshd(?:-session)?|dropbear)(?:\[\d{1,10}\])?: /g;

/** The line the match stands on; of a long one what stands around the match; where it spans lines, the match itself. */
function quoteOf(flat: string, starts: readonly number[], index: number, length: number): string {
	const next = starts.findIndex((start) => start > index);
	const from = starts[next === -1 ? starts.length - 1 : next - 1] ?? 0;
	const to = next === -1 ? flat.length : (starts[next] ?? flat.length);
	if (index + length > to) return wholeCharacters(flat.slice(index, index + Math.min(length, longestQuote)));
	const whole = flat.slice(from, to).trim();
	const line = whole.replace(frame, '');
	return windowOf(line, Math.max(0, index - from - whole.indexOf(line)), length);
}

/** At most `longestQuote` characters of a line with the match in their middle; of a longer match its beginning. */
function windowOf(line: string, index: number, length: number): string {
	if (line.length <= longestQuote) return line;
	const room = longestQuote - 2; // An ellipsis at either end.
	const around = Math.max(0, Math.floor((room - length) / 2));
	const start = Math.max(0, Math.min(index - around, line.length - room));
	const end = start + room;
	return `${start > 0 ? '…' : ''}${wholeCharacters(line.slice(start, end)).trim()}${end < line.length ? '…' : ''}`;
}

/** Without the half of a character that a cut left at an end. */
function wholeCharacters(text: string): string {
	return text.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '');
}

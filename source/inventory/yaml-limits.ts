import { type CST, Lexer } from 'yaml';

/** An inventory is nested five deep. What goes through nested values calls itself, and would end with the stack. */
const maxDepth = 100;
/** Characters. The longest public key has a fifth of it. */
const maxScalar = 64 * 1024;

/** Ten thousand Safes may share one credential by its anchor; a few lines that stand for millions of values are none of an inventory. */
export const maxAliases = 100_000;
export const tooManyAliases = `its aliases stand for more than ${maxAliases} values`;

/**
 * A hundred thousand Safes with all that one may have, a line each, pass where they are written plainly. Beyond it a bad file would hold
 * up the screen for longer than a moment.
 */
const maxEntries = 1_500_000;
/** Of the whole library, which takes ten times as long: the pieces of some ten thousand Safes. */
const maxPieces = 1_250_000;
/** Of a text that was read as an inventory already, and is edited: those of a hundred thousand Safes with all that one may have. */
export const maxEditedPieces = 20_000_000;

/** What a text has too much of to be read at all, found without reading it as YAML; null where it has not. */
export function findTooMany(text: string): string | null {
	let count = 0;
	for (let at = 0; at < text.length; at++) {
		const code = text.charCodeAt(at);
		if ((code === lineFeed || code === comma) && ++count > maxEntries)
			return `more than ${maxEntries} lines and commas`;
	}
	return null;
}

const lineFeed = 0x0a;
const comma = 0x2c;

/** The text in parts that are not put together yet; as many as are read, or null where there are more. */
export function piecesOf(text: string, most = maxPieces): readonly string[] | null {
	const pieces: string[] = [];
	for (const piece of new Lexer().lex(text)) {
		if (pieces.length === most) return null;
		pieces.push(piece);
	}
	return pieces;
}

export const tooManyPieces = `more than ${maxPieces} words and marks, in a way of YAML that takes long to read`;

export type TooMuch = { readonly offset: number; readonly message: string };

/** The first value of a text that is nested too deep or too long, found without calling itself; null where there is none. */
export function findTooMuch(tokens: readonly CST.Token[]): TooMuch | null {
	const waiting = tokens.map((token) => ({ token, depth: 0 }));
	for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
		const { token, depth } = next;
		if (depth > maxDepth) return { offset: token.offset, message: `nested more than ${maxDepth} deep` };
		if ('source' in token && token.type !== 'comment' && token.source.length > maxScalar)
			return { offset: token.offset, message: `a value of more than ${maxScalar / 1024} kB` };
		if (token.type === 'document' && token.value !== undefined) waiting.push({ token: token.value, depth });
		if (!('items' in token)) continue;
		for (const { key, value } of token.items) {
			if (key) waiting.push({ token: key, depth: depth + 1 });
			if (value) waiting.push({ token: value, depth: depth + 1 });
		}
	}
	return null;
}

/** Whether a scalar is longer than any field of an inventory. */
export const isTooLong = (text: string): boolean => text.length > maxScalar;

import type { CST } from 'yaml';

/** An inventory is nested five deep. What goes through nested values calls itself, and would end with the stack. */
const maxDepth = 100;
/** Characters. The longest public key has a fifth of it. */
const maxScalar = 64 * 1024;

/** Ten thousand Safes may share one credential by its anchor; a few lines that stand for millions of values are none of an inventory. */
export const maxAliases = 100_000;
export const tooManyAliases = `its aliases stand for more than ${maxAliases} values`;

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

import { ownerWords } from './secret-words.ts';

// What may stand between a name and the sign or the word that a value follows.

/** Quotes and brackets that close behind a name. */
export const closing = String.raw`(?:\\{0,3}["'\`]|\]|\)|\*\*){0,3}`;

/** Whose it is: "password for deploy", "password (root)". */
export const whose = String.raw`(?:[ ](?:${ownerWords})(?:[ ][^\s=:]{1,64}){1,4}?|[ ]?\([^()\n]{0,40}\)|[ ]?\[[^[\]\n]{0,24}\])?`;

/** Where a sticky expression ends that begins at a place of a text; null where it does not. */
export function match(expression: RegExp, text: string, at: number): number | null {
	expression.lastIndex = at;
	return expression.test(text) ? expression.lastIndex : null;
}

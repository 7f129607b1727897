/**
 * Whether a text was made by a generator or by people. What random letters and digits do and words do not: they change between upper
 * case, lower case and digits with nearly every character. Of 62 characters drawn evenly two neighbours differ in kind in 62 % of the
 * cases; in CamelCase and paths in about 25 %.
 */

const upper = 1;
const lower = 2;
const digit = 4;

function kindAt(text: string, at: number): number {
	const code = text.charCodeAt(at);
	if (code >= 0x61 && code <= 0x7a) return lower;
	if (code >= 0x41 && code <= 0x5a) return upper;
	if (code >= 0x30 && code <= 0x39) return digit;
	return 0;
}

type Look = { readonly kinds: number; readonly changes: number; readonly longest: number; readonly slashes: number };

/** More tells no more. Characters. */
const mostLooked = 2048;

/** Which kinds of characters there are, which part of the neighbours differ, the longest piece between signs, and the slashes. */
function lookAt(text: string): Look {
	let kinds = 0;
	let changes = 0;
	let pairs = 0;
	let longest = 0;
	let piece = 0;
	let slashes = 0;
	let before = 0;
	const end = Math.min(text.length, mostLooked);
	for (let at = 0; at < end; at++) {
		const kind = kindAt(text, at);
		if (kind === 0) {
			piece = 0;
			if (text.charCodeAt(at) === 0x2f) slashes++;
			continue;
		}
		piece++;
		longest = Math.max(longest, piece);
		kinds |= kind;
		if (before !== 0) {
			pairs++;
			if (kind !== before) changes++;
		}
		before = kind;
	}
	return { kinds, changes: pairs === 0 ? 0 : changes / pairs, longest, slashes };
}

const isHex = /^(?:[0-9a-f]+|[0-9A-F]+)$/;
const allKinds = upper | lower | digit;

/** Random, by length and change. Hexadecimal, UUIDs and what words are made of are not. */
export function looksRandom(text: string): boolean {
	const { kinds, changes, longest } = lookAt(text);
	if (longest < 14 || isHex.test(text)) return false;
	if (kinds === allKinds) return changes >= 0.36;
	if (kinds === (upper | lower)) return text.length >= 24 && changes >= 0.42;
	return kinds === (lower | digit) && text.length >= 28 && changes >= 0.33 && !/[-_./]/.test(text);
}

/** A stretch of base64 as long as a line of a key: of all kinds of characters, and no path. */
export function looksLikeKeyLine(text: string): boolean {
	const { kinds, changes, slashes } = lookAt(text);
	// Of a key every 64th character is a slash, by chance some more; paths change less.
	const mostSlashes = Math.min(text.length, mostLooked) / (changes >= 0.45 ? 6 : 12);
	return kinds === allKinds && changes >= 0.22 && slashes <= mostSlashes;
}

/** A thing that was found in a text, and where. */
export type Found<Thing> = { readonly start: number; readonly end: number; readonly thing: Thing };

/** Letters and digits of any script; hyphens join them to one word, underscores and all else part words. */
const asciiWords = /[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*/g;
const words = /[\p{L}\p{N}\p{M}]+(?:-+[\p{L}\p{N}\p{M}]+)*/gu;
const firstOf = /^[\p{L}\p{N}\p{M}]+(?:-+[\p{L}\p{N}\p{M}]+)*/u;
const isAscii = /^[\u0000-\u007f]*$/;
const wordCharacter = /[\p{L}\p{N}\p{M}]/u;
/** Right behind a dot these are what a file or a unit is, and nobody's name. */
const extensions = new Set(
	'cfg conf crt csv db gz html js json key local log md pem pid pub py service sh socket sock sql target tgz tmp toml ts txt xml yaml yml zip'.split(
		' ',
	),
);

/**
 * Thousands of names, each found where it stands as a whole: not in the middle of a word, whatever its case. A look at each word of
 * the text instead of at each name: the time hardly depends on how many names there are.
 */
export class NameIndex<Thing> {
	readonly #things = new Map<string, Thing>();
	/** By the first word of a name: how long the names are that begin with it, the longest first. */
	readonly #lengths = new Map<string, number[]>();
	/** First characters of names that begin with no letter or digit. */
	#odd = new Set<string>();
	#oddPattern: RegExp | null = null;

	/** The first thing of a name keeps it. */
	add(name: string, thing: Thing): void {
		const folded = fold(name);
		if (folded === '' || this.#things.has(folded)) return;
		this.#things.set(folded, thing);
		const first = firstWord(folded);
		const lengths = this.#lengths.get(first) ?? [];
		if (!lengths.includes(folded.length))
			this.#lengths.set(
				first,
				[...lengths, folded.length].sort((a, b) => b - a),
			);
		if (first.length <= 2 && !wordCharacter.test(first)) {
			this.#odd.add(first);
			this.#oddPattern = new RegExp(
				`[${[...this.#odd].map((character) => `\\u{${character.codePointAt(0)?.toString(16)}}`).join('')}]`,
				'gu',
			);
		}
	}

	get(name: string): Thing | undefined {
		return this.#things.get(fold(name));
	}

	/** Names in lower case, as far as that keeps their length. */
	entries(): IterableIterator<[string, Thing]> {
		return this.#things.entries();
	}

	get size(): number {
		return this.#things.size;
	}

	/** From left to right; of names that begin at one place the longest. */
	find(text: string): Found<Thing>[] {
		if (this.#things.size === 0) return [];
		const folded = fold(text);
		const found: Found<Thing>[] = [];
		const look = (start: number, word: string) => {
			for (const length of this.#lengths.get(word) ?? []) {
				const end = start + length;
				const name = folded.slice(start, end);
				const thing = this.#things.get(name);
				if (thing === undefined || end > folded.length || !standsAlone(folded, start, end)) continue;
				found.push({ start, end, thing });
				return;
			}
		};
		for (const match of folded.matchAll(isAscii.test(folded) ? asciiWords : words)) look(match.index, match[0]);
		if (this.#oddPattern !== null) for (const match of folded.matchAll(this.#oddPattern)) look(match.index, match[0]);
		return found;
	}
}

/** Whether what stands there is a whole name, and not a piece of a longer one. */
function standsAlone(text: string, start: number, end: number): boolean {
	const isWord = (at: number) => at >= 0 && at < text.length && wordCharacter.test(characterAt(text, at));
	const joins = (hyphen: number, beyond: number) => text[hyphen] === '-' && isWord(beyond);
	if (isWord(start) && (isWord(start - 1) || joins(start - 1, start - 2))) return false;
	if (joins(start, start - 1) || joins(end - 1, end)) return false;
	const isWhole = text.slice(start, end).includes('.');
	// A host or an address goes on behind a hyphen only as the name of a file does.
	if (isWord(end - 1) && (isWord(end) || (!isWhole && joins(end, end + 1)))) return false;
	if (text[start - 1] !== '.' || !isWord(start - 2)) return true;
	const name = text.slice(start, end);
	// An address in a longer row of numbers is none, and v1.22 speaks of no Safe called 22.
	if (/^\d/.test(name) && /\d/.test(text[start - 2] ?? '')) return false;
	return !extensions.has(name);
}

/** The character that a place is in: half of a surrogate pair is neither letter nor digit. */
function characterAt(text: string, at: number): string {
	const code = text.charCodeAt(at);
	if (code < 0xd800 || code > 0xdfff) return text[at] ?? '';
	const before = text.charCodeAt(at - 1);
	const isTail = code >= 0xdc00 && before >= 0xd800 && before < 0xdc00;
	return String.fromCodePoint(text.codePointAt(isTail ? at - 1 : at) ?? 0);
}

/** Lower case, character by character where a lower one has another length: places in it are places in the text. */
export function fold(text: string): string {
	const lower = text.toLowerCase();
	if (lower.length === text.length) return lower;
	return Array.from(text, (character) => {
		const small = character.toLowerCase();
		return small.length === character.length ? small : character;
	}).join('');
}

function firstWord(name: string): string {
	const match = firstOf.exec(name);
	return match === null ? String.fromCodePoint(name.codePointAt(0) ?? 0) : match[0];
}

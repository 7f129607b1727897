/**
 * Which of many words a text has. Each line of a log is asked for some hundred of them: the pairs of letters that the text has are noted
 * once, and a word with a pair that it has not is not looked for.
 */
export class WordsInText {
	/** By pair of letters, the number of the text that had it last. Different pairs may share a place: then a word is looked for in vain. */
	readonly #seen = new Uint32Array(placesOfPairs);
	#text = '';
	#number = 0;

	/** @param text in lower case. */
	read(text: string): void {
		this.#text = text;
		this.#number = this.#number === 0xffff_ffff ? 1 : this.#number + 1;
		for (let at = 1; at < text.length; at++)
			this.#seen[placeOf(text.charCodeAt(at - 1), text.charCodeAt(at))] = this.#number;
	}

	has({ text, pairs }: Word): boolean {
		for (const pair of pairs) if (this.#seen[pair] !== this.#number) return false;
		return this.#text.includes(text);
	}
}

export type Word = { readonly text: string; readonly pairs: readonly number[] };

const placesOfPairs = 4096;
const placeOf = (one: number, other: number) => (one * 61 + other) & (placesOfPairs - 1);

/** A word to look for, in lower case. */
export function wordToFind(text: string): Word {
	const pairs = [...text].slice(1).map((_, at) => placeOf(text.charCodeAt(at), text.charCodeAt(at + 1)));
	return { text, pairs };
}

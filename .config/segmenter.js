import narrowCharacters from './narrow.cjs';

// Stands in for Intl.Segmenter in the bundle. The real one takes milliseconds and megabytes, as libraries are loaded that may need it;
// and Ink asks for the characters of each line that it draws. Nearly none needs the real one.
const narrow = new RegExp(`^[\\u001b${narrowCharacters}]*$`);
const { Segmenter } = globalThis.Intl;

export default class LateSegmenter {
	#asked;
	#real;

	constructor(locales, options) {
		this.#asked = [locales, options];
	}

	segment(text) {
		const [, options] = this.#asked;
		if ((options?.granularity ?? 'grapheme') === 'grapheme' && narrow.test(text)) return new Units(text);
		this.#real ??= new Segmenter(...this.#asked);
		return this.#real.segment(text);
	}
}

/** What %Segments% is (ECMA-402, section 18.5), of a text of which each unit is a character. */
class Units {
	#text;

	constructor(text) {
		this.#text = text;
	}

	containing(index = 0) {
		const at = Math.trunc(index) || 0;
		return at >= 0 && at < this.#text.length ? this.#at(at) : undefined;
	}

	*[Symbol.iterator]() {
		for (let index = 0; index < this.#text.length; index++) yield this.#at(index);
	}

	#at(index) {
		return { segment: this.#text[index], index, input: this.#text };
	}
}

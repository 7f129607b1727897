import narrowCharacters from './narrow.cjs';

// Stands in for Intl.Segmenter in the bundle. The real one takes milliseconds and megabytes, as libraries are loaded that may need it;
// and Ink asks for the characters of each line that it draws. Nearly none needs the real one. Their results are gone through, and no more.
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
		if ((options?.granularity ?? 'grapheme') === 'grapheme' && narrow.test(text)) return eachUnit(text);
		this.#real ??= new Segmenter(...this.#asked);
		return this.#real.segment(text);
	}
}

function* eachUnit(text) {
	for (let index = 0; index < text.length; index++) yield { segment: text[index], index, input: text };
}

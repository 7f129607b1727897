/** Of each generation; of two, so that what a screen shows stays and the lines of a log do not pile up. */
const generationSize = 512;

/**
 * What was made of a text lately is not made again.
 *
 * @template Made
 * @template Rest
 * @param {(text: string, rest: Rest) => Made} make
 * @returns {(text: string, rest: Rest) => Made}
 */
export function recent(make) {
	/** @type {Map<string, Made>} */
	let young = new Map();
	/** @type {Map<string, Made>} */
	let old = new Map();
	return (text, rest) => {
		const known = young.get(text) ?? old.get(text) ?? make(text, rest);
		if (young.size >= generationSize) {
			old = young;
			young = new Map();
		}
		young.set(text, known);
		return known;
	};
}

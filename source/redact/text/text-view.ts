/** A text read another way, and where in the original each of its characters stands; the last place is the original's end. */
export type TextView = { readonly text: string; readonly places: readonly number[] };

const escapes =
	/(?:%[0-9a-f]{2})+|\\u[0-9a-f]{4}|\\u\{[0-9a-f]{1,6}\}|\\x[0-9a-f]{2}|\\[nrtbf"'\\/]|&(?:#\d{1,6}|#x[0-9a-f]{1,5}|amp|lt|gt|quot|apos);|=3D/gi;
const mayHaveEscapes = /%[0-9a-f]{2}|\\|&[#a-z]/i;
const named: Readonly<Record<string, string>> = {
	n: '\n',
	r: '\r',
	t: '\t',
	b: '\b',
	f: '\f',
	amp: '&',
	lt: '<',
	gt: '>',
	quot: '"',
	apos: "'",
};
const mostRounds = 3; // What is escaped more often is nobody's habit.

/** As it reads behind the escapes of URLs, JSON and HTML, also where one is inside another. Null when there are none. */
export function decodedView(text: string): TextView | null {
	let view = decodeOnce(text);
	for (let round = 1; view !== null && round < mostRounds; round++) {
		const next = decodeOnce(view.text);
		if (next === null) break;
		const { places } = view;
		view = { text: next.text, places: next.places.map((place) => places[place] ?? 0) };
	}
	return view;
}

function decodeOnce(text: string): TextView | null {
	if (!mayHaveEscapes.test(text)) return null;
	let decoded = '';
	const places: number[] = [];
	let from = 0;
	const take = (piece: string, placeOf: (index: number) => number) => {
		for (let index = 0; index < piece.length; index++) places.push(placeOf(index));
		decoded += piece;
	};
	for (const { 0: found, index: at } of text.matchAll(escapes)) {
		const start = from;
		take(text.slice(from, at), (index) => start + index);
		if (found.startsWith('%')) {
			for (const { character, offset } of decodeBytes(found)) take(character, () => at + offset * 3);
		} else {
			take(decodeEscape(found), () => at);
		}
		from = at + found.length;
	}
	if (from === 0) return null;
	const start = from;
	take(text.slice(from), (index) => start + index);
	places.push(text.length);
	return { text: decoded, places };
}

/** The characters of `%C3%BC%41`, and at which byte each begins. */
function decodeBytes(found: string): Array<{ character: string; offset: number }> {
	const bytes = Buffer.from(found.replaceAll('%', ''), 'hex');
	const characters: Array<{ character: string; offset: number }> = [];
	for (let offset = 0; offset < bytes.length; ) {
		const lead = bytes[offset] ?? 0;
		const length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
		characters.push({ character: bytes.toString('utf8', offset, offset + length), offset });
		offset += length;
	}
	return characters;
}

function decodeEscape(found: string): string {
	const number = /^\\u\{?([0-9a-f]+)|^\\x([0-9a-f]{2})|^&#x([0-9a-f]+)/i.exec(found);
	const hex = number?.[1] ?? number?.[2] ?? number?.[3];
	const decimal = /^&#(\d+)/.exec(found)?.[1];
	const point = hex === undefined ? Number(decimal ?? Number.NaN) : Number.parseInt(hex, 16);
	if (!Number.isNaN(point)) return point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
	if (found === '=3D') return '=';
	const inner = found.startsWith('&') ? found.slice(1, -1) : found.slice(1);
	return named[inner.toLowerCase()] ?? inner;
}

/** As it reads where a line was broken in the middle of a word: without line ends and what indents the next. Null for a single line. */
export function joinedView(text: string): TextView | null {
	if (!text.includes('\n')) return null;
	let joined = '';
	const places: number[] = [];
	let from = 0;
	const take = (to: number) => {
		for (let index = from; index < to; index++) places.push(index);
		joined += text.slice(from, to);
	};
	for (const { 0: ending, index } of text.matchAll(/[^\S\n]{0,8}\\?\r?\n[^\S\n]{0,16}/g)) {
		take(index);
		from = index + ending.length;
	}
	take(text.length);
	places.push(text.length);
	return { text: joined, places };
}

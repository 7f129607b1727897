import { NotPlain, scalarOf } from './plain-scalar.ts';
import type { Spot } from './problems.ts';
import { isTooLong } from './yaml-limits.ts';

export type PlainYaml = {
	readonly value: Record<string, unknown>;
	/** Where the value at a path stands, or the nearest thing around it. */
	readonly placeOf: (path: ReadonlyArray<string | number>) => Spot;
};

/**
 * Reads the YAML that nearly every inventory is written in: blocks of plain and quoted scalars, mappings and lists in brackets on one
 * line, comments. The whole library takes seconds for ten thousand Safes, this a tenth of one. Whatever is not certain to mean the same
 * there (anchors, tags, folded text, escapes, a tab, ...) is not read here at all. `test/inventory/plain-yaml.test.ts` holds the two equal.
 *
 * @returns null when the text has to be read by the whole library, be it for what it uses or for what is wrong with it.
 */
export function readPlainYaml(text: string): PlainYaml | null {
	try {
		const reader = new Reader(text);
		const value = reader.read();
		return { value, placeOf: (path) => reader.placeOf(value, path) };
	} catch (error) {
		// Nested deeper than the stack reaches; the whole library says where.
		if (error instanceof NotPlain || error instanceof RangeError) return null;
		throw error;
	}
}

type Line = { readonly number: number; indent: number; content: string };
type Container = Record<string, unknown> | unknown[];

const unusual = /[^\u0020-\u007e\u00c0-\u024f\r\n]|\r(?!\n)/;
const plainKey = /^[A-Za-z][\w-]*$/;

/** Where containers begin and where their values do: line and column of its own, then of each value in their order. Ten thousand Safes have many. */
type Spots = Map<Container, number[]>;

function spotIn(spots: Spots, container: unknown, part: string | number | null): Spot | null {
	const numbers = spots.get(container as Container);
	if (numbers === undefined) return null;
	const index =
		part === null
			? 0
			: Array.isArray(container)
				? Number(part) + 1
				: Object.keys(container as object).indexOf(String(part)) + 1;
	if (part !== null && index === 0) return null;
	const [line, column] = numbers.slice(2 * index, 2 * index + 2);
	return line === undefined || column === undefined ? null : { line, column };
}

class Reader {
	readonly #text: string;
	#at = 0;
	#number = 0;
	/** The next one that says something. */
	#line: Line | undefined;
	readonly #spots: Spots = new Map();
	readonly #keys = new Set<string>();

	constructor(text: string) {
		if (unusual.test(text)) throw new NotPlain();
		this.#text = text;
		this.#advance();
	}

	#advance(): void {
		while (this.#at < this.#text.length) {
			const found = this.#text.indexOf('\n', this.#at);
			const end = found === -1 ? this.#text.length : found;
			const raw = this.#text.slice(this.#at, end);
			this.#at = end + 1;
			this.#number++;
			const content = raw.trim();
			if (content === '' || content[0] === '#') continue;
			this.#line = { number: this.#number, indent: raw.indexOf(content), content };
			return;
		}
		this.#line = undefined;
	}

	read(): Record<string, unknown> {
		const first = this.#line;
		if (first?.indent !== 0 || /^[-{[]/.test(first.content)) throw new NotPlain();
		const value = this.#map(0);
		if (this.#line !== undefined) throw new NotPlain();
		return value;
	}

	placeOf(root: Container, path: ReadonlyArray<string | number>): Spot {
		let spot = spotIn(this.#spots, root, null) ?? { line: 1, column: 1 };
		let at: unknown = root;
		for (const part of path) {
			const found = spotIn(this.#spots, at, part);
			if (found === null) break;
			spot = found;
			at = (at as Record<string | number, unknown>)[part];
		}
		return spot;
	}

	#map(indent: number): Record<string, unknown> {
		const value: Record<string, unknown> = {};
		const spots = this.#begin(value, indent);
		for (let line = this.#line; line?.indent === indent; line = this.#line) {
			const end = this.#keyEnd(line.content);
			const key = line.content.slice(0, end);
			if (end === -1 || Object.hasOwn(value, key)) throw new NotPlain();
			this.#advance();
			let from = end + 1;
			while (line.content[from] === ' ') from++;
			value[key] = this.#valueAfter(line, from, indent, spots, true);
		}
		if ((this.#line?.indent ?? 0) > indent) throw new NotPlain();
		return value;
	}

	#list(indent: number): unknown[] {
		const value: unknown[] = [];
		const spots = this.#begin(value, indent);
		for (let line = this.#line; line?.indent === indent; line = this.#line) {
			const [dash] = /^-(?: +|$)/.exec(line.content) ?? [];
			// At the indentation of its own field a list may be followed by the next field.
			if (dash === undefined) break;
			const rest = line.content.slice(dash.length);
			if (this.#keyEnd(rest) !== -1) {
				// The entry is a mapping that begins behind the dash.
				line.indent += dash.length;
				line.content = rest;
				spots.push(line.number, line.indent + 1);
				value.push(this.#map(line.indent));
				continue;
			}
			this.#advance();
			value.push(this.#valueAfter(line, dash.length, indent, spots, false));
		}
		if ((this.#line?.indent ?? 0) > indent) throw new NotPlain();
		return value;
	}

	/** What stands behind a key or a dash: on its line, or as a block on those below. */
	#valueAfter(line: Line, from: number, indent: number, spots: number[], isInMap: boolean): unknown {
		const first = line.content[from];
		if (first !== undefined && first !== '#') {
			spots.push(line.number, line.indent + from + 1);
			const rest = line.content.slice(from);
			if (first === '"' || first === "'" || first === '{' || first === '[')
				return new OneLine(rest, line.number, line.indent + from, this.#spots).read();
			const comment = rest.indexOf(' #');
			return scalarOf(comment === -1 ? rest : rest.slice(0, comment).trimEnd(), false);
		}
		const below = this.#line;
		const isList = below?.content === '-' || below?.content.startsWith('- ');
		if (below === undefined || below.indent < indent || (below.indent === indent && !(isList && isInMap))) {
			// Where nothing stands: behind the colon.
			spots.push(line.number, line.indent + line.content.slice(0, from).trimEnd().length + 1);
			return null;
		}
		spots.push(below.number, below.indent + 1);
		return isList ? this.#list(below.indent) : this.#map(below.indent);
	}

	/** Where the colon behind a key stands; -1 when the text does not begin with a key. */
	#keyEnd(content: string): number {
		const end = content.indexOf(':');
		if (end === -1 || (end + 1 < content.length && content[end + 1] !== ' ')) return -1;
		const key = content.slice(0, end);
		if (this.#keys.has(key)) return end;
		if (!plainKey.test(key)) return -1;
		this.#keys.add(key);
		return end;
	}

	#begin(container: Container, indent: number): number[] {
		const spots = [this.#line?.number ?? 1, indent + 1];
		this.#spots.set(container, spots);
		return spots;
	}
}

/** A value in quotes or brackets that ends with its line. */
class OneLine {
	readonly #text: string;
	readonly #line: number;
	readonly #column: number;
	readonly #spots: Spots;
	#at = 0;

	constructor(text: string, line: number, column: number, spots: Spots) {
		this.#text = text;
		this.#line = line;
		this.#column = column;
		this.#spots = spots;
	}

	read(): unknown {
		const value = this.#value();
		if (!/^(?: *| +#.*)$/.test(this.#text.slice(this.#at))) throw new NotPlain();
		return value;
	}

	#value(): unknown {
		const first = this.#text[this.#at];
		if (first === '{') return this.#collection('}', {});
		if (first === '[') return this.#collection(']', []);
		const quoted = first === '"' ? /"[^"\\]*"/y : first === "'" ? /'[^']*'(?!')/y : null;
		if (quoted === null) return scalarOf(this.#takePlain(), true);
		const text = this.#take(quoted);
		if (isTooLong(text)) throw new NotPlain();
		return text.slice(1, -1);
	}

	#collection<Kind extends Container>(end: '}' | ']', value: Kind): Kind {
		const spots = [this.#line, this.#column + this.#at + 1];
		this.#spots.set(value, spots);
		this.#at++;
		this.#take(/ */y);
		while (this.#text[this.#at] !== end) {
			const key = Array.isArray(value) ? value.length : this.#take(/[A-Za-z][\w-]*(?=: +[^ ])/y);
			if (Object.hasOwn(value, key)) throw new NotPlain();
			if (typeof key === 'string') this.#take(/: +/y);
			spots.push(this.#line, this.#column + this.#at + 1);
			(value as Record<string | number, unknown>)[key] = this.#value();
			this.#take(/ */y);
			if (this.#text[this.#at] === end) break;
			this.#take(/, */y);
			// A comma before the bracket is fine in YAML, but rare.
			if (this.#text[this.#at] === end) throw new NotPlain();
		}
		this.#at++;
		return value;
	}

	/** Up to what ends it, without the blanks before that. A pattern that looked ahead past them at each would take the square of them. */
	#takePlain(): string {
		const text = this.#take(/[^,[\]{}"'#]+(?=[,}\]])/y);
		const plain = text.trimEnd();
		this.#at -= text.length - plain.length;
		return plain;
	}

	#take(pattern: RegExp): string {
		pattern.lastIndex = this.#at;
		const [text] = pattern.exec(this.#text) ?? [];
		if (text === undefined) throw new NotPlain();
		this.#at += text.length;
		return text;
	}
}

import { isIPv4 } from 'node:net';
import { type Document, isCollection, isMap, isPair, isScalar, isSeq, type Node, stringify, type YAMLMap } from 'yaml';

/** What a YAML text is to have in place of what stands there; positions count characters. */
type Splice = { readonly from: number; readonly to: number; readonly text: string };

export type Plain = string | number | boolean | { readonly [key: string]: string };
export type Entry = Readonly<Record<string, Plain>>;

/** The text cannot be changed in place: it is written in a way that only the whole document can be written anew from. */
export class NotInPlace extends Error {
	override readonly name = 'NotInPlace';
}

/**
 * Changes of one YAML document, made in its text: what is not changed keeps every blank, quote and comment. Positions are found in the
 * document as it was parsed, so the changes are collected and made at once.
 */
export class TextEdit {
	readonly #text: string;
	readonly #document: Document;
	readonly #splices: Splice[] = [];

	constructor(text: string, document: Document) {
		this.#text = text;
		this.#document = document;
	}

	/** The changed text. */
	toString(): string {
		const isWindows = /\r\n/.test(this.#text);
		let result = '';
		let done = 0;
		for (const { from, to, text } of this.#splices.toSorted((a, b) => a.from - b.from)) {
			if (from < done) throw new NotInPlace('two changes of one place');
			result += this.#text.slice(done, from) + (isWindows ? text.replace(/\n/g, '\r\n') : text);
			done = to;
		}
		return result + this.#text.slice(done);
	}

	/** Appends entries to a list at the top of the document, in the way its last one is written. */
	append(list: string, entries: readonly Entry[]): void {
		if (entries.length === 0) return;
		const root = this.#document.contents;
		const pair = isMap(root) ? root.items.find(({ key }) => isScalar(key) && key.value === list) : undefined;
		if (isMap(root) && root.flow) return this.#appendInFlow(root, pair?.value, list, entries);
		if (root !== null && !isMap(root) && !(isScalar(root) && root.value === null)) throw new NotInPlace('no mapping');
		if (pair === undefined) {
			const start = /(?:^|\n)$/.test(this.#text) ? '' : '\n';
			this.#splice(this.#text.length, `${start}${list}:\n${blockEntries(entries, '  ')}`);
			return;
		}
		const { value } = pair;
		const last = isSeq(value) ? value.items.at(-1) : undefined;
		if (isSeq(value) && last !== undefined && value.flow) return this.#appendInFlow(null, value, list, entries);
		if (isSeq(value) && last !== undefined) {
			const indent = ' '.repeat(this.#columnOf(startOf(value)));
			const lines = isMap(last) && last.flow ? flowLines(entries, indent) : blockEntries(entries, indent);
			return this.#insertLines(this.#lineAfter(endOf(last)), lines);
		}
		if (isSeq(value) || (isScalar(value) && value.value === null)) {
			const colon = this.#text.indexOf(':', endOf(pair.key)) + 1;
			const to = isSeq(value) ? endOf(value) : colon;
			this.#splice(colon, `\n${blockEntries(entries, '  ').trimEnd()}`, to);
			return;
		}
		throw new NotInPlace('no list');
	}

	/** Sets a field of a mapping; undefined takes it away. */
	set(map: unknown, key: string, value: Plain | undefined): void {
		if (!isMap(map)) throw new NotInPlace('no mapping');
		const index = map.items.findIndex((pair) => isScalar(pair.key) && pair.key.value === key);
		const pair = map.items[index];
		if (pair === undefined) {
			if (value !== undefined) this.#addField(map, `${key}: ${inLine(value, map.flow === true)}`);
			return;
		}
		if (value === undefined) return this.#removeField(map, index);
		// Field by field, so that its comments stay.
		if (isMap(pair.value) && typeof value === 'object') {
			for (const name of new Set([...fieldsOf(pair.value), ...Object.keys(value)]))
				if (pair.value.get(name) !== value[name]) this.set(pair.value, name, value[name]);
			return;
		}
		const [from, to] = [startOf(pair.value), endOf(pair.value)];
		const text = inLine(value, map.flow === true);
		const wasBlock = this.#text[to - 1] === '\n';
		const before = from === to && /:$/.test(this.#text.slice(0, from)) ? ' ' : '';
		const after = wasBlock ? '\n' : from === to && /^[^\r\n]/.test(this.#text.slice(to, to + 1)) ? ' ' : '';
		this.#splice(from, before + text + after, to);
	}

	#addField(map: YAMLMap, text: string): void {
		const last = map.items.at(-1);
		if (last === undefined) throw new NotInPlace('an empty mapping');
		if (map.flow) return this.#splice(endOf(last), `, ${text}`);
		const indent = ' '.repeat(this.#columnOf(startOf(map)));
		this.#insertLines(this.#lineAfter(endOf(last)), `${indent}${text}\n`);
	}

	#removeField(map: YAMLMap, index: number): void {
		const pair = map.items[index];
		const next = map.items[index + 1];
		const before = map.items[index - 1];
		if (map.flow && next !== undefined) return this.#splice(startOf(pair?.key), '', startOf(next.key));
		if (map.flow && before !== undefined) return this.#splice(endOf(before), '', endOf(pair));
		const start = startOf(pair?.key);
		const line = start - this.#columnOf(start);
		// The first one stands behind the dash of its entry.
		if (map.flow || this.#text.slice(line, start).trim() !== '') throw new NotInPlace('the first field');
		this.#splice(line, '', this.#lineAfter(endOf(pair)));
	}

	/** @param root where the whole document is written in brackets; null when only the list is. */
	#appendInFlow(root: YAMLMap | null, list: unknown, name: string, entries: readonly Entry[]): void {
		const items = entries.map((entry) => inFlow(entry));
		const last = isSeq(list) ? list.items.at(-1) : undefined;
		if (last !== undefined) {
			const start = startOf(last);
			const column = this.#columnOf(start);
			const ownLine = this.#text.slice(start - column, start).trim() === '';
			const separator = ownLine ? `,\n${' '.repeat(column)}` : ', ';
			return this.#splice(endOf(last), items.map((item) => separator + item).join(''));
		}
		if (isSeq(list)) return this.#splice(startOf(list), `[${items.join(', ')}]`, endOf(list));
		if (root === null || list !== undefined) throw new NotInPlace('no list');
		this.#addField(root, `${name}: [${items.join(', ')}]`);
	}

	#splice(from: number, text: string, to = from): void {
		this.#splices.push({ from, to, text });
	}

	#insertLines(at: number, lines: string): void {
		const isOpen = at === this.#text.length && !/\n$/.test(this.#text);
		this.#splice(at, isOpen ? `\n${lines.trimEnd()}` : lines);
	}

	/** Where the line after this position begins; the position itself where a block of text ended with its line. */
	#lineAfter(position: number): number {
		if (this.#text[position - 1] === '\n') return position;
		const end = this.#text.indexOf('\n', position);
		return end === -1 ? this.#text.length : end + 1;
	}

	#columnOf(position: number): number {
		return position - (this.#text.lastIndexOf('\n', position - 1) + 1);
	}
}

function fieldsOf(map: YAMLMap): string[] {
	return map.items.map(({ key }) => String(key));
}

function startOf(node: unknown): number {
	const range = (node as Node | undefined)?.range;
	if (!range) throw new NotInPlace('no place');
	return range[0];
}

/** Where what was written ends, without the comments and blank lines that a block takes in after its last line. */
function endOf(node: unknown): number {
	if (isPair(node)) return endOf(node.value ?? node.key);
	const last = isCollection(node) && !node.flow ? node.items.at(-1) : undefined;
	if (last !== undefined) return endOf(last);
	const range = (node as Node | undefined)?.range;
	if (!range) throw new NotInPlace('no place');
	return range[1];
}

/** Entries as a block, each field on a line of its own. */
export function blockEntries(entries: readonly Entry[], indent: string): string {
	const lines = entries.flatMap((entry) =>
		Object.entries(entry).map(
			([key, value], index) => `${indent}${index === 0 ? '- ' : '  '}${key}: ${inLine(value, false)}\n`,
		),
	);
	return lines.join('');
}

function flowLines(entries: readonly Entry[], indent: string): string {
	return entries.map((entry) => `${indent}- ${inFlow(entry)}\n`).join('');
}

function inFlow(entry: Entry): string {
	return `{${Object.entries(entry)
		.map(([key, value]) => `${key}: ${inLine(value, true)}`)
		.join(', ')}}`;
}

/** What the library writes as it is, too. It takes four seconds for the words of a hundred thousand Safes. */
function isPlainWord(text: string): boolean {
	if (isIPv4(text)) return true;
	return /^[A-Za-z][\w.-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text);
}

/** A value on one line, quoted where it has to be. */
function inLine(value: Plain, isInFlow: boolean): string {
	if (typeof value === 'object') return inFlow(value);
	if (typeof value !== 'string') return String(value);
	if (isPlainWord(value)) return value;
	const text = stringify(value, { lineWidth: 0 }).trimEnd();
	// YAML takes every JSON string as it is.
	const isPlain = !/^["']/.test(text);
	return text.includes('\n') || (isInFlow && isPlain && /[,[\]{}]/.test(text)) ? JSON.stringify(value) : text;
}

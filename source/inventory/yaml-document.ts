import {
	Alias,
	Composer,
	type CST,
	Document,
	isCollection,
	isMap,
	isScalar,
	type LineCounter,
	Parser,
	type Scalar,
	visit,
	type YAMLMap,
	YAMLParseError,
	type YAMLSeq,
} from 'yaml';
import { withoutStacks } from '../domain/without-stacks.ts';
import { findTooMuch, maxAliases, piecesOf, tooManyAliases, tooManyPieces } from './yaml-limits.ts';

const maxAliasedEntries = 1_000_000;

/**
 * The text as the whole library reads it; what is wrong with it, or too much of it, is in its `errors`.
 *
 * @param mostPieces more words and marks are too much.
 */
export function readDocument(text: string, lineCounter?: LineCounter, mostPieces?: number): Document {
	// Its warnings would be printed over the screen. Its search for keys that stand twice takes the square of their number.
	const options = { prettyErrors: false, merge: true, logLevel: 'error', uniqueKeys: false } as const;
	if (countOfAliases(text) > maxAliases) {
		lineCounter?.addNewLine(0);
		return refused(0, tooManyAliases);
	}
	const pieces = piecesOf(text, mostPieces);
	if (pieces === null) {
		lineCounter?.addNewLine(0);
		return refused(0, tooManyPieces);
	}
	const tokens = putTogether(pieces, lineCounter);
	const tooMuch = findTooMuch(tokens);
	if (tooMuch !== null) return refused(tooMuch.offset, tooMuch.message);
	const [document, second] = withoutStacks(() => {
		const [one, two] = new Composer(options).compose(tokens, true, text.length);
		return [one, two] as const;
	});
	if (document === undefined) return refused(0, 'nothing stands in it');
	if (second !== undefined)
		document.errors.push(new YAMLParseError([second.range[0], second.range[1]], 'MULTIPLE_DOCS', secondDocument));
	if (document.errors.length === 0) lookThrough(document);
	return document;
}

/** As `Parser.parse` does it. */
function putTogether(pieces: readonly string[], lineCounter: LineCounter | undefined): CST.Token[] {
	lineCounter?.addNewLine(0);
	const parser = new Parser(lineCounter?.addNewLine);
	const tokens: CST.Token[] = [];
	for (const piece of pieces) for (const token of parser.next(piece)) tokens.push(token);
	for (const token of parser.end()) tokens.push(token);
	return tokens;
}

/** Of what looks like one, without reading the text as YAML. */
function countOfAliases(text: string): number {
	let count = 0;
	for (const _ of text.matchAll(/(?<=[\s,:[{])\*\w/g)) count++;
	return count;
}

const secondDocument = 'a second document begins here; expected one';

/** @throws Error for aliases that lead nowhere or to too much. */
export function contentOf(document: Document): unknown {
	// They are counted where they are resolved.
	return document.toJS({ maxAliasCount: -1 });
}

function refused(offset: number, message: string): Document {
	const document = new Document(null);
	document.errors.push(new YAMLParseError([offset, offset + 1], 'RESOURCE_EXHAUSTION', message));
	return document;
}

type Anchored = Scalar | YAMLMap | YAMLSeq;

/** Finds keys that stand twice, and what aliases stand for: the library would go through the whole document for each alias. */
function lookThrough(document: Document): void {
	const anchored = new Map<string, Anchored>();
	const limit = createLimit();
	visit(document, {
		Alias(_, alias) {
			resolveQuickly(alias, anchored.get(alias.source), limit);
		},
		Value(_, node) {
			if (node.anchor !== undefined) anchored.set(node.anchor, node);
			if (isMap(node)) addDoubles(node, document.errors);
		},
	});
}

/** More are not looked for: who has that many corrects them for one reason. */
const maxDoubles = 1000;

function addDoubles(map: YAMLMap, errors: YAMLParseError[]): void {
	const keys = new Set<unknown>();
	for (const { key } of map.items) {
		if (!isScalar(key)) continue;
		if (errors.length >= maxDoubles) return;
		const [from = 0, to = from] = key.range ?? [];
		if (keys.has(key.value)) errors.push(new YAMLParseError([from, to], 'DUPLICATE_KEY', 'Map keys must be unique'));
		keys.add(key.value);
	}
}

type Limit = (conversion: object, entries: number) => void;

/** Counts what the aliases of one conversion stand for: maps that are merged into maps that are merged double with each step. */
function createLimit(): Limit {
	const used = new WeakMap<object, { aliases: number; entries: number }>();
	return (conversion, entries) => {
		const { aliases, entries: before } = used.get(conversion) ?? { aliases: 0, entries: 0 };
		const now = { aliases: aliases + 1, entries: before + entries };
		if (now.aliases > maxAliases || now.entries > maxAliasedEntries) throw new ReferenceError(tooManyAliases);
		used.set(conversion, now);
	};
}

/** The library's own way, with its search cut short: it looks for the target in the nodes of `aliasResolveCache` alone. */
function resolveQuickly(alias: Alias, target: Anchored | undefined, limit: Limit): void {
	alias.resolve = (document, context) => {
		if (context === undefined) return target;
		limit(context, isCollection(target) ? target.items.length : 1);
		context.aliasResolveCache = target === undefined ? [] : [target];
		return Alias.prototype.resolve.call(alias, document, context);
	};
}

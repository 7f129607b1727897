import { type Document, type LineCounter, parseDocument } from 'yaml';

/** Ten thousand Safes may share one credential by its anchor; a few lines that stand for millions of values are none of an inventory. */
const mostAliases = 100_000;

/** The text as the whole library reads it; what is wrong with it is in its `errors`. */
export function readDocument(text: string, lineCounter?: LineCounter): Document {
	// Its warnings would be printed over the screen.
	const options = { prettyErrors: false, merge: true, logLevel: 'error' } as const;
	return parseDocument(text, lineCounter === undefined ? options : { ...options, lineCounter });
}

/** @throws Error for aliases that lead nowhere or to too much. */
export function contentOf(document: Document): unknown {
	return document.toJS({ maxAliasCount: mostAliases });
}

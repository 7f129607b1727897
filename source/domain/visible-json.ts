/** Control and format characters, line and paragraph separators, lone surrogates (Unicode, General_Category). Line feeds are JSON's own. */
const hidden = /[^\P{C}\n]|[\u2028\u2029]/gu;

/** The same JSON without a character that drives a terminal or hides from the reader: escaped, as RFC 8259 section 7 allows inside strings. */
export function visibleJson(json: string): string {
	return json.replace(hidden, (character) =>
		Array.from({ length: character.length }, (_, at) => escaped(character.charCodeAt(at))).join(''),
	);
}

function escaped(unit: number): string {
	return `\\u${unit.toString(16).padStart(4, '0')}`;
}

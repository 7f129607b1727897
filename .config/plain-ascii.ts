import type { Plugin } from 'rolldown';

/** One character beyond Latin-1 makes V8 keep a whole file with two bytes for each character, and the threads theirs too. */
export const plainAscii: Plugin = {
	name: 'plain-ascii',
	generateBundle: (_, bundle) => {
		for (const chunk of Object.values(bundle)) if (chunk.type === 'chunk') chunk.code = asciiOnly(chunk.code);
	},
};

/** The same program: what is not ASCII stands in texts and regular expressions, which read their escapes as the character. */
function asciiOnly(code: string): string {
	if (/\\[^\x00-\x7f]|String\.raw`[^`]*[^\x00-\x7f]/.test(code))
		throw new Error('a character that no escape can stand for');
	return code.replace(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Takes everything out of foreign text (logs, banners, server names, command output) that could drive a terminal or deceive its
 * reader. All such text passes here before it reaches any sink. Sources: ECMA-48 section 5 (control functions), Unicode UAX #9
 * (bidirectional controls), xterm's ctlseqs for OSC, DCS, APC, PM and SOS strings.
 */

const tabWidth = 4;

// Two tests decide for the usual lines, which have nothing to remove: ASCII, and other scripts without any of these.
const plain = /^[\u0020-\u007e]*$/;
const suspect =
	/[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|[\ud800-\udfff]|\p{M}{9}/u;

// Strings that a terminal takes in whole, ended by BEL or ST; an unterminated one ends with its line, so that it cannot hide the next.
const controlStrings =
	/(?:\u001b[\]PX^_]|[\u0090\u0098\u009d\u009e\u009f])[^\u0007\u001b\u009c\n]*(?:\u0007|\u001b\\|\u009c|$|(?=\n|\u001b))/g;
const controlSequences = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?/g;
const twoByteEscapes = /\u001b[ -/]*[0-~]?/g;
const invisible =
	/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;
// Joiners make emoji and the letters of some scripts; next to ASCII, or in a row, they only hide.
const idleJoiners =
	/(?<=^|[\u0000-\u007f])[\u200c\u200d]+|[\u200c\u200d]+(?=[\u0000-\u007f]|$)|(?<=[\u200c\u200d])[\u200c\u200d]+/g;
// No script stacks more marks on a letter; a heap of them paints over the lines above and below.
const heapedMarks = /(\p{M}{8})\p{M}+/gu;
const loneSurrogates = /[\ud800-\udfff]/gu;

/** One or more lines of foreign text made harmless. Line feeds stay, tabs become spaces. */
export function cleanText(text: string): string {
	if (plain.test(text) || !suspect.test(text)) return text;
	return text
		.replace(/\r\n/g, '\n')
		.replace(controlStrings, '')
		.replace(controlSequences, '')
		.replace(twoByteEscapes, '')
		.replace(/\t/g, ' '.repeat(tabWidth))
		.replace(invisible, '')
		.replace(idleJoiners, '')
		.replace(heapedMarks, '$1')
		.replace(loneSurrogates, '\ufffd');
}

/** The same on a single line: line feeds become spaces. For names, summaries and anything that must stay one row. */
export function cleanLine(text: string): string {
	return cleanText(text).replace(/\n+/g, ' ').trim();
}

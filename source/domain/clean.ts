/**
 * Takes everything out of foreign text (logs, banners, server names, command output) that could drive a terminal or deceive its
 * reader. All such text passes here before it reaches any sink. Sources: ECMA-48 section 5 (control functions), Unicode UAX #9
 * (bidirectional controls), xterm's ctlseqs for OSC, DCS, APC, PM and SOS strings.
 */

const tabWidth = 4;

// One test decides for the usual line, which has nothing to remove.
const suspect =
	/[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|[\ud800-\udfff]/u;

// Strings that a terminal takes in whole, ended by BEL or ST; an unterminated one ends with its line, so that it cannot hide the next.
const controlStrings =
	/(?:\u001b[\]PX^_]|[\u0090\u0098\u009d\u009e\u009f])[^\u0007\u001b\u009c\n]*(?:\u0007|\u001b\\|\u009c|$|(?=\n|\u001b))/g;
const controlSequences = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?/g;
const twoByteEscapes = /\u001b[ -/]*[0-~]?/g;
const invisible =
	/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
const loneSurrogates = /[\ud800-\udfff]/gu;

/** One or more lines of foreign text made harmless. Line feeds stay, tabs become spaces. */
export function cleanText(text: string): string {
	if (!suspect.test(text)) return text;
	return text
		.replace(/\r\n/g, '\n')
		.replace(controlStrings, '')
		.replace(controlSequences, '')
		.replace(twoByteEscapes, '')
		.replace(/\t/g, ' '.repeat(tabWidth))
		.replace(invisible, '')
		.replace(loneSurrogates, '\ufffd');
}

/** The same on a single line: line feeds become spaces. For names, summaries and anything that must stay one row. */
export function cleanLine(text: string): string {
	return cleanText(text).replace(/\n+/g, ' ').trim();
}

import { removedSecret } from './spans.ts';

/** What breaks lines at a width: a terminal, a mail, base64. Nothing narrower than this does. Characters. */
const narrowest = 60;

/** The rest of a token at the beginning of a line: of letters and digits, and the line or its quotes end after it. */
const rest = /^(\s*)(?=[\w+/=.~-]*\d)(?=[\w+/=.~-]*[A-Za-z])[\w+/=.~-]{8,}(?=["']|\s*$)/;

type WrapWatch = {
	/** A line without what is the rest of the secret that the line before ended with. */
	withoutRest(line: string): string;
	/** Looks at how a line ends: as it came, and without its secrets. */
	look(line: string, safe: string): void;
};

/** A secret that was broken at a width, as by a terminal it was copied from, goes on below without any of the words it is known by. */
export function createWrapWatch(): WrapWatch {
	let width = 0;
	return {
		withoutRest(line) {
			if (width === 0 || line.length > width) return line;
			const open = line.replace(rest, `$1${removedSecret}`);
			// It goes on again where it fills the line.
			if (open === line || line.length < width) width = 0;
			return open;
		},
		look(line, safe) {
			if (width === 0 && line.length >= narrowest && safe !== line && safe.endsWith(removedSecret)) width = line.length;
		},
	};
}

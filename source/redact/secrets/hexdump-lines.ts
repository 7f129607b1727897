/** A line of hexdump -C or xxd: an offset, bytes in hexadecimal, and what of them can be read. */
const dumpLine = /^(.{0,120}?[0-9a-f]{4,8}:? {1,2})((?:[0-9a-f]{2,4} {1,3}){1,16})([ |].{1,20})$/i;
/** So much of what was dumped is looked at again with each line: a name, its value, three lines of a key. Characters. */
const mostKept = 224;

type HexdumpWatch = {
	/** What was dumped so far, with this line; and how many characters of it are this line's. Null for a line that is no dump. */
	look(
		line: string,
	): { readonly text: string; readonly own: number; readonly start: number; readonly end: number } | null;
};

/** A dump shows each text sixteen characters at a time: a name and its value stand on two lines. */
export function createHexdumpWatch(): HexdumpWatch {
	let kept = '';
	return {
		look(line) {
			// Each of the programs parts its columns by two blanks.
			const found = line.length > 300 || !line.includes('  ') ? null : dumpLine.exec(line);
			if (found === null) {
				kept = '';
				return null;
			}
			const [, offset = '', bytes = ''] = found;
			const own = Buffer.from(bytes.replace(/ /g, ''), 'hex').toString('latin1');
			kept = (kept + own).slice(-mostKept);
			return { text: kept, own: own.length, start: offset.length, end: line.length };
		},
	};
}

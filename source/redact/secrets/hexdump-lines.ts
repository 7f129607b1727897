import { findByteLists, holdKey, mayBeBytes } from './byte-lists.ts';
import { keyEnds } from './key-text.ts';

/** A line of hexdump -C or xxd: an offset, bytes in hexadecimal, and what of them can be read; od prints no more than the bytes. */
const dumpLine = /^(.{0,120}?[0-9a-f]{4,8}:? {1,2})((?:[0-9a-f]{2,4} {1,3}){1,16})([ |].{1,20})$/i;
const lastLine =
	/^(.{0,120}?(?:[0-9a-f]{4,8}:? {1,2}|[\s[:,]))((?:[0-9a-f]{2,4}[ :,]{1,3}){1,16}|[0-9a-f]{2,4}$)(?:\s|\||[0-9a-f]{2}|$)/i;
/** So much of what was dumped is looked at again with each line: a name, its value, three lines of a key. Characters. */
const mostKept = 224;
/** A key that a line of its bytes begins with has no more lines in a dump. */
const mostKeyLines = 400;

type Dump = {
	readonly text: string;
	readonly own: number;
	readonly start: number;
	readonly end: number;
	/** The bytes are those of a private key that began here or above. */
	readonly isKey: boolean;
};

type HexdumpWatch = {
	/** What was dumped so far, with this line; and how many characters of it are this line's. Null for a line that is no dump. */
	look(line: string): Dump | null;
};

/** A dump shows each text sixteen characters at a time: a name and its value stand on two lines. */
export function createHexdumpWatch(): HexdumpWatch {
	let kept = '';
	let keyLines = 0;
	return {
		look(line) {
			const found = bytesOf(line) ?? (keyLines > 0 ? lastBytesOf(line) : null);
			if (found === null) {
				kept = '';
				keyLines = 0;
				return null;
			}
			const own = found.bytes.toString('latin1');
			kept = (kept + own).slice(-mostKept);
			if (holdKey(found.bytes) || holdKey(Buffer.from(kept, 'latin1'))) keyLines = mostKeyLines;
			const isKey = keyLines-- > 0;
			if (keyEnds.test(kept)) keyLines = 0;
			return { text: kept, own: own.length, start: found.start, end: found.end, isKey };
		},
	};
}

/** The bytes that a line shows, and where; null for a line that is no part of a dump. */
function bytesOf(line: string): { start: number; end: number; bytes: Buffer } | null {
	if (line.length > 400) return null;
	const found = line.includes('  ') ? dumpLine.exec(line) : null;
	if (found !== null) {
		const [, offset = '', bytes = ''] = found;
		return { start: offset.length, end: line.length, bytes: Buffer.from(bytes.replace(/ /g, ''), 'hex') };
	}
	if (!mayBeBytes.test(line)) return null;
	const lists = [...findByteLists(line)];
	const [list] = lists;
	return list === undefined || lists.some(({ start }) => start >= list.end) ? null : list;
}

/** The last line of a dump is shorter. */
function lastBytesOf(line: string): { start: number; end: number; bytes: Buffer } | null {
	const found = lastLine.exec(line);
	if (found === null) return null;
	const [, before = '', bytes = ''] = found;
	return { start: before.length, end: line.length, bytes: Buffer.from(bytes.replace(/\W/g, ''), 'hex') };
}

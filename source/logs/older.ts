import type { Host, RunOptions } from '../hosts/host.ts';
import type { LogBuffer } from './log-buffer.ts';
import type { DecodedLine } from './log-line.ts';
import type { LogSource } from './log-source.ts';
import { readTail } from './tail.ts';

const step = 2000; // Lines read at once.
/** So many equal lines in a row are the same place of the log. */
const joint = 3;

/** What came of it in a few words, and how many lines were put in front. */
export type OlderLines = { readonly added: number; readonly said: string };

/** Reads lines from before the oldest kept one, and puts them in front of it. */
export async function readOlder(
	host: Host,
	source: LogSource,
	buffer: LogBuffer,
	options: RunOptions,
): Promise<OlderLines> {
	const nothing = (said: string): OlderLines => ({ added: 0, said });
	if (buffer.room === 0) return nothing('no room for older lines: vpmon logs -n reads as many as you like');
	const tail = await readTail(host, source, buffer.length + step, options);
	if (!tail.ok) return nothing(`older lines cannot be read: ${tail.reason}`);
	const end = placeOf(buffer, tail.lines);
	if (end === null) return nothing('older lines are gone, or the log moves too fast to join them');
	const older = tail.lines.slice(Math.max(0, end - step), end);
	if (older.length === 0) return nothing('there is nothing older');
	const added = buffer.prepend(older);
	return { added, said: `${added} older lines` };
}

/** Where the oldest kept line stands among lines that were read anew; null where it does not. */
function placeOf(buffer: LogBuffer, lines: readonly DecodedLine[]): number | null {
	const first = buffer
		.slice(0, 10 * joint)
		.filter(({ kind }) => kind !== 'notice')
		.slice(0, joint);
	if (first.length === 0) return lines.length;
	const isHere = (at: number) =>
		first.every(({ text, time }, index) => lines[at + index]?.text === text && lines[at + index]?.time === time);
	const at = lines.findIndex((_, index) => isHere(index));
	return at === -1 ? null : at;
}

import { messageOf } from '../domain/user-error.ts';
import { readBytesIfThere } from './read-shared.ts';
import { openForAppend } from './shared-files.ts';

/**
 * Copies damaged lines beside their file, as `<file>.damaged`. They also stay where they are: others may be writing there.
 *
 * @param damaged lines by their file, in latin1.
 * @returns what is to be said of those that were not known yet, or null.
 */
export async function setLinesAside(damaged: ReadonlyMap<string, readonly string[]>): Promise<string | null> {
	const asides: string[] = [];
	let count = 0;
	for (const [file, lines] of damaged) {
		const aside = `${file}.damaged`;
		const known = new Set((await readBytesIfThere(aside)).split('\n'));
		const fresh = [...new Set(lines)].filter((line) => !known.has(line));
		if (fresh.length === 0) continue;
		count += fresh.length;
		try {
			const handle = await openForAppend(aside, 'owner');
			await handle.appendFile(`${fresh.join('\n')}\n`, { encoding: 'latin1' }).finally(() => handle.close());
		} catch (error) {
			return `the history is damaged, and what is damaged cannot be set aside: ${messageOf(error)}`;
		}
		asides.push(aside);
	}
	const [first, ...more] = asides;
	if (first === undefined) return null;
	const lines = `${count} ${count === 1 ? 'line' : 'lines'}`;
	return `the history is damaged: ${lines} set aside as ${first}${more.length === 0 ? '' : ` and ${more.length} more`}`;
}

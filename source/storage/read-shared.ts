import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { explained, odd } from './explain-file.ts';

/** Reading of files that others may have laid: a link is not followed, and a pipe that nobody writes to is not waited for. */

const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY } = constants;
const carefully = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;

/**
 * The text of a file that others may write too; null where there is none.
 *
 * @param mostBytes its end alone is read where it is longer, from a line's begin on.
 * @throws UserError when it is no file, or cannot be read.
 */
export function readSharedText(file: string, mostBytes = Number.POSITIVE_INFINITY): string | null {
	return explained(file, () => {
		let descriptor: number;
		try {
			descriptor = openSync(file, carefully);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
			throw error;
		}
		try {
			const found = fstatSync(descriptor);
			if (!found.isFile()) throw odd(file, found);
			const text = readFileSync(descriptor);
			const end = text.subarray(Math.max(0, text.length - mostBytes));
			return (end.length === text.length ? end : end.subarray(end.indexOf(0x0a) + 1)).toString('utf8');
		} finally {
			closeSync(descriptor);
		}
	});
}

/** The bytes of a plain file, a character each; empty where there is none that can be read. */
export async function readBytesIfThere(file: string): Promise<string> {
	const handle = await open(file, carefully).catch(() => null);
	if (handle === null) return '';
	try {
		return (await handle.stat()).isFile() ? await handle.readFile('latin1') : '';
	} catch {
		return '';
	} finally {
		await handle.close();
	}
}

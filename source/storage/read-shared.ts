import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { explained, odd } from './explain-file.ts';

/** Reading of files that others may have laid: a link is not followed, and a pipe that nobody writes to is not waited for. */

const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY } = constants;
/** Sixteen times what a file of the history may become. */
const defaultMaxBytes = 64 * 1024 * 1024;
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
			// Not what is added meanwhile: somebody may be adding without end.
			const length = Math.min(found.size, mostBytes);
			const end = Buffer.alloc(length);
			let read = 0;
			for (let more = -1; more !== 0 && read < length; read += more)
				more = readSync(descriptor, end, read, length - read, found.size - length + read);
			const text = end.subarray(0, read);
			return (length === found.size ? text : text.subarray(text.indexOf(0x0a) + 1)).toString('utf8');
		} finally {
			closeSync(descriptor);
		}
	});
}

/** The bytes of a plain file, a character each; empty where there is none that can be read, or one that is larger. */
export async function readBytesIfThere(file: string, maxBytes = defaultMaxBytes): Promise<string> {
	const handle = await open(file, carefully).catch(() => null);
	if (handle === null) return '';
	try {
		const found = await handle.stat();
		if (!found.isFile() || found.size > maxBytes) return '';
		// Not what is added meanwhile, as above.
		const bytes = Buffer.alloc(found.size);
		const { bytesRead } = await handle.read(bytes, 0, found.size, 0);
		return bytes.subarray(0, bytesRead).toString('latin1');
	} catch {
		return '';
	} finally {
		await handle.close();
	}
}

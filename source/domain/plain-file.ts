import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { UserError } from './user-error.ts';

/**
 * Reading of files whose paths come from outside. Only plain files are read: a pipe that nobody writes to, a device or a socket would
 * be waited for without end. No more is read than was asked for, also of a file that grows meanwhile.
 */

const { O_NONBLOCK = 0, O_RDONLY } = constants;
/** In case that a pipe takes the place of the file between the look and the opening. */
const carefully = O_RDONLY | O_NONBLOCK;
const pieceBytes = 1024 * 1024;

export type PlainFile = { readonly bytes: Buffer; readonly stats: Stats };

/**
 * @param maxBytes of a file that is read; a larger one is refused.
 * @throws UserError for what is no plain file or too large; the system's error when it cannot be read.
 */
export function readPlainFileSync(file: string, maxBytes: number): PlainFile {
	refuseOdd(file, statSync(file), maxBytes);
	const descriptor = openSync(file, carefully);
	try {
		const stats = fstatSync(descriptor);
		refuseOdd(file, stats, maxBytes);
		const pieces: Buffer[] = [];
		for (let size = 0; ; ) {
			const piece = Buffer.allocUnsafe(nextPiece(stats, size));
			const read = readSync(descriptor, piece, 0, piece.length, null);
			if (read === 0) return { bytes: Buffer.concat(pieces), stats };
			size += read;
			if (size > maxBytes) throw tooLarge(file, maxBytes);
			pieces.push(piece.subarray(0, read));
		}
	} finally {
		closeSync(descriptor);
	}
}

/** The same without making this thread wait for a slow drive. */
export async function readPlainFile(file: string, maxBytes: number): Promise<PlainFile> {
	refuseOdd(file, await stat(file), maxBytes);
	const handle = await open(file, carefully);
	try {
		const stats = await handle.stat();
		refuseOdd(file, stats, maxBytes);
		const pieces: Buffer[] = [];
		for (let size = 0; ; ) {
			const piece = Buffer.allocUnsafe(nextPiece(stats, size));
			const { bytesRead } = await handle.read(piece, 0, piece.length, null);
			if (bytesRead === 0) return { bytes: Buffer.concat(pieces), stats };
			size += bytesRead;
			if (size > maxBytes) throw tooLarge(file, maxBytes);
			pieces.push(piece.subarray(0, bytesRead));
		}
	} finally {
		await handle.close();
	}
}

/** The text of a file; empty where there is none that can be read. */
export async function readPlainTextIfThere(file: string, maxBytes: number): Promise<string> {
	try {
		return (await readPlainFile(file, maxBytes)).bytes.toString('utf8');
	} catch {
		return '';
	}
}

/** One byte more than there should be, so that the end is found in the second reading. */
function nextPiece({ size }: Stats, read: number): number {
	return Math.min(pieceBytes, Math.max(1, size - read) + 1);
}

function refuseOdd(file: string, stats: Stats, maxBytes: number): void {
	if (!stats.isFile()) throw new UserError(`${file} is ${kindOf(stats)}.`, 'Give the path of a plain file.');
	if (stats.size > maxBytes) throw tooLarge(file, maxBytes);
}

function tooLarge(file: string, maxBytes: number): UserError {
	const megabytes = Math.floor(maxBytes / 1024 / 1024);
	const limit = megabytes === 0 ? `${maxBytes / 1024} kB` : `${megabytes} MB`;
	return new UserError(`${file} is larger than ${limit}.`, 'Check that it is the right file.');
}

/** What something is that is no plain file. */
export function kindOf(stats: Stats): string {
	if (stats.isDirectory()) return 'a directory';
	if (stats.isFIFO()) return 'a named pipe';
	if (stats.isSocket()) return 'a socket';
	return stats.isCharacterDevice() || stats.isBlockDevice() ? 'a device' : 'no plain file';
}

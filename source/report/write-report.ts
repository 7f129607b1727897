import { randomBytes } from 'node:crypto';
import { link, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeDirectory } from '../domain/make-directory.ts';
import { messageOf, UserError } from '../domain/user-error.ts';

/**
 * Writes a report whole or not at all, never over another, readable by its owner only. The file name says when, not whom.
 *
 * @returns the path of the new file.
 * @throws UserError when the directory or the disk does not take it; nothing is left behind then.
 */
export async function writeReport(directory: string, text: string, at: Date): Promise<string> {
	const path = pathFor(directory, 'report', 'md', at);
	try {
		await writeWhole(path, text);
		return path;
	} catch (error) {
		throw new UserError(
			`The report could not be written to ${directory}: ${messageOf(error)}`,
			'Choose another directory with --out.',
		);
	}
}

/** A name that says when, and not whom. */
export function pathFor(directory: string, what: 'report' | 'log', extension: string, at: Date): string {
	const stamp = at.toISOString().replace(/[-:]|\.\d+/g, '');
	return join(directory, `vpmon-${what}-${stamp}-${randomBytes(4).toString('hex')}.${extension}`);
}

/** Writes a new file whole or not at all, never over another, readable by its owner only; makes its directory. */
export async function writeWhole(path: string, text: string): Promise<void> {
	const unfinished = `${path}.part`;
	try {
		makeDirectory(dirname(path), 0o700);
		const file = await open(unfinished, 'wx', 0o600);
		try {
			await file.writeFile(text, 'utf8');
			await file.sync();
		} finally {
			await file.close();
		}
		await publish(unfinished, path);
	} finally {
		await rm(unfinished, { force: true }).catch(() => {});
	}
}

/** A link fails where a rename would replace; some file systems have no links. */
async function publish(from: string, to: string): Promise<void> {
	try {
		await link(from, to);
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
		if (await stat(to).catch(() => null)) throw error;
		await rename(from, to);
	}
}

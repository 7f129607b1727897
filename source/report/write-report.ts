import { randomBytes } from 'node:crypto';
import { lstatSync, rmSync } from 'node:fs';
import { link, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { removeAbandoned } from '../domain/abandoned.ts';
import { cleanLine } from '../domain/clean.ts';
import { makeDirectory } from '../domain/make-directory.ts';
import { messageOf, UserError } from '../domain/user-error.ts';
import { openDirectoryAbove } from '../domain/who-can-write.ts';

/**
 * Writes a report whole or not at all, never over another, readable by its owner only. The file name says when, not whom.
 *
 * @returns the path of the new file.
 * @throws UserError when the directory or the disk does not take it; nothing is left behind then.
 */
export async function writeReport(
	directory: string,
	text: string,
	at: Date,
	extension: 'md' | 'json' = 'md',
): Promise<string> {
	const path = pathFor(directory, 'report', extension, at);
	try {
		await writeWhole(path, text);
		return path;
	} catch (error) {
		throw new UserError(
			`The report could not be written to ${directory}: ${whyOf(error)}. Nothing is left of it there.`,
			'Choose another directory with --out, or --out - to print it.',
		);
	}
}

/** A name that says when, and not whom. */
export function pathFor(directory: string, what: 'report' | 'log', extension: string, at: Date): string {
	const stamp = at.toISOString().replace(/[-:]|\.\d+/g, '');
	return join(directory, `vpmon-${what}-${stamp}-${randomBytes(4).toString('hex')}.${extension}`);
}

const unfinishedName = /^vpmon-(?:report|log)-\d{8}T\d{6}Z-[0-9a-f]{8}\.\w+\.part$/;

/** Writes a new file whole or not at all, never over another, readable by its owner only; makes its directory. */
export async function writeWhole(path: string, text: string): Promise<void> {
	const unfinished = `${path}.part`;
	// Who is interrupted in the middle leaves nothing either.
	const cleanUp = () => rmSync(unfinished, { force: true });
	process.once('exit', cleanUp);
	try {
		makeDirectory(dirname(path), 0o700);
		refuseLinkOfOthers(dirname(path));
		refuseOpen(path);
		const file = await open(unfinished, 'wx', 0o600);
		try {
			await file.writeFile(text, 'utf8');
			await file.sync();
		} finally {
			await file.close();
		}
		await publish(unfinished, path);
		await removeAbandoned(dirname(path), (name) => unfinishedName.test(name));
	} finally {
		process.removeListener('exit', cleanUp);
		await rm(unfinished, { force: true }).catch(() => {});
	}
}

/** Who may write beside our directory could have put a link in its place, to read there what is ours alone. */
function refuseLinkOfOthers(directory: string): void {
	const found = lstatSync(directory);
	const self = process.geteuid?.();
	if (found.isSymbolicLink() && self !== undefined && found.uid !== self && found.uid !== 0)
		throw new Error('it is a link that somebody else laid');
}

/** In a directory like /tmp only the owner of a file can put another in its place. */
function refuseOpen(path: string): void {
	const open = openDirectoryAbove(path);
	if (open !== null) throw new Error(`everybody can write to ${cleanLine(open)}, and put another file in its place`);
}

function whyOf(error: unknown): string {
	const { code } = error as NodeJS.ErrnoException;
	const known: Readonly<Record<string, string>> = {
		ENOSPC: 'the disk is full',
		EDQUOT: 'your quota is used up',
		EROFS: 'it is read-only',
		EACCES: 'you may not write there',
		EPERM: 'you may not write there',
		ENOTDIR: 'a part of that path is no directory',
		EEXIST: 'there is a file of that name',
	};
	return known[code ?? ''] ?? messageOf(error);
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

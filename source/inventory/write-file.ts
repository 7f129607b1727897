import { randomBytes } from 'node:crypto';
import { open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { removeAbandoned } from '../domain/abandoned.ts';
import { makeDirectory } from '../domain/make-directory.ts';
import { readPlainFile } from '../domain/plain-file.ts';
import { messageOf, UserError } from '../domain/user-error.ts';

const ownerOnly = 0o600;
const mostBackups = 20;
/** Of a file that is compared with what it was: twice what is read of an inventory. */
const mostBytes = 64 * 1024 * 1024;

/** What a file has in place of what it had; null is no file. */
export type FileChange = { readonly file: string; readonly before: string | null; readonly after: string };

/**
 * Replaces a file whole: at every moment there is the old one or the new one. Owner and mode stay, a symbolic link goes on leading to
 * it, and the old text is kept beside it (`vpmon.yaml.2026-11-25T19-30-12.bak`, UTC, for its owner only; the newest 20 of them).
 *
 * @param onKept told where the old text is kept, before the new one takes its place; what it throws keeps the old file.
 * @returns the path of the kept copy; null where there was no file.
 * @throws UserError when the file is no longer what it was, or the disk does not take it; nothing has changed then.
 */
export async function replaceFile(
	{ file, before, after }: FileChange,
	at: Date,
	onKept: (backup: string | null) => Promise<void> = async () => {},
): Promise<string | null> {
	const real = before === null ? file : await realpath(file).catch(() => file);
	const directory = dirname(real);
	const unfinished = join(directory, `.${basename(real)}.${randomBytes(6).toString('hex')}.part`);
	try {
		if (before === null) makeDirectory(directory, 0o700);
		await writeWhole(unfinished, after, before === null ? null : await stat(real));
		const backup = before === null ? null : await keep(real, before, at);
		await onKept(backup);
		// As late as it can be looked at.
		await refuseChanged(file, before);
		await rename(unfinished, real);
		await syncDirectory(directory);
		await tidy(real).catch(() => {});
		return backup;
	} catch (error) {
		if (error instanceof UserError) throw error;
		throw new UserError(
			`${file} could not be written: ${messageOf(error)}`,
			`It is as it was. vpmon needs to write to ${directory}, since it replaces the file whole.`,
		);
	} finally {
		await rm(unfinished, { force: true }).catch(() => {});
	}
}

/** Takes a file away that was made by an edit. */
export async function removeFile(file: string, before: string): Promise<void> {
	await refuseChanged(file, before);
	await rm(file);
}

async function refuseChanged(file: string, before: string | null): Promise<void> {
	const now = await readPlainFile(file, mostBytes).catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return null;
		throw error;
	});
	if ((now?.bytes.toString('utf8') ?? null) === before) return;
	throw new UserError(
		before === null
			? `${file} was made by somebody else meanwhile.`
			: `${file} was changed by somebody else meanwhile.`,
		'Nothing was written. Look at it and try again.',
	);
}

async function writeWhole(
	path: string,
	text: string,
	like: { readonly mode: number; readonly uid: number; readonly gid: number } | null,
): Promise<void> {
	const handle = await open(path, 'wx', ownerOnly);
	try {
		await handle.writeFile(text, 'utf8');
		if (like !== null) {
			// Only root may give files away; the group at least is often shared.
			const own = await handle.stat();
			if (own.uid !== like.uid || own.gid !== like.gid)
				await handle.chown(like.uid, like.gid).catch(() => handle.chown(own.uid, like.gid).catch(() => {}));
			await handle.chmod(like.mode & 0o777);
		}
		await handle.sync();
	} finally {
		await handle.close();
	}
}

async function keep(file: string, text: string, at: Date): Promise<string> {
	const stamp = at.toISOString().slice(0, 19).replace(/:/g, '-');
	for (let count = 1; ; count++) {
		const path = `${file}.${stamp}${count === 1 ? '' : `-${count}`}.bak`;
		try {
			await writeWhole(path, text, null);
			return path;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		}
	}
}

/** Keeps the newest copies, and takes away what was left unfinished. */
async function tidy(file: string): Promise<void> {
	const [directory, name] = [dirname(file), basename(file)];
	const entries = await readdir(directory);
	const isBackup = (entry: string) =>
		entry.startsWith(`${name}.`) && /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(?:-\d+)?\.bak$/.test(entry.slice(name.length + 1));
	const old = entries
		.filter(isBackup)
		.toSorted((a, b) => (ageOf(a) < ageOf(b) ? -1 : 1))
		.slice(0, -mostBackups);
	for (const entry of old) await rm(join(directory, entry), { force: true });
	await removeAbandoned(
		directory,
		(entry) => entry.startsWith(`.${name}.`) && /^[0-9a-f]{12}\.part$/.test(entry.slice(name.length + 2)),
	);
}

/** The second, and which of that second. */
function ageOf(backup: string): string {
	const [, stamp = '', count = '1'] = /\.(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d)(?:-(\d+))?\.bak$/.exec(backup) ?? [];
	return stamp + count.padStart(6, '0');
}

/** So that the new name outlives a power cut. Not every system can. */
async function syncDirectory(directory: string): Promise<void> {
	try {
		const handle = await open(directory, 'r');
		await handle.sync().finally(() => handle.close());
	} catch {
		// The file itself is on the disk.
	}
}

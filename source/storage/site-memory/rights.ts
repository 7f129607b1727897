import { closeSync, constants, fchmodSync, fchownSync, fstatSync, lstatSync, openSync, type Stats } from 'node:fs';

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;

/**
 * Makes a database file that does not exist yet with the rights of its directory: for the group where the group may write there, else
 * for its owner alone. One that exists, and its journal, are given them where they are this user's own. Links are never followed.
 *
 * Only to be called while this process has the file not open: closing a file ends the locks that SQLite holds on it.
 *
 * @returns what stands at the path.
 * @throws the system's error.
 */
export function makeShareable(file: string, directory: string): Stats {
	const { mode: directoryMode, gid } = lstatSync(directory);
	const isShared = (directoryMode & 0o020) !== 0;
	const mode = isShared ? 0o660 : 0o600;
	try {
		closeSync(openSync(file, 'wx', mode));
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
	}
	for (const path of [file, `${file}-journal`]) giveRights(path, mode, isShared ? gid : null);
	return lstatSync(file);
}

function giveRights(path: string, mode: number, gid: number | null): void {
	const isRight = (stats: Stats) => (stats.mode & 0o777) === mode && (gid === null || stats.gid === gid);
	const before = lstatSync(path, { throwIfNoEntry: false });
	if (before === undefined || !before.isFile() || before.uid !== process.getuid?.() || isRight(before)) return;
	// By the opened file and not by its name: another user of the group may put a link there at any moment.
	const opened = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
	try {
		const stats = fstatSync(opened);
		// A second name could be that of a file elsewhere.
		if (!stats.isFile() || stats.uid !== process.getuid?.() || stats.nlink !== 1) return;
		if (gid !== null && stats.gid !== gid) fchownSync(opened, stats.uid, gid);
		fchmodSync(opened, mode);
	} catch {
		// Not a member of that group: who may not write it is told so.
	} finally {
		closeSync(opened);
	}
}

import { chmodSync, closeSync, lstatSync, openSync, type Stats } from 'node:fs';

/**
 * Makes a file that does not exist yet with the rights of its directory: for the group where the group may write there, else for
 * its owner alone. A file that exists is never opened here: closing it would end the locks that SQLite holds on it for this process.
 *
 * @returns what stands at the path. A link is told as a link and never followed.
 * @throws the system's error.
 */
export function makeShareable(file: string, directory: string): Stats {
	const mode = isGroupDirectory(directory) ? 0o660 : 0o600;
	try {
		closeSync(openSync(file, 'wx', mode));
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
	}
	const stats = lstatSync(file);
	// The umask may have taken the group's rights away. Only the owner can change them, and only the owner has to.
	if (stats.isFile() && stats.uid === process.getuid?.() && (stats.mode & 0o777) !== mode) chmodSync(file, mode);
	return stats;
}

function isGroupDirectory(directory: string): boolean {
	return (lstatSync(directory).mode & 0o020) !== 0;
}

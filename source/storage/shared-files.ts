import { closeSync, constants, fchmodSync, fchownSync, fstatSync, openSync, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { shellWord } from '../domain/shell-word.ts';
import { UserError } from '../domain/user-error.ts';
import { nameOfUser, ownId } from './accounts.ts';
import { explained, odd } from './explain-file.ts';
import { type Audience, find, isTrusted, prepareDirectory, type SafeDirectory } from './safe-directory.ts';

/**
 * Files in directories that others may write too: the one way in which ledger, audit file, history, site memory and the file of
 * pseudonyms are opened. In a directory of a group they are 0660 whatever the umask is, elsewhere 0600. A link is never followed, and a
 * file with a second name is never written to: either may lead out of the directory.
 */

const groupToo = 0o660;
const ownerOnly = 0o600;
const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY, O_RDWR, O_WRONLY } = constants;
/** O_NONBLOCK: a pipe that nobody reads must not stop the program. */
const carefully = O_NOFOLLOW | O_NONBLOCK;

/**
 * Opens a file to add to its end; makes it and its directory where they are missing. It can be read too where this user may.
 *
 * @throws UserError with what is wrong and what to do.
 */
export async function openForAppend(file: string, audience: Audience = 'group'): Promise<FileHandle> {
	return explained(file, async () => {
		const directory = prepareDirectory(dirname(file), { audience });
		const { handle, isNew } = await openOrMake(file, modeIn(directory, audience));
		try {
			refuseOdd(file, fstatSync(handle.fd), directory, audience);
			mendRights(handle.fd, directory, audience, isNew);
			return handle;
		} catch (error) {
			await handle.close();
			throw error;
		}
	});
}

async function openOrMake(file: string, mode: number): Promise<{ handle: FileHandle; isNew: boolean }> {
	try {
		const flags = O_RDWR | O_APPEND | O_CREAT | O_EXCL | carefully;
		return { handle: await open(file, flags, mode), isNew: true };
	} catch (error) {
		if (codeOf(error) !== 'EEXIST') throw error;
	}
	try {
		return { handle: await open(file, O_RDWR | O_APPEND | carefully), isNew: false };
	} catch (error) {
		// One that may be written and not read serves too.
		if (codeOf(error) !== 'EACCES') throw error;
		return { handle: await open(file, O_WRONLY | O_APPEND | carefully), isNew: false };
	}
}

/**
 * Makes the file of a database ready to be opened by SQLite, which knows neither of links nor of groups: makes it and its directory
 * where they are missing, gives it and its journal their rights where they are ours, and refuses what must not be written to. SQLite
 * itself gives a new journal the rights of its database. Not to be called while this process has a transaction on that file: to close
 * any descriptor of a file gives up the locks of the process (fcntl(2), "Record locking").
 *
 * @returns what `isSameFile` compares.
 * @throws UserError with what is wrong and what to do.
 */
export function prepareDatabaseFile(file: string, audience: Audience = 'group'): FileId {
	return explained(file, () => {
		const directory = prepareDirectory(dirname(file), { audience });
		if (directory.isPublic)
			throw new UserError(`${directory.path} can be written by everybody.`, 'Name another directory.');
		const id = prepareOne(file, directory, audience, true);
		const journal = `${file}-journal`;
		if (find(journal) !== null) explained(journal, () => prepareOne(journal, directory, audience, false));
		return id;
	});
}

/** Which file a path led to. A number of an inode is given anew once its file is gone; the time of birth is not. */
export type FileId = { readonly dev: number; readonly ino: number; readonly bornAt: number };

/** Whether the path still is that very file, with that name alone. */
export function isSameFile(file: string, { dev, ino }: FileId): boolean {
	const found = find(file);
	return found?.isFile() === true && found.dev === dev && found.ino === ino && found.nlink === 1;
}

function prepareOne(file: string, directory: SafeDirectory, audience: Audience, mayMake: boolean): FileId {
	const { descriptor, isNew } = openOrMakeSync(file, mayMake ? modeIn(directory, audience) : null, audience);
	try {
		const found = fstatSync(descriptor);
		refuseOdd(file, found, directory, audience);
		mendRights(descriptor, directory, audience, isNew);
		// A database is nobody else's, whoever may have opened it by a careless umask.
		const isOpen = (found.mode & 0o777) !== ownerOnly;
		if (isOpen && !isForGroup(directory, audience) && found.uid === ownId()) fchmodSync(descriptor, ownerOnly);
		return { dev: found.dev, ino: found.ino, bornAt: found.birthtimeMs };
	} finally {
		closeSync(descriptor);
	}
}

/** @param mode of a file that is made; null where none is. */
function openOrMakeSync(file: string, mode: number | null, audience: Audience): { descriptor: number; isNew: boolean } {
	try {
		if (mode !== null) return { descriptor: openSync(file, O_RDWR | O_CREAT | O_EXCL | carefully, mode), isNew: true };
	} catch (error) {
		if (codeOf(error) !== 'EEXIST') throw error;
	}
	try {
		return { descriptor: openSync(file, O_RDWR | carefully), isNew: false };
	} catch (error) {
		// What is one's own serves too where it can only be read.
		if (audience === 'group' || !['EACCES', 'EROFS'].includes(codeOf(error) ?? '')) throw error;
		return { descriptor: openSync(file, O_RDONLY | carefully), isNew: false };
	}
}

function modeIn(directory: SafeDirectory, audience: Audience): number {
	return isForGroup(directory, audience) ? groupToo : ownerOnly;
}

function isForGroup({ isShared }: SafeDirectory, audience: Audience): boolean {
	return isShared && audience === 'group';
}

/** @throws UserError for what only looks like a file of ours. */
function refuseOdd(file: string, found: Stats, directory: SafeDirectory, audience: Audience): void {
	if (!found.isFile()) throw odd(file, found);
	if (found.nlink > 1)
		throw new UserError(`${file} has a second name (a hard link).`, `Remove it: rm ${shellWord(file)}`);
	const isMembers = isForGroup(directory, audience) && !directory.isPublic;
	if (!isMembers && !isTrusted(found.uid) && found.uid !== directory.uid)
		throw new UserError(`${file} belongs to ${nameOfUser(found.uid)}.`, `Remove it: rm ${shellWord(file)}`);
}

/** The umask has its say when a file is made, and an earlier vpmon let it: its owner mends that. What root makes for a user is the user's. */
function mendRights(descriptor: number, directory: SafeDirectory, audience: Audience, isNew: boolean): void {
	const self = ownId();
	const { uid, gid, mode } = fstatSync(descriptor);
	if (self === null || (uid !== self && self !== 0)) return;
	try {
		if (isForGroup(directory, audience)) {
			if (gid !== directory.gid) fchownSync(descriptor, -1, directory.gid);
			if ((mode & 0o777) !== groupToo) fchmodSync(descriptor, groupToo);
		} else if (isNew && self === 0 && directory.uid !== 0 && !directory.isPublic)
			fchownSync(descriptor, directory.uid, directory.gid);
	} catch (error) {
		// One that may only be added to (chattr +a) keeps its rights.
		if (isNew) throw error;
	}
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;

import {
	closeSync,
	constants,
	fchmodSync,
	fchownSync,
	fstatSync,
	lstatSync,
	mkdirSync,
	openSync,
	type Stats,
	statSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { cleanLine } from '../domain/clean.ts';
import { shellWord } from '../domain/shell-word.ts';
import { UserError } from '../domain/user-error.ts';
import { openDirectoryAbove } from '../domain/who-can-write.ts';
import { behindSudo, nameOfUser, ownId } from './accounts.ts';

/** Directories that vpmon keeps files in: whether others may lay something in its way there, and for whom its files are. */

/** Whom files are for: the group where a directory is a group's, or their owner in any case. */
export type Audience = 'group' | 'owner';

export type SafeDirectory = {
	readonly path: string;
	/** A group's: its files are for the whole group. */
	readonly isShared: boolean;
	/** Everybody may lay files there, and take away only their own, as in /tmp. */
	readonly isPublic: boolean;
	readonly uid: number;
	readonly gid: number;
};

export type NewDirectory = {
	readonly audience?: Audience;
	/** Made for this group, as root. */
	readonly gid?: number | null;
	/** Made by root for this user. */
	readonly owner?: { readonly uid: number; readonly gid: number } | null;
};

const groupToo = 0o2770;
const ownerOnly = 0o700;
const { O_DIRECTORY = 0, O_NOFOLLOW = 0, O_RDONLY } = constants;

/**
 * Makes a directory and what is missing above it, and looks at it: a link is not followed, and where somebody else may have laid the
 * directory out it is not used. One that is made in a directory of a group is the group's too.
 *
 * @throws UserError when it cannot be used; the system's error when it cannot be made.
 */
export function prepareDirectory(path: string, made: NewDirectory = {}): SafeDirectory {
	const absolute = resolve(path);
	if (find(absolute) === null) make(absolute, made);
	return inspect(absolute);
}

/** @throws UserError when it is no directory, or one that others may have laid out; the system's error when it is not there. */
export function inspect(path: string): SafeDirectory {
	const found = lstatSync(path);
	if (found.isSymbolicLink())
		throw new UserError(`${path} is a link, which is not followed.`, `Remove it: rm ${shellWord(path)}`);
	if (!found.isDirectory())
		throw new UserError(`${path} is no directory.`, `Move it away: mv ${shellWord(path)} ${shellWord(`${path}.old`)}`);
	refuseLinksOfOthers(path);
	const open = cleanLine(openDirectoryAbove(path) ?? '');
	if (open !== '')
		throw new UserError(`${open} can be written by everybody.`, `Close it: chmod o-w ${shellWord(open)}`);
	const { uid, gid, mode } = found;
	if (!isTrusted(uid) && !isOfRootAlone(dirname(path)))
		throw new UserError(`${path} belongs to ${nameOfUser(uid)}.`, 'It is not used: somebody else laid it out.');
	const isOpen = (mode & 0o002) !== 0;
	const isPublic = isOpen && (mode & 0o1000) !== 0;
	if (isOpen && !isPublic)
		throw new UserError(`${path} can be written by everybody.`, `Close it: chmod o-w ${shellWord(path)}`);
	return { path, isShared: !isOpen && isOfGroup(mode), isPublic, uid, gid };
}

export function find(path: string): Stats | null {
	return lstatSync(path, { throwIfNoEntry: false }) ?? null;
}

/** The same, and null too for what cannot be reached. */
export function lookAt(path: string): Stats | null {
	try {
		return find(path);
	} catch {
		return null;
	}
}

/** Of the ids whose files are taken like one's own. */
export function isTrusted(uid: number): boolean {
	const self = ownId();
	return self === null || uid === self || uid === 0 || uid === behindSudo()?.uid;
}

function isOfGroup(mode: number): boolean {
	const hasGroupBit = (mode & 0o2000) !== 0 && (mode & 0o010) !== 0;
	return hasGroupBit || (mode & 0o020) !== 0;
}

/** What lies in such a directory was laid there by root, whoever owns it. */
function isOfRootAlone(path: string): boolean {
	const { uid, mode } = statSync(path);
	return uid === 0 && (mode & 0o022) === 0;
}

/** A link in the way that is root's or one's own leads where it should; anybody else's may lead anywhere. */
export function refuseLinksOfOthers(path: string): void {
	for (let above = dirname(path); above !== dirname(above); above = dirname(above)) {
		const found = lookAt(above);
		if (found?.isSymbolicLink() && !isTrusted(found.uid))
			throw new UserError(`${above} is a link that ${nameOfUser(found.uid)} laid.`, 'It is not followed.');
	}
}

function make(path: string, made: NewDirectory): void {
	const parent = dirname(path);
	// Not with `recursive`: Node tries for ever where a file system says that a parent is missing when it is not, as /proc does.
	if (find(parent) === null && parent !== path) make(parent, { ...made, gid: null });
	const { audience = 'group', gid = null, owner = null } = made;
	const above = statSync(parent);
	const isShared = gid !== null || (audience === 'group' && isOfGroup(above.mode) && (above.mode & 0o002) === 0);
	try {
		mkdirSync(path, isShared ? 0o770 : ownerOnly);
	} catch (error) {
		// Another vpmon was quicker.
		if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
		throw error;
	}
	adjust(path, isShared ? groupToo : ownerOnly, gid, owner);
}

/** Through a descriptor, so that nothing that is laid in its place meanwhile gets these rights. */
function adjust(path: string, mode: number, gid: number | null, owner: NewDirectory['owner']): void {
	const descriptor = openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	try {
		if (owner) fchownSync(descriptor, owner.uid, owner.gid);
		else if (gid !== null) fchownSync(descriptor, -1, gid);
		if (mode === ownerOnly || (fstatSync(descriptor).mode & 0o7777) === mode) return;
		// A service may be forbidden to set the bit of the group; then it comes from the directory above.
		fchmodSync(descriptor, mode);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
	} finally {
		closeSync(descriptor);
	}
}

/**
 * Gives a directory that root made for itself alone to a group, so that its members and root share one.
 *
 * @throws the system's error.
 */
export function giveToGroup(path: string, gid: number): void {
	const found = find(path);
	if (!found?.isDirectory() || found.uid !== 0 || ownId() !== 0 || isOfGroup(found.mode)) return;
	adjust(path, groupToo, gid, null);
}

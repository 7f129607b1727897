import type { Stats } from 'node:fs';
import { dirname } from 'node:path';
import { shellWord } from '../domain/shell-word.ts';
import { messageOf, UserError } from '../domain/user-error.ts';
import { isInGroup, nameOfGroup, nameOfUser, ownId } from './accounts.ts';
import { find, inspect, type SafeDirectory } from './safe-directory.ts';

/** What is wrong with a file that cannot be used: whose it is, and what to do about it. */

/**
 * Does something with a file.
 *
 * @throws UserError in place of the system's error.
 */
export function explained<Value>(file: string, work: () => Value): Value {
	const rethrow = (error: unknown): never => {
		throw error instanceof UserError ? error : explain(file, error);
	};
	try {
		const value = work();
		return value instanceof Promise ? (value.catch(rethrow) as Value) : value;
	} catch (error) {
		return rethrow(error);
	}
}

export function odd(file: string, found: Stats): UserError {
	// Nobody should move /dev/null away.
	if (found.isCharacterDevice() || found.isBlockDevice())
		return new UserError(`${file} is a device.`, 'Name another file.');
	const what = found.isDirectory() ? 'a directory' : 'no plain file';
	return new UserError(`${file} is ${what}.`, `Move it away: mv ${shellWord(file)} ${shellWord(`${file}.old`)}`);
}

/** Says of a system's error what is wrong with the file, whose it is and what to do. */
function explain(file: string, error: unknown): UserError {
	const found = lookAt(() => find(file));
	if (found?.isSymbolicLink())
		return new UserError(`${file} is a link, which is not followed.`, `Remove it: rm ${shellWord(file)}`);
	if (found !== null && !found.isFile()) return odd(file, found);
	const code = codeOf(error);
	if (code === 'ENOSPC' || code === 'EDQUOT')
		return new UserError(`There is no room on the disk for ${file}.`, 'Make some there.');
	if (code === 'EROFS') return new UserError(`${file} lies on a read-only disk.`, 'Name another directory.');
	if (code !== 'EACCES' && code !== 'EPERM') return new UserError(`${file}: ${messageOf(error)}.`, '');
	const directory = lookAt(() => inspect(dirname(file)));
	return found === null ? explainDirectory(file, directory) : explainFile(file, found, directory);
}

function explainFile(file: string, { uid, gid }: Stats, directory: SafeDirectory | null): UserError {
	const owner = nameOfUser(uid);
	if (directory?.isShared && isInGroup(directory.gid)) {
		const chgrp = gid === directory.gid ? '' : `sudo chgrp ${nameOfGroup(directory.gid)} ${shellWord(file)} && `;
		return new UserError(
			`${file} belongs to ${owner}, and its group may not write to it.`,
			`Let it: ${chgrp}sudo chmod 0660 ${shellWord(file)}`,
		);
	}
	if (directory?.isShared) return notInGroup(file, directory.gid);
	const self = ownId();
	return new UserError(
		`${file} belongs to ${owner}.`,
		`Take it over: sudo chown ${self === null ? '' : nameOfUser(self)} ${shellWord(file)}`,
	);
}

function explainDirectory(file: string, directory: SafeDirectory | null): UserError {
	const path = dirname(file);
	const parent = lookAt(() => find(path));
	if (directory?.isShared && !isInGroup(directory.gid)) return notInGroup(file, directory.gid);
	const whose = parent === null ? '' : `, which belongs to ${nameOfUser(parent.uid)}`;
	return new UserError(`You may not write to ${path}${whose}.`, 'Name another directory.');
}

function notInGroup(file: string, gid: number): UserError {
	const self = ownId();
	return new UserError(
		`${file} is for the group ${nameOfGroup(gid)}.`,
		`Join it and log in again: sudo usermod -aG ${nameOfGroup(gid)} ${self === null ? '' : nameOfUser(self)}`,
	);
}

function lookAt<Value>(look: () => Value): Value | null {
	try {
		return look();
	} catch {
		return null;
	}
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;

import { lstatSync, realpathSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Who besides root and this user can put something else in the place of a file, as sshd(8) asks with StrictModes. */

const byEverybody = 0o002;
const sticky = 0o1000;

/**
 * A directory on the way to a file in which everybody can put another file in its place; null where there is none. In a sticky one,
 * such as /tmp, only the owner of a file can.
 */
export function openDirectoryAbove(file: string): string | null {
	if (ownId() === undefined) return null;
	const isOpen = ({ mode }: Stats) => (mode & byEverybody) !== 0 && (mode & sticky) === 0;
	return directoriesAbove(file).find((path) => matches(path, (found) => found.isDirectory() && isOpen(found))) ?? null;
}

export type Stranger = { readonly path: string; readonly uid: number };

/** Whose file it is, or whose directory or link leads to it, where that is neither root's nor one's own; null where it is nobody else's. */
export function strangerOf(file: string): Stranger | null {
	if (ownId() === undefined) return null;
	for (const path of [...new Set([realPathOf(file), resolve(file)]), ...directoriesAbove(file)]) {
		const found = lookAt(path);
		if (found !== null && !isTrusted(found.uid)) return { path, uid: found.uid };
	}
	return null;
}

function isTrusted(uid: number): boolean {
	const self = ownId();
	return uid === 0 || uid === self || (self === 0 && String(uid) === process.env.SUDO_UID);
}

const ownId = () => process.geteuid?.();

/** Of the path as it is given, and of where its links lead; the nearest first. */
function directoriesAbove(file: string): string[] {
	const above = new Set<string>();
	for (const path of [realPathOf(file), resolve(file)])
		for (let directory = dirname(path); ; directory = dirname(directory)) {
			above.add(directory);
			if (directory === dirname(directory)) break;
		}
	return [...above];
}

function realPathOf(file: string): string {
	try {
		return realpathSync.native(file);
	} catch {
		return resolve(file);
	}
}

function lookAt(path: string): Stats | null {
	try {
		return lstatSync(path, { throwIfNoEntry: false }) ?? null;
	} catch {
		return null;
	}
}

function matches(path: string, isSo: (found: Stats) => boolean): boolean {
	const found = lookAt(path);
	return found !== null && isSo(found);
}

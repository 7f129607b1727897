import { lstatSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { messageOf } from '../../domain/user-error.ts';
import { UnknownLayout } from './tables.ts';

// Result codes, https://www.sqlite.org/rescode.html
const readonly = 8;
const full = 13;
const cannotOpen = 14;

const lastingLockMs = 10_000;
const unshared = 'measurements are not shared with other vpmon programs meanwhile';

/** SQLite's result code without its extension, or 0. */
export function resultCode(error: unknown): number {
	return ((error as { errcode?: number }).errcode ?? 0) & 0xff;
}

/** The file was moved or removed while it was open (SQLITE_READONLY_DBMOVED). */
export const isMoved = (error: unknown) => (error as { errcode?: number }).errcode === 1032;
export const isFull = (error: unknown) => resultCode(error) === full;

/** Why the file cannot be used, and what to do about that, in one sentence. */
export function fileProblem(file: string, error: unknown): string {
	return `${whatIsWrong(file, error)}; ${unshared}.`;
}

/** Null for a lock that may well be that of a write. */
export function lockProblem(file: string, lockedMs: number): string | null {
	if (lockedMs < lastingLockMs) return null;
	const remedy = `\`fuser -v ${file}\` names those that have it open`;
	return `Another program has kept ${file} locked for ${Math.round(lockedMs / 1000)} s, ${remedy}; ${unshared}.`;
}

function whatIsWrong(file: string, error: unknown): string {
	const code = resultCode(error);
	const { code: systemCode } = error as NodeJS.ErrnoException;
	if (error instanceof UnknownLayout) {
		const remedy = error.message.startsWith('a newer')
			? 'update this one'
			: 'move the file away and a new one is begun';
		return `${file} cannot be used since ${error.message}: ${remedy}`;
	}
	if (code === full || systemCode === 'ENOSPC') return `There is no space left for ${file}: free some on its disk`;
	const place = wrongPlace(file);
	if (place !== null) return place;
	if (code === readonly || code === cannotOpen || systemCode === 'EACCES' || systemCode === 'EPERM') {
		return `${userName()} may not write ${file}: ${rightsRemedy(file)}`;
	}
	if (systemCode === 'EROFS') return `${dirname(file)} is read-only: mount it for writing`;
	return `${file} cannot be used (${messageOf(error)}): move it away and a new one is begun`;
}

function wrongPlace(file: string): string | null {
	try {
		const stats = lstatSync(file, { throwIfNoEntry: false });
		if (stats?.isSymbolicLink()) return `${file} is a link, and links are not followed here: remove it`;
		if (stats?.isDirectory()) return `${file} is a directory: remove it (rmdir ${file})`;
		if (stats !== undefined && !stats.isFile()) return `${file} is no regular file: remove it`;
		return null;
	} catch {
		return null;
	}
}

function rightsRemedy(file: string): string {
	const directory = dirname(file);
	try {
		const { mode } = lstatSync(directory);
		// In a directory of a group it is membership and the group's rights that are missing.
		if ((mode & 0o020) === 0)
			return `its owner can remove it, or make ${directory} a directory of a group (chmod 2770)`;
	} catch {
		// Not even the directory may be read.
	}
	return `join the group of ${directory}, and \`chgrp --reference=${directory} ${file}\` and \`chmod 660 ${file}\` as its owner or root`;
}

function userName(): string {
	try {
		return userInfo().username;
	} catch {
		return 'This user';
	}
}

import { closeSync, existsSync, lstatSync, openSync, readdirSync, renameSync, rmSync, type Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Nobody holds the lock for longer than two renames take: an older one was left behind by a program that was killed. */
const staleMs = 30_000;
const keptAside = 3;

/**
 * Sets a damaged file aside, once, whoever notices the damage first: only the holder of a lock file does it, and only while the
 * damaged file is still the one at that path. The others find another file there and open that.
 *
 * @returns where it is now; null when another program does it or has done it.
 * @throws the system's error, such as where the directory may not be written.
 */
export function setAside(file: string, inode: number): string | null {
	const lock = `${file}.lock`;
	if (!takeLock(lock)) return null;
	try {
		if (statsOf(file)?.ino !== inode) return null;
		const aside = `${file}.corrupt-${Date.now()}`;
		// The journal first: what belongs to the damaged file must never be played back into the new one.
		if ((statsOf(`${file}-journal`)?.size ?? 0) > 0) renameSync(`${file}-journal`, `${aside}-journal`);
		renameSync(file, aside);
		removeOldest(file);
		return aside;
	} finally {
		rmSync(lock, { force: true });
	}
}

function takeLock(lock: string): boolean {
	const stale = statsOf(lock);
	// A time from the future comes from a clock that was set back.
	if (stale !== null && Math.abs(Date.now() - stale.mtimeMs) > staleMs) {
		// Renamed, since two programs may come to this at once: one of them finds nothing to rename.
		const old = `${lock}-${process.pid}`;
		try {
			renameSync(lock, old);
			rmSync(old, { force: true, recursive: true });
		} catch {
			return false;
		}
	}
	try {
		closeSync(openSync(lock, 'wx', 0o600));
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
		throw error;
	}
}

/** A disk that damages files again and again is not to be filled with them. */
function removeOldest(file: string): void {
	const directory = dirname(file);
	const old = readdirSync(directory)
		.filter((name) => name.startsWith(`${basename(file)}.corrupt-`) && !name.endsWith('-journal'))
		.toSorted()
		.slice(0, -keptAside);
	for (const name of old) {
		for (const path of [name, `${name}-journal`].map((part) => join(directory, part))) {
			if (existsSync(path)) rmSync(path, { force: true });
		}
	}
}

/** Of the path itself, not of what a link leads to. */
function statsOf(path: string): Stats | null {
	return lstatSync(path, { throwIfNoEntry: false }) ?? null;
}

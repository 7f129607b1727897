import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { makeDirectory } from './domain/make-directory.ts';
import { openDirectoryAbove, strangerOf } from './domain/who-can-write.ts';

const ownerOnly = 0o700;
const byOthers = 0o022;

/**
 * Keeps compiled code in a directory that this user alone can write to, and nowhere where there is none: Node runs what lies there,
 * whoever laid it. Not where Node puts it by itself, in a shared temporary directory.
 */
export function keepCompiledCode({
	enableCompileCache,
}: Pick<typeof import('node:module'), 'enableCompileCache'>): void {
	const directory = join(envPaths('vpmon', { suffix: '' }).cache, 'code');
	try {
		// Node would try for ever to make one below /proc.
		makeDirectory(directory, ownerOnly);
		if (!isOwn(directory)) return;
		// Node makes directories of its own there, by the umask.
		const usual = process.umask(0o077);
		enableCompileCache(directory);
		process.umask(usual);
	} catch {
		// A read-only disk, or no home.
	}
}

function isOwn(directory: string): boolean {
	const { uid, mode } = lstatSync(directory);
	const self = process.geteuid?.();
	if (self === undefined) return true;
	if (uid !== self || (mode & byOthers) !== 0) return false;
	return openDirectoryAbove(directory) === null && strangerOf(directory) === null;
}

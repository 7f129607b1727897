import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a directory and what is missing above it. Not with `recursive`: Node tries for ever where a file system says that a parent
 * is missing when it is not, as /proc does.
 *
 * @throws the system's error.
 */
export function makeDirectory(path: string, mode: number): void {
	try {
		mkdirSync(path, { mode });
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === 'EEXIST') return;
		const parent = dirname(path);
		if (code !== 'ENOENT' || parent === path) throw error;
		makeDirectory(parent, mode);
		mkdirSync(path, { mode });
	}
}

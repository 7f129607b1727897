import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Whoever still writes is not so slow. */
const abandonedAfterMs = 60_000;

/**
 * Takes away what processes left unfinished that were killed in the middle of it. What cannot be taken away stays.
 *
 * @param isUnfinished of the name of such a file, and of no other.
 */
export async function removeAbandoned(directory: string, isUnfinished: (name: string) => boolean): Promise<void> {
	const entries = await readdir(directory).catch((): string[] => []);
	for (const path of entries.filter(isUnfinished).map((entry) => join(directory, entry))) {
		const { mtimeMs = Number.POSITIVE_INFINITY } = (await stat(path).catch(() => null)) ?? {};
		if (Date.now() - mtimeMs > abandonedAfterMs) await rm(path, { force: true }).catch(() => {});
	}
}

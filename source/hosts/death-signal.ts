import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Host } from './host.ts';

/** Has the kernel send a signal when the program that started it is gone (prctl(2), PR_SET_PDEATHSIG): setpriv(1) of util-linux 2.33 and later. */
const prefix = ['setpriv', '--pdeathsig', 'TERM', '--'];
const testMs = 1000;

let isOffered: Promise<boolean> | null = null;

/**
 * The same command, ended also when vpmon is killed by SIGKILL, after which it can end nothing itself. Where the system does not offer it,
 * the command as it is: one that writes ends then when it writes next, since nobody reads.
 */
export async function endedWithVpmon(argv: readonly string[], run: Host['run']): Promise<readonly string[]> {
	// Of what cannot be started setpriv would tell in its own words.
	if (process.platform !== 'linux' || !isThere(argv[0] ?? '')) return argv;
	isOffered ??= run([...prefix, 'true'], { timeoutMs: testMs }).then(({ outcome }) => outcome === 'done');
	return (await isOffered) ? [...prefix, ...argv] : argv;
}

function isThere(file: string): boolean {
	const places = file.includes('/') ? [''] : (process.env.PATH ?? '').split(delimiter);
	return places.some((place) => {
		try {
			accessSync(join(place, file), constants.X_OK);
			return true;
		} catch {
			return false;
		}
	});
}

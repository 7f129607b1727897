import { accessSync, constants, statSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { makeDirectory } from '../domain/make-directory.ts';

/** Where vpmon keeps what, after the XDG Base Directory Specification. Nothing is made until it is needed. */
const paths = envPaths('vpmon', { suffix: '' });

export const configDirectory = paths.config;

/** Reports, history: what should outlive a restart but is no setting. */
export const stateDirectory = paths.log;

export const reportsDirectory = join(stateDirectory, 'reports');

export const systemInventory = '/etc/vpmon/vpmon.yaml';

/**
 * For what all vpmon processes of a host share: the first of /run/vpmon, the user's runtime directory and a folder of the user's
 * own below the system's temporary directory that can be written. Made with mode 0700 where it has to be made.
 *
 * @throws the system's error when none can be written.
 */
export function runtimeDirectory(): string {
	const given = process.env.VPMON_RUNTIME_DIR;
	if (given !== undefined && given !== '') return makePrivate(given);
	const system = '/run/vpmon';
	if (isWritable(system) || (process.getuid?.() === 0 && isWritable('/run'))) return makePrivate(system);
	const users = process.env.XDG_RUNTIME_DIR;
	if (users !== undefined && isWritable(users)) return makePrivate(join(users, 'vpmon'));
	return makePrivate(join(tmpdir(), `vpmon-${process.getuid?.() ?? userInfo().username}`));
}

function isWritable(directory: string): boolean {
	try {
		accessSync(directory, constants.W_OK | constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

/** A folder below the shared temporary directory may have been laid out by somebody else: only our own is taken. */
function makePrivate(directory: string): string {
	makeDirectory(directory, 0o700);
	const { uid, mode } = statSync(directory);
	const self = process.getuid?.();
	const shared = directory === '/run/vpmon';
	if (!shared && self !== undefined && (uid !== self || (mode & 0o022) !== 0)) {
		throw new Error(`${directory} belongs to somebody else or can be written by others`);
	}
	return directory;
}

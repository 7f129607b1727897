import { accessSync, constants, statSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { shellWord } from '../domain/shell-word.ts';
import { UserError } from '../domain/user-error.ts';
import { openDirectoryAbove } from '../domain/who-can-write.ts';
import { behindSudo, groupIdOf, groupName, nameOfUser, ownId } from './accounts.ts';
import {
	find,
	giveToGroup,
	inspect,
	isTrusted,
	lookAt,
	prepareDirectory,
	refuseLinksOfOthers,
	type SafeDirectory,
} from './safe-directory.ts';

/** Where vpmon keeps what, after the XDG Base Directory Specification. Nothing is made until it is needed. */
const paths = envPaths('vpmon', { suffix: '' });

export const configDirectory = paths.config;

/** Reports, history: what should outlive a restart but is no setting. */
export const stateDirectory = paths.log;

export const reportsDirectory = join(stateDirectory, 'reports');

export const systemInventory = '/etc/vpmon/vpmon.yaml';

/** Of the whole host. As docs/prometheus/vpmon.tmpfiles.conf makes them, they are the group's. */
export const systemRuntimeDirectory = '/run/vpmon';
export const systemStateDirectory = '/var/lib/vpmon';

/**
 * For the ledger, which all vpmon processes of a host share: the first of /run/vpmon, the user's runtime directory and a folder of the
 * user's own below the system's temporary directory that can be written. Root behind sudo uses the user's, unless there is one for a
 * group. VPMON_RUNTIME_DIR names another.
 *
 * @throws UserError when it is one that others may have laid out; the system's error when none can be made.
 */
export function runtimeDirectory(): string {
	const given = process.env.VPMON_RUNTIME_DIR;
	if (given !== undefined && given !== '') return prepareDirectory(given).path;
	const shared = groupsDirectory(systemRuntimeDirectory);
	if (shared !== null) return shared;
	const user = behindSudo();
	if (user !== null) return prepareDirectory(usersRuntime(user.uid, `/run/user/${user.uid}`), { owner: user }).path;
	const isRoot = ownId() === 0;
	// One that was made by root for itself, or for one user.
	if (isWritable(systemRuntimeDirectory) || (isRoot && isWritable('/run')))
		return prepareDirectory(systemRuntimeDirectory).path;
	return prepareDirectory(usersRuntime(ownId() ?? userInfo().username, process.env.XDG_RUNTIME_DIR)).path;
}

function usersRuntime(user: number | string, runtime: string | undefined): string {
	if (runtime !== undefined && isWritable(runtime)) return join(runtime, 'vpmon');
	return join(tmpdir(), `vpmon-${user}`);
}

/**
 * For the site memory, which survives a reboot: /var/lib/vpmon where it is a group's and this user may write to it, else the user's state
 * directory; root behind sudo uses the user's. VPMON_SITE_DIR names another.
 *
 * @throws UserError when it is one that others may have laid out; the system's error when none can be made.
 */
export function siteDirectory(): string {
	const given = process.env.VPMON_SITE_DIR;
	if (given !== undefined && given !== '') return notPublic(prepareDirectory(given)).path;
	const shared = groupsDirectory(systemStateDirectory);
	if (shared !== null) return shared;
	const user = behindSudo();
	if (user === null) return prepareDirectory(stateDirectory).path;
	return prepareDirectory(stateDirectoryOf(user.home), { owner: user }).path;
}

/** In a directory like /tmp somebody else may have made the file first. */
function notPublic(directory: SafeDirectory): SafeDirectory {
	if (directory.isPublic)
		throw new UserError(`${directory.path} can be written by everybody.`, 'Name another directory.');
	return directory;
}

/**
 * Before a report or a log is written where it is by default: others could put a link or a file of their own in its place.
 *
 * @throws UserError where others may have laid the directory out.
 */
export function refuseOpenReports(): void {
	const file = join(reportsDirectory, 'report');
	const open = openDirectoryAbove(file) ?? [stateDirectory, reportsDirectory].find(isOpen);
	if (open !== undefined)
		throw new UserError(`${open} can be written by everybody.`, `Close it: chmod o-w ${shellWord(open)}`);
	refuseLinksOfOthers(file);
	// A link that this user laid is followed here: a report is a new file, and never written over another.
	for (const path of [stateDirectory, reportsDirectory]) if (lookAt(path)?.isDirectory()) inspect(path);
}

function isOpen(path: string): boolean {
	if (ownId() === null) return false;
	try {
		return (statSync(path).mode & 0o002) !== 0;
	} catch {
		// Not there, or not to be reached: who writes there says why.
		return false;
	}
}

/**
 * What is to be said of directories that vpmon keeps files in, where one of them is somebody else's than root's and this user's: who owns
 * it decides what vpmon reads there. The ones that the system lays out for a group are not asked for.
 */
export function whoseDirectories(): string[] {
	const { VPMON_RUNTIME_DIR = '', VPMON_SITE_DIR = '' } = process.env;
	return [VPMON_RUNTIME_DIR, VPMON_SITE_DIR, stateDirectory, reportsDirectory].flatMap((path) => {
		const found = path === '' ? null : lookAt(path);
		if (found === null || isTrusted(found.uid)) return [];
		return `warning: ${path} belongs to ${nameOfUser(found.uid)}, who can change what vpmon keeps there`;
	});
}

/** The state directory of somebody whose environment is not known. */
export function stateDirectoryOf(home: string): string {
	return process.platform === 'darwin' ? join(home, 'Library/Logs/vpmon') : join(home, '.local/state/vpmon');
}

/** A directory of a group that this user may write to; root makes it where the group vpmon exists. Null where there is none. */
function groupsDirectory(path: string): string | null {
	const gid = ownId() === 0 ? groupIdOf(groupName) : null;
	try {
		if (gid !== null) {
			prepareDirectory(path, { gid });
			giveToGroup(path, gid);
		}
	} catch {
		// The disk of the system may be read-only.
	}
	return isUsableGroupDirectory(path) ? path : null;
}

/** Whether it is a group's, and this user may write to it. */
export function isUsableGroupDirectory(path: string): boolean {
	try {
		return find(path) !== null && inspect(path).isShared && isWritable(path);
	} catch {
		return false;
	}
}

function isWritable(directory: string): boolean {
	try {
		accessSync(directory, constants.W_OK | constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

import { accessSync, constants } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { UserError } from '../domain/user-error.ts';
import { behindSudo, groupIdOf, groupName, ownId } from './accounts.ts';
import { find, giveToGroup, inspect, prepareDirectory, type SafeDirectory } from './safe-directory.ts';

/** Where vpmon keeps what, after the XDG Base Directory Specification. Nothing is made until it is needed. */
const paths = envPaths('vpmon', { suffix: '' });

export const configDirectory = paths.config;

/** Reports, history: what should outlive a restart but is no setting. */
export const stateDirectory = paths.log;

export const reportsDirectory = join(stateDirectory, 'reports');

/**
 * Before something is written there: the own directory for reports has to be one that others cannot write to. One that a person named is
 * their choice.
 *
 * @throws UserError when others can write to it.
 */
export function prepareReports(directory: string): void {
	if (directory === reportsDirectory) prepareDirectory(directory, { audience: 'owner' });
}

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

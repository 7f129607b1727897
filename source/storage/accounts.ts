import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { childEnvironment } from '../domain/child-environment.ts';
import { ownName } from '../domain/own-name.ts';

/** Users and groups of this machine: who this program runs as, and what numbers are called. */

/** What the group is called whose members share what vpmon knows of a host. */
export const groupName = 'vpmon';

const getentMs = 1000;

export type Account = { readonly uid: number; readonly gid: number; readonly home: string };

/** Null where the system has no user ids. */
export function ownId(): number | null {
	return process.geteuid?.() ?? null;
}

/** Who asked root to do this with sudo; null where it was nobody, or this is not root. */
export function behindSudo(environment: NodeJS.ProcessEnv = process.env): Account | null {
	const uid = environment.SUDO_UID ?? '';
	if (ownId() !== 0 || !/^[1-9]\d{0,9}$/.test(uid)) return null;
	const [, , , gid = '', , home = ''] = entryOf('passwd', 2, uid) ?? [];
	if (!/^\d+$/.test(gid) || !home.startsWith('/')) return null;
	return { uid: Number(uid), gid: Number(gid), home };
}

/** The number of a group; null where there is none of that name. */
export function groupIdOf(name: string): number | null {
	const gid = entryOf('group', 0, name)?.[2];
	return gid === undefined ? null : Number(gid);
}

/** The name of a group, or its number where it has none. */
export function nameOfGroup(gid: number): string {
	return entryOf('group', 2, String(gid))?.[0] ?? String(gid);
}

/** The name of a user, or the number where it has none. */
export function nameOfUser(uid: number): string {
	if (uid === ownId()) return ownName() ?? String(uid);
	return entryOf('passwd', 2, String(uid))?.[0] ?? String(uid);
}

/** Whether this process itself may do what a group may. Somebody who was added to a group has to log in again for that. */
export function isInGroup(gid: number): boolean {
	return process.getegid?.() === gid || (process.getgroups?.() ?? []).includes(gid);
}

/** Whether the lists of this machine name a user as a member. */
export function isListedIn(gid: number, user: string): boolean {
	return (entryOf('group', 2, String(gid))?.[3] ?? '').split(',').includes(user);
}

/** Milliseconds: a group may be made while a screen is open. */
const missingFor = 10_000;
const known = new Map<string, { readonly found: readonly string[] | null; readonly until: number }>();

/** The fields of an entry of /etc/passwd or /etc/group; what does not stand there (LDAP, for one) is asked of getent(1). */
function entryOf(database: 'passwd' | 'group', field: 0 | 2, value: string): readonly string[] | null {
	const key = `${database} ${field} ${value}`;
	const before = known.get(key);
	if (before !== undefined && performance.now() < before.until) return before.found;
	const found = findIn(readLines(database), field, value) ?? findIn(askLines(database, value), field, value);
	known.set(key, { found, until: found === null ? performance.now() + missingFor : Number.POSITIVE_INFINITY });
	return found;
}

function findIn(lines: readonly string[], field: 0 | 2, value: string): readonly string[] | null {
	return lines.map((line) => line.split(':')).find((fields) => fields[field] === value) ?? null;
}

function readLines(database: string): readonly string[] {
	try {
		return readFileSync(`/etc/${database}`, 'utf8').split('\n');
	} catch {
		return [];
	}
}

function askLines(database: string, value: string): readonly string[] {
	try {
		const options: ExecFileSyncOptionsWithStringEncoding = {
			encoding: 'utf8',
			env: childEnvironment(),
			timeout: getentMs,
			// One that takes no SIGTERM would hold up everything.
			killSignal: 'SIGKILL',
			stdio: ['ignore', 'pipe', 'ignore'],
		};
		return execFileSync('getent', [database, value], options).split('\n');
	} catch {
		return [];
	}
}

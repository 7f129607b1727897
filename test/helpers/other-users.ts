import { chmodSync, chownSync, copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MountNamespace, startMountNamespace } from './mount-namespace.ts';

export type User = { readonly name: string; readonly id: number; readonly groups?: readonly string[] };

/** A host that has users and groups of its own, with empty directories for what runs and what lasts; the rest is this machine's. */
export type HostWithUsers = {
	/** The built vpmon, where every user may run it. */
	readonly program: readonly string[];
	/** What a command line begins with to run as one of them; `umask` in octal. */
	as(user: User, umask?: string): readonly string[];
	/** The variables that a login gives a user. */
	environmentOf(user: User): Readonly<Record<string, string>>;
	/** Runs a shell script there as root. */
	run(script: string): void;
	stop(): void;
};

/**
 * @param directory empty, and removed by the caller.
 * @param groups with their ids.
 */
export async function startHostWithUsers(
	directory: string,
	users: readonly User[],
	groups: Readonly<Record<string, number>>,
): Promise<HostWithUsers> {
	chmodSync(directory, 0o755);
	const homeOf = ({ name }: User) => join(directory, 'home', name);
	const root: User = { name: 'root', id: 0 };
	for (const user of [...users, root]) {
		mkdirSync(homeOf(user), { recursive: true });
		chownSync(homeOf(user), user.id, user.id);
		chmodSync(homeOf(user), 0o700);
	}
	const others = (file: string) => readFileSync(file, 'utf8').replace(/^(?:root|vpmon):.*\n/gm, '');
	const passwd = [root, ...users].map((user) => `${user.name}:x:${user.id}:${user.id}::${homeOf(user)}:/bin/sh`);
	const members = (group: string) => users.flatMap(({ name, groups: in_ = [] }) => (in_.includes(group) ? [name] : []));
	const group = [
		...[root, ...users].map(({ name, id }) => `${name}:x:${id}:`),
		...Object.entries(groups).map(([name, id]) => `${name}:x:${id}:${members(name).join(',')}`),
	];
	writeFileSync(join(directory, 'passwd'), `${passwd.join('\n')}\n${others('/etc/passwd')}`);
	writeFileSync(join(directory, 'group'), `${group.join('\n')}\n${others('/etc/group')}`);
	// The checkout may be in a folder that is somebody's alone.
	const [node, dist] = [join(directory, 'node'), join(directory, 'dist')];
	copyFileSync(process.execPath, node);
	cpSync(new URL('../../dist', import.meta.url).pathname, dist, { recursive: true });
	const namespace: MountNamespace = await startMountNamespace(
		[
			...['passwd', 'group'].map((name) => `mount --bind ${directory}/${name} /etc/${name}`),
			...['/run', '/var/lib', '/var/log'].map((path) => `mount -t tmpfs -o mode=755 tmpfs ${path}`),
			...users.map(
				({ id }) => `mkdir -p /run/user/${id} && chown ${id}:${id} /run/user/${id} && chmod 700 /run/user/${id}`,
			),
		].join('\n'),
	);
	return {
		program: [node, join(dist, 'cli.js')],
		as: (user, umask = '0022') => {
			const asUser = ['setpriv', `--reuid=${user.name}`, `--regid=${user.id}`, '--init-groups'];
			// A shell that does no more than this, so that it can stand on a command line without quotes.
			const script = join(directory, `umask-${umask}`);
			writeFileSync(script, `#!/bin/sh\numask ${umask}\nexec "$@"\n`, { mode: 0o755 });
			return [...namespace.enter, ...asUser, script];
		},
		environmentOf: (user) => ({
			HOME: homeOf(user),
			USER: user.name,
			LOGNAME: user.name,
			XDG_CONFIG_HOME: '',
			XDG_STATE_HOME: '',
			XDG_RUNTIME_DIR: user.id === 0 ? '' : `/run/user/${user.id}`,
			VPMON_RUNTIME_DIR: '',
			VPMON_SITE_DIR: '',
			VPMON_AUDIT_FILE: '',
			VPMON_INVENTORY: '',
			SUDO_UID: '',
			SUDO_GID: '',
			SUDO_USER: '',
			TZ: 'UTC',
		}),
		run: namespace.run,
		stop: namespace.stop,
	};
}

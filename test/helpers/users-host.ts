import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireProgram } from './system.ts';

/**
 * A machine with users of its own, as far as files go: /run, /var/lib, /var/log, /etc/passwd and /etc/group are made anew in a mount
 * namespace, so that nothing of it outlives the test, whatever becomes of the test.
 */
export type UsersHost = {
	/** A folder that the outside sees too, with a home for each user. */
	readonly path: string;
	/** Runs a command as a user with all of its groups. */
	run(user: string, command: readonly string[], options?: RunAs): Ran;
	/** Runs a shell command as root. */
	root(command: string): string;
	/** Takes a group away, or makes it. */
	setGroups(groups: Readonly<Record<string, readonly string[]>>): void;
	stop(): void;
};

export type RunAs = { readonly umask?: string; readonly environment?: Record<string, string> };
export type Ran = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string };

/** What is run of it is shown to the users too, who may have no way to it: a clone in a folder of root's. */
const checkout = new URL('../..', import.meta.url).pathname;

/** Far from those that a machine gives out itself. */
const firstId = 48_100;

export function startUsersHost(
	users: readonly string[],
	groups: Readonly<Record<string, readonly string[]>>,
): UsersHost {
	const path = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	chmodSync(path, 0o755);
	const idOf = (user: string) => (user === 'root' ? 0 : firstId + users.indexOf(user));
	const homeOf = (user: string) => join(path, `home-${user}`);
	const [passwd, group] = [join(path, 'passwd'), join(path, 'group')];
	const gidOf = (name: string) => firstId + 500 + Object.keys(groups).indexOf(name);
	// The group of a service's user may be the one that others join.
	const ownGidOf = (user: string) => (user in groups ? gidOf(user) : idOf(user));
	const accounts = users.map((user) => `${user}:x:${idOf(user)}:${ownGidOf(user)}::${homeOf(user)}:/bin/sh`);
	writeFileSync(passwd, `${readFileSync('/etc/passwd', 'utf8').trimEnd()}\n${accounts.join('\n')}\n`);
	let members: Readonly<Record<string, readonly string[]>> = {};
	const setGroups = (now: typeof members) => {
		members = now;
		const lines = [
			...users.filter((user) => !(user in groups)).map((user) => `${user}:x:${idOf(user)}:`),
			...Object.entries(now).map(([name, its]) => `${name}:x:${gidOf(name)}:${its.join(',')}`),
		];
		writeFileSync(group, `${readFileSync('/etc/group', 'utf8').trimEnd()}\n${lines.join('\n')}\n`);
	};
	setGroups(groups);
	for (const user of ['root', ...users]) {
		mkdirSync(homeOf(user), { mode: 0o700 });
		chownSync(homeOf(user), idOf(user), idOf(user));
	}
	mkdirSync(join(path, 'checkout'));
	const mounts = [
		...['/run', '/var/lib', '/var/log'].map((folder) => `mount -t tmpfs -o mode=755 tmpfs ${folder}`),
		`mount --bind ${passwd} /etc/passwd`,
		`mount --bind ${group} /etc/group`,
		`mkdir -p /run/user`,
		`mount --bind ${checkout} ${join(path, 'checkout')}`,
		...users.map((user) => `install -d -m 700 -o ${idOf(user)} -g ${idOf(user)} /run/user/${idOf(user)}`),
	].join(' && ');
	const holder = spawn(
		requireProgram('unshare', 'util-linux'),
		['--mount', '--propagation', 'private', 'sh', '-c', `${mounts} && touch ${path}/up && exec sleep infinity`],
		{ stdio: ['ignore', 'ignore', 'inherit'] },
	);
	for (let tries = 0; spawnSync('test', ['-e', join(path, 'up')]).status !== 0; tries++) {
		if (tries > 2000) throw new Error('no namespace came up');
		spawnSync('sleep', ['0.01']);
	}
	const enter = ['--target', String(holder.pid), '--mount', '--'];
	const root = (command: string) =>
		execFileSync('nsenter', [...enter, 'sh', '-c', command], { encoding: 'utf8', cwd: '/' });
	return {
		path,
		root,
		setGroups,
		run(user, command, { umask = '0022', environment = {} } = {}) {
			const id = String(idOf(user));
			const joined = Object.entries(members).flatMap(([name, its]) => (its.includes(user) ? [gidOf(name)] : []));
			const more = joined.length === 0 ? ['--clear-groups'] : ['--groups', joined.join(',')];
			const home = homeOf(user);
			const { status, stdout, stderr } = spawnSync(
				'nsenter',
				[
					...enter,
					'setpriv',
					'--reuid',
					id,
					'--regid',
					String(ownGidOf(user)),
					...more,
					'sh',
					'-c',
					`umask ${umask}; cd "$HOME"; exec "$@"`,
					'sh',
					...command.map((word) =>
						word.startsWith(checkout) ? join(path, 'checkout', word.slice(checkout.length)) : word,
					),
				],
				{
					encoding: 'utf8',
					env: {
						PATH: process.env.PATH,
						HOME: home,
						USER: user,
						TMPDIR: home,
						TZ: 'UTC',
						...(user === 'root' ? {} : { XDG_RUNTIME_DIR: `/run/user/${id}` }),
						...environment,
					},
				},
			);
			return { exitCode: status, stdout, stderr };
		},
		stop() {
			holder.kill('SIGKILL');
			rmSync(path, { recursive: true, force: true });
		},
	};
}

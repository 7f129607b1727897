import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyFile, publicKey, type TestKey } from './keys.ts';
import { loginUser, opensshRoot, type Release } from './openssh-release.ts';
import { logIn } from './ssh-login.ts';
import { freePort, until } from './system.ts';

/** What sshd counted since it began. */
export type Seen = {
	/** TCP connections of everybody but the ssh of `logIn`. */
	readonly probes: number;
	/** Keys that were asked about and are not in authorized_keys. */
	readonly refusedKeys: number;
	/** Connections that were closed at once since the source address has a penalty. */
	readonly penalised: number;
};

export type TargetServer = {
	readonly address: string;
	readonly port: number;
	log(): string;
	seen(): Seen;
	/** The keys that may log in from now on. */
	authorize(...keys: readonly TestKey[]): void;
	/** An ordinary login with `user-a` by the machine's own ssh, from the address that vpmon probes from. */
	logIn(): Promise<{ isIn: boolean; said: string }>;
	stop(): Promise<void>;
};

export const usualHostKeys = ['host-a', 'host-ecdsa', 'host-rsa'] as const;

/** OpenSSH of a Debian release with its own penalties, on an address and port of loopback of its own. */
export async function startTargetServer(
	release: Release,
	options: { address?: string; hostKeys?: readonly TestKey[]; authorized?: readonly TestKey[] } = {},
): Promise<TargetServer> {
	const { address = '127.0.0.1', hostKeys = usualHostKeys, authorized = ['user-a'] } = options;
	const root = opensshRoot(release);
	const directory = mkdtempSync(join(root, 'srv', 'sshd-'));
	const inside = (name: string) => join(directory, name).slice(root.length);
	chmodSync(directory, 0o755);
	for (const name of [...hostKeys, 'user-a', 'host-c'] as const) {
		copyFileSync(keyFile(name), join(directory, name));
		chmodSync(join(directory, name), 0o600);
	}
	const authorize = (...keys: readonly TestKey[]) =>
		writeFileSync(join(directory, 'authorized_keys'), keys.map((name) => `${publicKey(name)}\n`).join(''));
	authorize(...authorized);
	const port = await freePort();
	const settings = [
		`Port ${port}`,
		`ListenAddress ${address}`,
		...hostKeys.map((name) => `HostKey ${inside(name)}`),
		`PidFile ${inside('pid')}`,
		`AuthorizedKeysFile ${inside('authorized_keys')}`,
		'StrictModes no',
		'UsePAM no',
		'LogLevel DEBUG1',
	];
	writeFileSync(join(directory, 'sshd_config'), `${settings.join('\n')}\n`);
	const arguments_ = ['-D', '-f', inside('sshd_config'), '-E', inside('log')];
	const child = spawn('chroot', [root, '/usr/sbin/sshd', ...arguments_], { stdio: 'ignore' });
	const log = () => (existsSync(join(directory, 'log')) ? readFileSync(join(directory, 'log'), 'utf8') : '');
	await until(`sshd on port ${port}`, () => log().includes('Server listening'), 10_000);
	const count = (pattern: RegExp) => log().match(pattern)?.length ?? 0;
	return {
		address,
		port,
		log,
		seen: () => ({
			probes: count(/^Connection from /gm) - count(/remote software version OpenSSH/g),
			refusedKeys: count(/^Failed publickey for /gm),
			penalised: count(/^drop connection .* penalty: /gm),
		}),
		authorize,
		logIn: () => logIn({ address, port, user: loginUser, identity: join(directory, 'user-a') }),
		stop: () => end(child, directory),
	};
}

async function end(child: ChildProcess, directory: string): Promise<void> {
	const ended = child.exitCode === null ? new Promise((resolve) => child.once('exit', resolve)) : null;
	child.kill();
	await ended;
	rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

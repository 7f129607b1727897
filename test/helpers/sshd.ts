import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
	chmodSync,
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fingerprint, keyFile, publicKey, type TestKey } from './keys.ts';
import type { Network } from './network.ts';
import { freePort, requireProgram, until } from './system.ts';

export type Sshd = {
	readonly port: number;
	readonly pid: number;
	/** Its host key, as it is stored. */
	readonly hostKey: string;
	log(): string;
	/** TCP connections it saw. */
	connections(): number;
	stop(): Promise<void>;
};

/** A user of this machine whom sshd would let in by key: it has an account, a home of its own is not needed. */
export const targetUser = process.getuid?.() === 0 ? 'daemon' : userInfo().username;

/**
 * For one server that stands for hundreds of targets: it takes connections as they come, and does not count them all against the
 * one address they come from (PerSourcePenalties, since OpenSSH 9.8).
 */
export function settingsForMany(): string[] {
	const settings = ['MaxStartups 2000:30:4000'];
	// An sshd that has no such setting ends with an error.
	const { status } = spawnSync(requireProgram('sshd', 'openssh-server'), [
		'-G',
		'-f',
		'/dev/null',
		'-o',
		'PerSourcePenalties=no',
	]);
	return status === 0 ? [...settings, 'PerSourcePenalties no'] : settings;
}

/** A real OpenSSH server with a configuration, keys, log and port of its own. */
export async function startSshd(
	options: {
		hostKeys?: readonly TestKey[];
		authorised?: readonly TestKey[];
		extra?: readonly string[];
		/** Serves every address of this network instead of this machine's loopback. */
		network?: Network;
	} = {},
): Promise<Sshd> {
	const { hostKeys = ['host-a'], authorised = ['user-a'], extra = [], network } = options;
	const program = requireProgram('sshd', 'openssh-server');
	const directory = mkdtempSync(join(tmpdir(), 'vpmon-sshd-'));
	chmodSync(directory, 0o755);
	if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
	for (const name of hostKeys) {
		copyFileSync(keyFile(name), join(directory, name));
		chmodSync(join(directory, name), 0o600);
	}
	writeFileSync(join(directory, 'authorized_keys'), authorised.map((name) => `${publicKey(name)}\n`).join(''));
	const port = await freePort();
	const configuration = [
		`Port ${port}`,
		`ListenAddress ${network === undefined ? '127.0.0.1' : '0.0.0.0'}`,
		...hostKeys.map((name) => `HostKey ${join(directory, name)}`),
		`PidFile ${join(directory, 'pid')}`,
		`AuthorizedKeysFile ${join(directory, 'authorized_keys')}`,
		// The temporary directory belongs to everybody.
		'StrictModes no',
		'UsePAM no',
		'LogLevel VERBOSE',
		...extra,
	];
	writeFileSync(join(directory, 'sshd_config'), `${configuration.join('\n')}\n`);
	const logFile = join(directory, 'log');
	const command = [...(network?.enter ?? []), program, '-D', '-f', join(directory, 'sshd_config'), '-E', logFile];
	const child: ChildProcess = spawn(command[0] ?? '', command.slice(1), { stdio: 'ignore' });
	const log = () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
	await until(`sshd on port ${port}`, () => log().includes('Server listening'), 10_000);
	return {
		port,
		pid: child.pid ?? 0,
		hostKey: fingerprint(hostKeys[0] ?? 'host-a'),
		log,
		connections: () => log().match(/Connection from /g)?.length ?? 0,
		async stop() {
			const ended =
				child.exitCode !== null || child.signalCode !== null
					? null
					: new Promise((resolve) => child.once('exit', resolve));
			child.kill();
			// While it ends it still takes files away, over which a removal stumbles.
			await ended;
			rmSync(directory, { recursive: true, force: true });
		},
	};
}

/** The processes sshd started for its connections. */
export function childrenOf(pid: number): number[] {
	try {
		return execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
			.trim()
			.split('\n')
			.map(Number);
	} catch {
		return [];
	}
}

/** Whether a TCP connection can be opened, without saying anything. */
export function opens(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = createConnection({ host: '127.0.0.1', port });
		socket.once('connect', () => {
			socket.destroy();
			resolve(true);
		});
		socket.once('error', () => resolve(false));
	});
}

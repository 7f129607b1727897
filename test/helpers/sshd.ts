import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
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
		strictModes?: boolean;
		extra?: readonly string[];
		listen?: readonly string[];
		/** Command that it is run by, for example `ip netns exec NAME`. */
		through?: readonly string[];
	} = {},
): Promise<Sshd> {
	const {
		hostKeys = ['host-a'],
		authorised = ['user-a'],
		strictModes = false,
		extra = [],
		listen = ['127.0.0.1'],
		through = [],
	} = options;
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
		...listen.map((address) => `ListenAddress ${address}`),
		...hostKeys.map((name) => `HostKey ${join(directory, name)}`),
		`PidFile ${join(directory, 'pid')}`,
		`AuthorizedKeysFile ${join(directory, 'authorized_keys')}`,
		// The temporary directory belongs to everybody.
		`StrictModes ${strictModes ? 'yes' : 'no'}`,
		'UsePAM no',
		'LogLevel VERBOSE',
		...extra,
	];
	writeFileSync(join(directory, 'sshd_config'), `${configuration.join('\n')}\n`);
	const logFile = join(directory, 'log');
	const command = [...through, program, '-D', '-f', join(directory, 'sshd_config'), '-E', logFile];
	const child: ChildProcess = spawn(command[0] ?? program, command.slice(1), { stdio: 'ignore' });
	return running(child, port, fingerprint(hostKeys[0] ?? 'host-a'), directory, logFile);
}

async function running(
	child: ChildProcess,
	port: number,
	hostKey: string,
	directory: string,
	logFile: string,
): Promise<Sshd> {
	const log = () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
	await until(`sshd on port ${port}`, () => log().includes('Server listening'), 10_000);
	return {
		port,
		pid: child.pid ?? 0,
		hostKey,
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
			rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
		},
	};
}

/** OpenSSH as its package configures it (PAM and all), with test host keys of the three usual types; reads the real authorized_keys. */
export async function startDefaultSshd(): Promise<Sshd> {
	const program = requireProgram('sshd', 'openssh-server');
	mkdirSync('/run/sshd', { recursive: true });
	const directory = mkdtempSync(join(tmpdir(), 'vpmon-sshd-'));
	const port = await freePort();
	const keys = (['host-a', 'host-ecdsa', 'host-rsa'] as const).flatMap((name) => {
		const key = join(directory, name);
		copyFileSync(keyFile(name), key);
		chmodSync(key, 0o600);
		return ['-h', key];
	});
	const logFile = join(directory, 'log');
	const options = [`Port=${port}`, 'ListenAddress=127.0.0.1', `PidFile=${join(directory, 'pid')}`, 'LogLevel=VERBOSE'];
	const child = spawn(program, ['-D', '-E', logFile, ...keys, ...options.flatMap((option) => ['-o', option])], {
		stdio: 'ignore',
	});
	return running(child, port, fingerprint('host-a'), directory, logFile);
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

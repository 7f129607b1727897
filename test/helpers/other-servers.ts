import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeHostKey } from '../../source/domain/host-key.ts';
import { fingerprint, keyFile } from './keys.ts';
import { freePort, requireProgram, until } from './system.ts';

/** An SSH server that is not OpenSSH. Its host key is host-a where it can read that, and `user-a` is authorised. */
export type OtherServer = {
	readonly port: number;
	/** Its host key, as it is stored. */
	readonly hostKey: string;
	/** TCP connections it saw. */
	connections(): number;
	stop(): Promise<void>;
};

/** Dropbear with an Ed25519 and an RSA key; reads the authorized_keys of the machine's users. */
export async function startDropbear(): Promise<OtherServer> {
	const program = requireProgram('dropbear', 'dropbear-bin');
	const directory = mkdtempSync(join(tmpdir(), 'vpmon-dropbear-'));
	const keys = ['host-a', 'host-rsa'].map((name) => {
		const converted = join(directory, name);
		execFileSync('dropbearconvert', ['openssh', 'dropbear', keyFile(name), converted], { stdio: 'pipe' });
		return ['-r', converted];
	});
	const port = await freePort();
	const pidFile = join(directory, 'pid');
	const child = spawn(program, ['-F', '-E', ...keys.flat(), '-p', `127.0.0.1:${port}`, '-P', pidFile], {
		stdio: ['ignore', 'ignore', 'pipe'],
	});
	const said = collect(child);
	await until('dropbear', () => said().includes('Not backgrounding'));
	return {
		port,
		hostKey: fingerprint('host-a'),
		connections: () => said().match(/Child connection from /g)?.length ?? 0,
		async stop() {
			await end(child);
			rmSync(directory, { recursive: true, force: true });
		},
	};
}

/** TinySSH, one process a connection, as systemd or tcpserver starts it. It makes its own Ed25519 key and knows no other form. */
export async function startTinysshd(): Promise<OtherServer> {
	const program = requireProgram('tinysshd', 'tinysshd');
	const directory = mkdtempSync(join(tmpdir(), 'vpmon-tinysshd-'));
	const keys = join(directory, 'keys');
	execFileSync('tinysshd-makekey', ['-q', keys], { stdio: 'pipe' });
	const children = new Set<ChildProcess>();
	let connections = 0;
	const listener = createServer({ pauseOnConnect: true }, (socket) => {
		connections++;
		const child = spawn(program, ['--', keys], { stdio: [socket, socket, 'ignore'] });
		children.add(child);
		child.once('exit', () => children.delete(child));
		// The child has it now.
		socket.destroy();
	});
	await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
	const field = (bytes: Buffer) => {
		const length = Buffer.alloc(4);
		length.writeUInt32BE(bytes.length);
		return Buffer.concat([length, bytes]);
	};
	const blob = Buffer.concat([field(Buffer.from('ssh-ed25519')), field(readFileSync(join(keys, 'ed25519.pk')))]);
	return {
		port: (listener.address() as AddressInfo).port,
		hostKey: describeHostKey(blob).sha256,
		connections: () => connections,
		async stop() {
			for (const child of children) await end(child);
			await new Promise((resolve) => listener.close(resolve));
			rmSync(directory, { recursive: true, force: true });
		},
	};
}

/** A small server on a library of Debian's Python. */
export async function startPythonServer(
	library: 'asyncssh' | 'paramiko',
	user: string,
	...more: string[]
): Promise<OtherServer> {
	requireProgram(`/usr/lib/python3/dist-packages/${library}`, `python3-${library}`);
	const script = new URL(`./${library}-server.py`, import.meta.url).pathname;
	const keys = `${keyFile('host-a')},${keyFile('host-rsa')}`;
	// Debian's own Python sees Debian's libraries.
	const child = spawn('/usr/bin/python3', ['-W', 'ignore', script, keys, keyFile('user-a.pub'), user, ...more], {
		stdio: ['ignore', 'pipe', 'ignore'],
	});
	const said = collect(child);
	await until(library, () => /^port \d+$/m.test(said()));
	return {
		port: Number(/^port (\d+)$/m.exec(said())?.[1]),
		hostKey: fingerprint('host-a'),
		connections: () => said().match(/^connection$/gm)?.length ?? 0,
		stop: () => end(child),
	};
}

function collect(child: ChildProcess): () => string {
	let text = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream?.on('data', (chunk) => {
			text += chunk;
		});
	}
	return () => text;
}

/** Stops a process by its own id, and waits until it is gone. */
export async function end(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const ended = new Promise((resolve) => child.once('exit', resolve));
	child.kill('SIGKILL');
	await ended;
}

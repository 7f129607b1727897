import { spawn } from 'node:child_process';
import type { AddressInfo, Socket } from 'node:net';
import { createConnection } from 'node:net';
import ssh2 from 'ssh2';
import { keyBlob, privateKey, type TestKey } from './keys.ts';

export type SshServer = {
	readonly port: number;
	/** Logins that were tried, with the keys they were tried with. */
	readonly tries: string[];
	connections(): number;
	/** Ends all connections. */
	drop(): void;
	stop(): Promise<void>;
};

export type SshServerOptions = {
	readonly hostKeys?: readonly TestKey[];
	readonly authorised?: TestKey;
	/** Sessions at a time on one connection. */
	readonly maxSessions?: number;
	readonly forwarding?: 'allowed' | 'prohibited';
	/** Reads on, but answers nothing any more. */
	readonly isDeaf?: () => boolean;
};

/** A small SSH server that runs what it is told, for the corners of the protocol that OpenSSH does not show at will. */
export async function startSshServer(options: SshServerOptions = {}): Promise<SshServer> {
	const { hostKeys = ['host-a'], authorised = 'user-a', maxSessions = 10, forwarding = 'allowed', isDeaf } = options;
	const tries: string[] = [];
	const sockets = new Set<Socket>();
	let count = 0;
	const server = new ssh2.Server({ hostKeys: hostKeys.map((name) => privateKey(name)) }, (client) => {
		count++;
		let sessions = 0;
		client.on('error', () => {});
		client.on('authentication', (context) => {
			if (context.method !== 'publickey') return context.reject(['publickey']);
			if (context.signature === undefined) tries.push(context.username);
			return context.key.data.equals(keyBlob(authorised)) ? context.accept() : context.reject(['publickey']);
		});
		client.on('session', (accept, reject) => {
			if (sessions >= maxSessions) return reject?.();
			sessions++;
			const session = accept();
			session.on('exec', (acceptExec, _reject, { command }) => {
				const channel = acceptExec();
				const child = spawn('sh', ['-c', command], { detached: true });
				child.stdin.on('error', () => {});
				channel.pipe(child.stdin);
				child.stdout.pipe(channel, { end: false });
				child.stderr.pipe(channel.stderr, { end: false });
				// As sshd does: the code is told at once, the channel is closed when nobody holds its pipes any more.
				child.once('exit', (code) => channel.exit(code ?? 255));
				child.once('close', () => {
					sessions--;
					channel.end();
					channel.close();
				});
			});
		});
		// Where nobody listens, ssh2 says "administratively prohibited" (RFC 4254, section 5.1).
		if (forwarding === 'prohibited') return;
		client.on('tcpip', (accept, reject, { destIP, destPort }) => {
			const socket = createConnection({ host: destIP, port: destPort });
			socket.once('connect', () => {
				const channel = accept();
				channel.pipe(socket).pipe(channel);
				channel.on('error', () => {}).on('close', () => socket.destroy());
			});
			socket.on('error', () => reject());
		});
	});
	server.on('error', () => {});
	// ssh2 tells nobody of the socket.
	const raw = (server as unknown as { _srv: { on(event: 'connection', listener: (socket: Socket) => void): void } })
		._srv;
	raw.on('connection', (socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
		const write = socket.write.bind(socket);
		socket.write = ((...args: Parameters<typeof write>) => isDeaf?.() || write(...args)) as typeof socket.write;
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		port: (server.address() as AddressInfo).port,
		tries,
		connections: () => count,
		drop: () => {
			for (const socket of sockets) socket.destroy();
		},
		async stop() {
			for (const socket of sockets) socket.destroy();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}

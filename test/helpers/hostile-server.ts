import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

export type HostileServer = { readonly port: number; readonly open: ReadonlySet<Socket>; close(): Promise<void> };

/** A TCP server on loopback that does to each connection what the test says. */
export async function startServer(onConnection: (socket: Socket) => void): Promise<HostileServer> {
	const open = new Set<Socket>();
	const server = createServer((socket) => {
		open.add(socket);
		socket.on('error', () => {});
		socket.on('close', () => open.delete(socket));
		onConnection(socket);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		port: (server.address() as AddressInfo).port,
		open,
		close() {
			for (const socket of open) socket.destroy();
			return new Promise((resolve) => server.close(() => resolve()));
		},
	};
}

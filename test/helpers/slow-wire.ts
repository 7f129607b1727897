import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';

/** A wire to a server on loopback that takes its time, so that a measurement over it is under way for as long as a test wants. */
export type SlowWire = {
	readonly port: number;
	/** Connections that were made over it. */
	connections(): number;
	/** From now on nothing of what the server says comes through. */
	hold(): void;
	/** What was held comes through, and all that is said later. */
	letThrough(): void;
	stop(): Promise<void>;
};

/** @param delayMs how much later everything comes through that the server says. */
export async function startSlowWire(to: { address: string; port: number }, delayMs = 0): Promise<SlowWire> {
	let isHeld = false;
	let count = 0;
	const held: Array<() => void> = [];
	const sockets = new Set<Socket>();
	const pass = (work: () => void) => {
		if (isHeld) held.push(work);
		else work();
	};
	const server = createServer((near) => {
		count++;
		const far = createConnection({ host: to.address, port: to.port });
		for (const socket of [near, far]) {
			sockets.add(socket);
			socket.on('error', () => {});
			socket.on('close', () => sockets.delete(socket));
		}
		near.on('data', (data) => far.write(data));
		near.on('close', () => far.destroy());
		far.on('data', (data) => setTimeout(() => pass(() => near.write(data)), delayMs));
		far.on('close', () => setTimeout(() => pass(() => near.destroy()), delayMs));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		port: (server.address() as AddressInfo).port,
		connections: () => count,
		hold() {
			isHeld = true;
		},
		letThrough() {
			isHeld = false;
			for (const work of held.splice(0)) work();
		},
		async stop() {
			for (const socket of sockets) socket.destroy();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

import type { AddressInfo, Socket } from 'node:net';
import { createConnection, createServer } from 'node:net';

/** A wire between a client and a server on loopback that can be cut: what is sent then is lost without a word, as on a dead network. */
export type Relay = {
	readonly port: number;
	/** Connections that were made over it. */
	connections(): number;
	cut(): void;
	/** Lets new connections through again. Those that were cut stay dead, until their server's side is closed by `hangUp`. */
	mend(): void;
	/** Ends what was cut, as keep-alives of the server would in time. */
	hangUp(): void;
	stop(): Promise<void>;
};

export async function startRelay(to: number): Promise<Relay> {
	let isCut = false;
	let count = 0;
	const alive = new Set<() => void>();
	const dead = new Set<() => void>();
	const server = createServer((near) => {
		count++;
		const far = createConnection({ host: '127.0.0.1', port: to });
		const end = () => {
			near.destroy();
			far.destroy();
			alive.delete(end);
		};
		alive.add(end);
		const wire = (from: Socket, onto: Socket) => {
			from.on('data', (data) => alive.has(end) && !isCut && onto.write(data));
			// Nor does the end of one side reach the other.
			from.on('close', () => alive.has(end) && !isCut && end());
			from.on('error', () => {});
		};
		wire(near, far);
		wire(far, near);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		port: (server.address() as AddressInfo).port,
		connections: () => count,
		cut() {
			isCut = true;
		},
		mend() {
			for (const end of alive) dead.add(end);
			alive.clear();
			isCut = false;
		},
		hangUp() {
			for (const end of dead) end();
			dead.clear();
		},
		async stop() {
			for (const end of [...alive, ...dead]) end();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

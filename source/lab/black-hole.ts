import { createConnection, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

export type BlackHole = { readonly port: number; close(): Promise<void> };

/** Listens with the shortest queue and never accepts: its thread sleeps for good. Once the queue is full, the kernel drops what comes. */
const sleeper = `
	const { createServer } = require('node:net');
	const { parentPort, workerData: addresses } = require('node:worker_threads');
	const listen = (port, [host, ...others]) => {
		if (host === undefined) {
			parentPort.postMessage(port);
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
			return;
		}
		const server = createServer();
		server.listen({ host, port, backlog: 1 }, () => listen(server.address().port, others));
	};
	listen(0, addresses);
`;

const fillers = 2;

/** A TCP port on loopback addresses that never answers, without a firewall: what a dropping one looks like from the connector. */
export async function openBlackHole(addresses: readonly string[] = ['127.0.0.1']): Promise<BlackHole> {
	const worker = new Worker(sleeper, { eval: true, workerData: addresses });
	worker.unref();
	const port = await new Promise<number>((resolve, reject) => {
		worker.once('message', resolve);
		worker.once('error', reject);
	});
	const sockets = await Promise.all(
		addresses.flatMap((address) => Array.from({ length: fillers }, () => fill(address, port))),
	);
	return {
		port,
		async close() {
			for (const socket of sockets) socket.destroy();
			await worker.terminate();
		},
	};
}

function fill(host: string, port: number): Promise<Socket> {
	return new Promise((resolve, reject) => {
		const socket = createConnection({ host, port });
		socket.unref();
		socket.once('connect', () => {
			socket.on('error', () => {});
			resolve(socket);
		});
		socket.once('error', reject);
	});
}

import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { makeKey } from '../../source/lab/keys.ts';
import { createLabServer } from '../../source/lab/ssh-server.ts';
import { type Relay, startRelay } from '../helpers/relay.ts';

/** A target behind a wire: its server can be killed and started, its wire cut and mended. */
export type FaultyTarget = { kill(): void; start(): Promise<void>; readonly wire: Relay };

export type FaultySite = {
	readonly inventory: string;
	/** What stands in it at first. */
	readonly text: string;
	readonly targets: readonly FaultyTarget[];
	/** Writes so many numbered lines into the log of `dc1`. */
	log(lines: number): void;
	/** As an editor writes it: there is the old file or the new one. */
	restoreInventory(): void;
	/** As logrotate does it: the file is another one now. */
	rotate(): void;
	close(): Promise<void>;
};

const count = 12;

/**
 * Real SSH servers on loopback, each behind a relay; the connector `dc1` with a log file, and `dc2` in a container.
 *
 * @param directory for its files.
 */
export async function startFaultySite(directory: string, container: string): Promise<FaultySite> {
	const [user, host] = [makeKey('user'), makeKey('host')];
	const ssh = createLabServer({
		hostKeys: [host.private],
		users: { deploy: [user.public] },
		methods: ['publickey', 'password'],
		ident: 'OpenSSH_9.6p1 Debian-2',
		log: () => {},
	});
	const targets: FaultyTarget[] = [];
	const stops: Array<() => Promise<void>> = [];
	for (let index = 0; index < count; index++) {
		let server: Server | null = null;
		let port = 0;
		const open = new Set<Socket>();
		const start = async () => {
			if (server !== null) return;
			const next = createServer((socket) => {
				open.add(socket);
				socket.on('error', () => {}).once('close', () => open.delete(socket));
				ssh.accept(socket);
			});
			server = next;
			await new Promise<void>((resolve, reject) =>
				next.once('error', reject).listen(port, '127.0.0.1', () => resolve()),
			);
			port = (next.address() as { port: number }).port;
		};
		const kill = () => {
			server?.close();
			server = null;
			for (const socket of open) socket.resetAndDestroy();
		};
		await start();
		const wire = await startRelay(port);
		targets.push({ kill, start, wire });
		stops.push(async () => {
			kill();
			await wire.stop();
		});
	}
	const inventory = join(directory, 'vpmon.yaml');
	const logFile = join(directory, 'connector.log');
	writeFileSync(logFile, '');
	const safes = targets.map(({ wire }, index) => ({
		name: `safe-${index + 1}`,
		connector: index % 3 === 1 ? 'dc2' : 'dc1',
		host: '127.0.0.1',
		port: wire.port,
		username: index % 4 === 3 ? 'nobody' : 'deploy',
		credential: index % 3 === 2 ? { type: 'password' } : { type: 'ssh-key', publicKey: user.public },
		hostKey: `ssh-ed25519 ${host.fingerprint}`,
	}));
	const settings = { exempt: true, sweepEvery: '30s', rowTimeout: '1s', ladderTimeout: '2s' };
	const connectors = [
		{ name: 'dc1', logFile },
		{ name: 'dc2', runtime: 'docker', container },
	];
	const text = stringify({ version: 1, settings, connectors, safes }, { lineWidth: 0 });
	writeFileSync(inventory, text, { mode: 0o600 });
	let written = 0;
	return {
		inventory,
		text,
		targets,
		log(lines) {
			let added = '';
			for (let line = 0; line < lines; line++)
				added += `${new Date().toISOString()} INFO heartbeat number ${++written} \u001b[31m日本\u001b[0m\n`;
			appendFileSync(logFile, added);
		},
		restoreInventory() {
			writeFileSync(`${inventory}~`, text, { mode: 0o600 });
			renameSync(`${inventory}~`, inventory);
		},
		rotate() {
			rmSync(logFile);
			writeFileSync(logFile, '');
		},
		async close() {
			for (const stop of stops) await stop();
			ssh.close();
		},
	};
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { openBlackHole } from '../../source/lab/black-hole.ts';
import { startControlPlane } from '../../source/lab/control-plane.ts';
import { type LabKey, makeKey } from '../../source/lab/keys.ts';
import { openLog } from '../../source/lab/log.ts';
import { createLabServer } from '../../source/lab/ssh-server.ts';

export type Site = { readonly inventory: string; readonly token: string; close(): Promise<void> };

export type SiteOptions = {
	/** Safes that answer, beside the others. */
	readonly healthy: number;
	/** Safes of one network that no firewall lets through. */
	readonly silent: number;
	/** One Safe whose host key is another one now. */
	readonly rebuilt: boolean;
	/** Safes with passwords. */
	readonly passwords: number;
	/** More names for healthy ones, in place of those they would have. */
	readonly names?: readonly string[];
};

const connectors = ['dc1', 'dmz'] as const;
const heartbeatMs = 1500;

/** A site as large as one likes: real servers on many loopback addresses, one network behind a black hole, two connectors that live. */
export async function startSite({ healthy, silent, rebuilt, passwords, names = [] }: SiteOptions): Promise<Site> {
	const directory = mkdtempSync(join(tmpdir(), 'vpmon-site-'));
	const token = makeKey('token').fingerprint;
	const controlPlane = await startControlPlane(token, connectors);
	const beat = () => {
		for (const name of connectors) {
			controlPlane.heartbeat(name);
			openLog(join(directory, `${name}.log`))('INFO', 'heartbeat ok');
		}
	};
	beat();
	const beating = setInterval(beat, heartbeatMs);
	const [userKey, hostKey, newKey, oldKey] = [
		makeKey('vaultpam-safe'),
		makeKey('host'),
		makeKey('rebuilt'),
		makeKey('before'),
	];
	const serverWith = (key: LabKey) =>
		createLabServer({
			hostKeys: [key.private],
			users: { deploy: [userKey.public] },
			methods: ['publickey', 'password'],
			ident: 'OpenSSH_9.6p1 Debian-2',
			log: () => {},
		});
	const [server, other] = [serverWith(hostKey), serverWith(newKey)];
	const listeners: Server[] = [];
	let port = 0;
	const serve = async (address: string, by = server) => {
		const listener = createServer((socket) => by.accept(socket));
		listeners.push(listener);
		await new Promise<void>((resolve, reject) => {
			listener.once('error', reject);
			listener.listen(port, address, resolve);
		});
		port = (listener.address() as { port: number }).port;
	};
	const safe = (name: string, host: string, more: Record<string, unknown> = {}) => ({
		name,
		host,
		port,
		username: 'deploy',
		credential: { type: 'ssh-key', publicKey: userKey.public },
		hostKey: `ssh-ed25519 ${hostKey.fingerprint}`,
		...more,
	});
	const addressOf = (index: number) => `127.10.${Math.floor(index / 250)}.${(index % 250) + 1}`;
	const silentAddresses = Array.from({ length: silent }, (_, index) => `127.20.4.${index + 1}`);
	const hole = silent === 0 ? null : await openBlackHole(silentAddresses);
	const two = (index: number) => String(index + 1).padStart(2, '0');
	const roles = ['web', 'api', 'cache', 'queue', 'mail', 'build', 'search', 'auth'];
	const safes: Array<Record<string, unknown>> = [];
	for (let index = 0; index < healthy + passwords; index++) {
		await serve(addressOf(index));
		const own = names[index] ?? `${roles[index % roles.length]}-${two(Math.floor(index / roles.length))}`;
		safes.push(safe(own, addressOf(index), index < healthy ? {} : { credential: { type: 'password' } }));
	}
	if (rebuilt) {
		await serve('127.10.200.1', other);
		safes.push(safe('db-primary', '127.10.200.1', { hostKey: `ssh-ed25519 ${oldKey.fingerprint}` }));
	}
	for (const [index, host] of silentAddresses.entries())
		safes.push(safe(`app-${two(index)}`, host, { port: hole?.port, connector: 'dmz' }));
	const inventory = join(directory, 'vpmon.yaml');
	const file = {
		version: 1,
		defaults: { connector: 'dc1' },
		// These servers do not count probes.
		settings: { exempt: true },
		controlPlane: {
			url: controlPlane.url,
			healthUrl: `${controlPlane.url}/healthz`,
			connectorsPath: '/api/v1/connectors',
		},
		connectors: connectors.map((name) => ({ name, runtime: 'none', logFile: `./${name}.log` })),
		safes,
	};
	writeFileSync(inventory, stringify(file, { lineWidth: 0 }), { mode: 0o600 });
	return {
		inventory,
		token,
		async close() {
			clearInterval(beating);
			controlPlane.close();
			server.close();
			other.close();
			for (const listener of listeners) listener.close();
			await hole?.close();
			rmSync(directory, { recursive: true, force: true });
		},
	};
}

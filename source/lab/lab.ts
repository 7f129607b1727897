import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuthenticationType } from 'ssh2';
import { stringify } from 'yaml';
import type { Cause } from '../domain/cause.ts';
import type { OverallVerdict } from '../domain/verdict.ts';
import { version } from '../domain/version.ts';
import { openBlackHole } from './black-hole.ts';
import { startControlPlane } from './control-plane.ts';
import { type LabKey, makeKey } from './keys.ts';
import { createLabServer, type LabServer } from './ssh-server.ts';

/** What a Safe of the lab has to show, so that the demo can tell whether it works. */
export type Expectation = { readonly safe: string; readonly verdict: OverallVerdict; readonly cause: Cause | null };

export type Lab = {
	/** The inventory file, as a user would write it. */
	readonly inventory: string;
	readonly token: string;
	readonly expectations: readonly Expectation[];
	close(): Promise<void>;
};

const onlineConnector = 'lab-east';
const offlineConnector = 'lab-west';
const heartbeatMs = 1500;

/** One target for each of the runbook's causes, real servers on loopback, two connectors and their logs. */
export async function startLab(): Promise<Lab> {
	const directory = mkdtempSync(join(tmpdir(), 'vpmon-lab-'));
	const servers: LabServer[] = [];
	const east = openLog(join(directory, `${onlineConnector}.log`));
	const west = openLog(join(directory, `${offlineConnector}.log`));
	const safeKey = makeKey('vaultpam-safe');
	const otherKey = makeKey('somebody-else');

	const serve = async (
		target: string,
		hostKey: LabKey,
		users: Record<string, readonly string[]>,
		log = east,
		methods: AuthenticationType[] = ['publickey'],
	) => {
		const server = createLabServer({
			hostKeys: [hostKey.private],
			users,
			methods,
			ident: `vpmon-lab_${version}`,
			// A lab target forwards its sshd log to the connector, which writes it into its own.
			log: (line) => log('INFO', `target=${target} sshd: ${line}`),
		});
		servers.push(server);
		return server.listen();
	};
	const authorised = { deploy: [safeKey.public] };
	const healthy = async (target: string, log = east) => {
		const hostKey = makeKey(target);
		return { port: await serve(target, hostKey, authorised, log), hostKey: `ssh-ed25519 ${hostKey.fingerprint}` };
	};

	const token = makeKey('token').fingerprint;
	const controlPlane = await startControlPlane(token, [onlineConnector, offlineConnector]);
	const blackHole = await openBlackHole();
	const passwordKey = makeKey('reports');
	const userKey = makeKey('ci');
	const strangerKey = makeKey('backup');
	const oldKey = makeKey('old');
	const withKey = { type: 'ssh-key', publicKey: safeKey.public };
	const at = { host: '127.0.0.1', username: 'deploy', credential: withKey };

	const entries = [
		{ expect: 'pass', safe: { name: 'web-frontend', ...at, ...(await healthy('web-frontend')) } },
		{ expect: 'pass', safe: { name: 'app-worker', ...at, ...(await healthy('app-worker')) } },
		{
			expect: 'untested',
			safe: {
				name: 'reports-db',
				...at,
				port: await serve('reports-db', passwordKey, { deploy: [] }, east, ['password', 'keyboard-interactive']),
				hostKey: passwordKey.fingerprint,
				credential: { type: 'password' },
			},
		},
		{
			expect: 'connector-offline',
			safe: { name: 'edge-cache', connector: offlineConnector, ...at, ...(await healthy('edge-cache', west)) },
		},
		{ expect: 'port-refused', safe: { name: 'billing-db', ...at, port: await closedPort() } },
		{ expect: 'port-timeout', safe: { name: 'legacy-erp', ...at, port: blackHole.port } },
		{
			expect: 'username-rejected',
			safe: {
				name: 'ci-runner',
				...at,
				username: 'Deploy',
				port: await serve('ci-runner', userKey, authorised),
				hostKey: userKey.fingerprint,
			},
		},
		{
			expect: 'host-key-mismatch',
			safe: {
				name: 'db-primary',
				...at,
				...(await healthy('db-primary')),
				hostKey: `ssh-ed25519 ${oldKey.fingerprint}`,
				sensitive: true,
			},
		},
		{
			expect: 'key-rejected',
			safe: {
				name: 'backup-host',
				...at,
				port: await serve('backup-host', strangerKey, { deploy: [otherKey.public] }),
				hostKey: strangerKey.fingerprint,
			},
		},
	] as const;

	const inventory = join(directory, 'vpmon.yaml');
	writeFileSync(
		inventory,
		stringify(
			{
				version: 1,
				defaults: { connector: onlineConnector },
				// The lab's own servers do not count probes.
				settings: { exempt: true, sweepEvery: '1m' },
				controlPlane: {
					url: controlPlane.url,
					healthUrl: `${controlPlane.url}/healthz`,
					connectorsPath: '/api/v1/connectors',
				},
				connectors: [onlineConnector, offlineConnector].map((name) => ({
					name,
					runtime: 'none',
					logFile: `./${name}.log`,
				})),
				safes: entries.map(({ safe }) => safe),
			},
			{ lineWidth: 0 },
		),
		{ mode: 0o600 },
	);

	west('INFO', 'tunnel up, 1 route');
	west('WARN', 'heartbeat timed out after 10s, retrying');
	west('ERROR', 'control plane connection lost: read tcp 10.9.0.4:51422->203.0.113.7:443: i/o timeout');
	east('INFO', 'tunnel up, 8 routes');
	let beats = 0;
	const beat = () => {
		controlPlane.heartbeat(onlineConnector);
		east('INFO', `heartbeat ok n=${++beats} rtt=${10 + (beats % 7)}ms`);
	};
	beat();
	const timer = setInterval(beat, heartbeatMs);

	return {
		inventory,
		token,
		expectations: entries.map(({ safe, expect }) => ({ safe: safe.name, ...expectation(expect) })),
		async close() {
			clearInterval(timer);
			for (const server of servers) server.close();
			controlPlane.close();
			await blackHole.close();
			rmSync(directory, { recursive: true, force: true });
		},
	};
}

function expectation(expect: 'pass' | 'untested' | Cause): Omit<Expectation, 'safe'> {
	return expect === 'pass' || expect === 'untested'
		? { verdict: expect, cause: null }
		: { verdict: 'fail', cause: expect };
}

type Log = (level: 'INFO' | 'WARN' | 'ERROR', text: string) => void;

function openLog(file: string): Log {
	return (level, text) => {
		try {
			appendFileSync(file, `${new Date().toISOString()} ${level.padEnd(5)} ${text}\n`, { mode: 0o600 });
		} catch {
			// The lab ends while its servers still say goodbye.
		}
	};
}

/** A port on which nothing listens: one that was just given back. */
function closedPort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
		});
	});
}

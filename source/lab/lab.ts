import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
import { type LabEngine, layOutEngine } from './engine.ts';
import { type LabKey, makeKey } from './keys.ts';
import { openLog, type WriteLog } from './log.ts';
import { createLabServer } from './ssh-server.ts';

/** What a Safe of the lab has to show, so that the demo can tell whether it works. */
export type Expectation = {
	readonly safe: string;
	readonly verdict: OverallVerdict;
	readonly cause: Cause | null;
};

export type Lab = {
	/** The inventory file, as a user would write it. */
	readonly inventory: string;
	/** For the lab's control plane. */
	readonly token: string;
	readonly expectations: readonly Expectation[];
	close(): Promise<void>;
};

const online = 'lab-east';
const offline = 'lab-west';
const heartbeatMs = 1500;

/** Real servers on loopback, one for each of the runbook's causes, two connectors and their logs. */
export async function startLab(): Promise<Lab> {
	const closers: Array<() => void | Promise<void>> = [];
	const close = async () => {
		for (const closer of closers.toReversed()) await closer();
	};
	try {
		const lab = await buildLab((closer) => closers.push(closer));
		return { ...lab, close };
	} catch (error) {
		await close();
		throw error;
	}
}

async function buildLab(onClose: (closer: () => void | Promise<void>) => void): Promise<Omit<Lab, 'close'>> {
	const directory = makeDirectory(onClose);
	const logs = {
		[online]: openLog(join(directory, `${online}.log`)),
		[offline]: openLog(join(directory, `${offline}.log`)),
	};
	const engine = layOutEngine(directory, offline);
	if (engine !== null) onClose(putFirstInPath(engine.path));
	const token = makeKey('token').fingerprint;
	// Its thread takes longest to start.
	const opening = openBlackHole();
	// Told where it is awaited, which is after the control plane is up.
	opening.catch(() => {});
	onClose(async () => (await opening).close());
	const controlPlane = await startControlPlane(token, [online, offline]);
	onClose(() => controlPlane.close());
	const blackHole = await opening;

	const safeKey = makeKey('vaultpam-safe');
	const serve = async (name: string, hostKey: LabKey, options: ServeOptions = {}): Promise<number> => {
		const { users = { deploy: [safeKey.public] }, methods = ['publickey'], log = logs[online] } = options;
		const server = createLabServer({
			hostKeys: [hostKey.private],
			users,
			methods,
			ident: `vpmon-lab_${version}`,
			// A lab target forwards its sshd log to the connector, which writes it into its own.
			log: (line) => log?.('INFO', `target=${name} sshd: ${line}`),
		});
		onClose(() => server.close());
		return server.listen();
	};
	/** A Safe whose stored key is the right one, unless `stored` is another. */
	const target = async (name: string, options: ServeOptions & { stored?: LabKey } = {}) => {
		const hostKey = makeKey(name);
		const port = await serve(name, hostKey, options);
		return { name, ...common, port, hostKey: `ssh-ed25519 ${(options.stored ?? hostKey).fingerprint}` };
	};
	const common = { host: '127.0.0.1', username: 'deploy', credential: { type: 'ssh-key', publicKey: safeKey.public } };
	const passwords: ServeOptions = { users: { deploy: [] }, methods: ['password', 'keyboard-interactive'] };
	const entries: ReadonlyArray<readonly [Expected, Record<string, unknown> & { readonly name: string }]> = [
		['pass', await target('web-frontend')],
		['pass', await target('app-worker')],
		['untested', { ...(await target('reports-db', passwords)), credential: { type: 'password' } }],
		['connector-offline', { ...(await target('edge-cache', { log: logs[offline] })), connector: offline }],
		['port-refused', { ...common, name: 'billing-db', port: await closedPort() }],
		['port-timeout', { ...common, name: 'legacy-erp', port: blackHole.port }],
		['username-rejected', { ...(await target('ci-runner')), username: 'Deploy' }],
		[
			'host-key-mismatch',
			{ ...(await target('db-primary', { stored: makeKey('before-the-rebuild') })), sensitive: true },
		],
		['key-rejected', await target('backup-host', { users: { deploy: [makeKey('somebody-else').public] } })],
	];

	controlPlane.list(entries.map(([, { name }]) => name));
	const inventory = join(directory, 'vpmon.yaml');
	const file = {
		version: 1,
		defaults: { connector: online },
		// The lab's own servers do not count probes.
		settings: { exempt: true, sweepEvery: '1m' },
		controlPlane: {
			url: controlPlane.url,
			healthUrl: `${controlPlane.url}/healthz`,
			connectorsPath: '/api/v1/connectors',
		},
		connectors: [
			{ name: online, runtime: 'none', logFile: `./${online}.log` },
			{
				name: offline,
				...(engine === null ? { runtime: 'none' } : { runtime: 'docker', container: offline }),
				logFile: `./${offline}.log`,
			},
		],
		safes: entries.map(([, safe]) => safe),
	};
	writeFileSync(inventory, stringify(file, { lineWidth: 0 }), { mode: 0o600 });

	logs[offline]?.('INFO', 'tunnel up, 1 route');
	logs[offline]?.('WARN', 'heartbeat timed out after 10s, retrying');
	logs[offline]?.('ERROR', 'control plane connection lost: read tcp 10.9.0.4:51422->203.0.113.7:443: i/o timeout');
	logs[online]?.('INFO', 'tunnel up, 8 routes');
	onClose(beat(() => controlPlane.heartbeat(online), logs[online]));
	if (engine !== null) onClose(beatOnceStarted(engine, () => controlPlane.heartbeat(offline), logs[offline]));
	return {
		inventory,
		token,
		expectations: entries.map(([expected, { name }]) => ({ safe: name, ...expectation(expected) })),
	};
}

type ServeOptions = {
	readonly users?: Readonly<Record<string, readonly string[]>>;
	readonly methods?: readonly AuthenticationType[];
	readonly log?: WriteLog | undefined;
};

type Expected = 'pass' | 'untested' | Cause;

function expectation(expected: Expected): Omit<Expectation, 'safe'> {
	if (expected === 'pass' || expected === 'untested') return { verdict: expected, cause: null };
	return { verdict: 'fail', cause: expected };
}

/** Programs that vpmon starts are looked for there first. Returns its own undo. */
function putFirstInPath(directory: string): () => void {
	const before = process.env.PATH;
	process.env.PATH = `${directory}:${before ?? ''}`;
	return () => {
		process.env.PATH = before;
	};
}

/** Taken away also when the process ends by a signal. */
function makeDirectory(onClose: (closer: () => void) => void): string {
	const directory = mkdtempSync(join(tmpdir(), 'vpmon-lab-'));
	const remove = () => rmSync(directory, { recursive: true, force: true });
	process.once('exit', remove);
	onClose(() => {
		process.off('exit', remove);
		remove();
	});
	return directory;
}

/** The online connector's heartbeat, to its control plane and into its log. */
function beat(send: () => void, log: WriteLog | undefined): () => void {
	let beats = 0;
	const once = () => {
		send();
		log?.('INFO', `heartbeat ok n=${++beats} rtt=${10 + (beats % 7)}ms`);
	};
	once();
	const timer = setInterval(once, heartbeatMs);
	return () => clearInterval(timer);
}

const lookMs = 200;

/** A connector that is started lives from then on, as `docker start` of the fix has it. */
function beatOnceStarted(engine: LabEngine, send: () => void, log: WriteLog | undefined): () => void {
	let stop = () => {};
	const timer = setInterval(() => {
		if (!engine.isRunning()) return;
		clearInterval(timer);
		log?.('INFO', 'started, identity found, tunnel up, 1 route');
		stop = beat(send, log);
	}, lookMs);
	return () => {
		clearInterval(timer);
		stop();
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

import type { Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import { createServer } from 'node:net';
import type { Inventory } from '../domain/inventory.ts';
import { isLoopback, type ListenAddress } from '../domain/listen-address.ts';
import { messageOf, UserError } from '../domain/user-error.ts';
import { reportError, untilSignal } from '../ending.ts';
import { defaultConcurrency, type Engine } from '../engine/engine.ts';
import { firstSweepOf } from '../engine/first-sweep.ts';
import { followInventory } from '../engine/follow-inventory.ts';
import { saveMemory } from '../engine/heap.ts';
import { keepHistory } from '../engine/history/keep-history.ts';
import { loadEngineParts } from '../engine/load-parts.ts';
import { startSchedule } from '../engine/schedule.ts';
import { afterChange } from '../engine/sharing/freshness.ts';
import { type AccessFlags, readTls, readToken } from '../exporter/access.ts';
import { createCounted } from '../exporter/counted.ts';
import { watchHealth } from '../exporter/health.ts';
import { createLabels } from '../exporter/labels.ts';
import { type Format, renderMetrics } from '../exporter/render.ts';
import { safeFamilies } from '../exporter/safe-families.ts';
import { createMetricsServer, listen } from '../exporter/serve.ts';
import { siteFamilies } from '../exporter/site-families.ts';
import { watchFile } from '../inventory/watch.ts';
import { notice } from '../own-words.ts';
import type { BudgetInUse } from '../probes/probe-budget.ts';
import { chooseInventory } from './choose-inventory.ts';
import { openHistoryOf } from './open-history.ts';
import { engineMask, inventoryMask, isMaskWanted } from './output-mask.ts';
import { startEngine } from './start-engine.ts';

export type ExporterFlags = AccessFlags & { inventory?: string; listen: ListenAddress; mask?: boolean };

const budgetWaitMs = 10_000;

/** `vpmon exporter`: measures in the background as the screen does, and answers Prometheus with what is known. Notices go to stderr. */
export async function exporter(flags: ExporterFlags): Promise<void> {
	saveMemory();
	const inventory = chooseInventory([], flags);
	const token = readToken(flags.tokenFile, notice);
	const tls = readTls(flags, notice);
	let site: Site | null = null;
	const server = createMetricsServer(
		{ metrics: (format) => site?.metrics(format) ?? null, problem: () => site?.problem() ?? null },
		{ token, tls, listenHost: flags.listen.host, onBug: reportError },
	);
	// Before anything is measured: a second exporter on this port must leave no trace at the targets.
	const address = await listenOrExplain(server, flags.listen);
	const stopRenewing = tls === null ? () => {} : renewTls(server as TlsServer, flags);
	const ended = untilSignal();
	try {
		const count = inventory.safes.length;
		notice(
			`metrics of ${count} ${count === 1 ? 'Safe' : 'Safes'} at ${tls === null ? 'http' : 'https'}://${address}/metrics`,
		);
		if (!isLoopback(address)) warnOfReaders(token !== null, tls !== null);
		site = await startSite(inventory, isMaskWanted(inventory, flags.mask));
		await ended;
	} finally {
		stopRenewing();
		server.close();
		server.closeAllConnections();
		await site?.stop();
	}
}

type Site = { metrics(format: Format): Promise<string>; problem(): string | null; stop(): Promise<void> };

/** Everything behind the answers. */
async function startSite(inventory: Inventory, isMasked: boolean): Promise<Site> {
	const counted = createCounted();
	if (isMasked) await inventoryMask(inventory, true);
	const { engine, dispose } = await startEngine(inventory, {
		onMeasured: counted.measured,
		program: 'exporter',
		confirmsRecovery: true,
		// One line is enough to go on after; what is counted need not be kept.
		logLimits: { firstLines: 1, keptLines: 1 },
	});
	if (isMasked) await engineMask(engine, true);
	const { session } = engine;
	const { file } = inventory;
	const history = file === null ? null : keepHistory(session, () => openHistoryOf(file), engine.sharing);
	await history?.recall();
	const labels = await createLabels(engine, isMasked);
	let budget: BudgetInUse | null = null;
	const families = [...safeFamilies(session.get, labels), ...siteFamilies(session.get, () => budget)];
	const watch = counted.watch(engine);
	const health = watchHealth(session);
	engine.logs.follow();
	void engine.followOthers();
	const stopMeasuring = measure(engine, watch.inventoryChanged);
	// An update takes the files of this program away while it runs.
	void loadEngineParts();
	return {
		problem: health.problem,
		async metrics(format) {
			budget = await engine.budgetInUse();
			return renderMetrics(families, counted.registry, format);
		},
		async stop() {
			stopMeasuring();
			watch.stop();
			health.stop();
			await dispose(history?.end);
		},
	};
}

/** Measures on schedule, by the inventory as it is at any time. Returns its own end. */
function measure(engine: Engine, inventoryChanged: () => void): () => void {
	const { session } = engine;
	let stopSchedule = () => {};
	const start = () => {
		stopSchedule();
		stopSchedule = startSchedule(engine, session.get().inventory.settings.probe === 'on-demand');
	};
	tellOfProbes(session.get().inventory, session.get().measuredFrom);
	start();
	let isBroken = false;
	const stopFollowing = followInventory(
		engine,
		({ toMeasure, connectors, settings, keysChangedAt }) => {
			if (isBroken) notice('the inventory can be used again');
			isBroken = false;
			inventoryChanged();
			if (connectors || settings) start();
			if (session.get().inventory.settings.probe === 'background' && toMeasure.length > 0)
				void engine.run(toMeasure, { trigger: 'background', budgetWaitMs, ...afterChange(keysChangedAt) });
		},
		({ summary }) => {
			isBroken = true;
			notice(`inventory not taken, last good one kept: ${summary}`);
		},
	);
	return () => {
		stopFollowing();
		stopSchedule();
	};
}

/** What the admins of targets will see; the screen asks before it, a service is told to. */
function tellOfProbes(inventory: Inventory, here: string): void {
	if (inventory.settings.probe === 'on-demand')
		return notice('probe: on-demand in the inventory: connectors are looked at, targets are not');
	const sweep = firstSweepOf(inventory, here, defaultConcurrency);
	if (sweep === null) return;
	const { targets, from, seconds, everyMs } = sweep;
	notice(`probes ${targets} targets from ${from}, within ${seconds} s, then every ${everyMs / 60_000} min`);
}

async function listenOrExplain(server: Server, address: ListenAddress): Promise<string> {
	try {
		return await listen(server, address);
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		const shown = shownAddress(address);
		if (code !== 'EADDRINUSE')
			throw new UserError(
				`Cannot listen on ${shown}: ${messageOf(error)}.`,
				'Give an address of this machine: --listen 127.0.0.1:9466',
			);
		const free = await freePortAfter(address);
		const other = free === null ? '' : ` Free is: --listen ${shownAddress({ ...address, port: free })}`;
		throw new UserError(
			`Cannot listen on ${shown}: something listens there already.`,
			`Is a vpmon exporter running?${other}`,
		);
	}
}

const shownAddress = ({ host, port }: ListenAddress) => `${host.includes(':') ? `[${host}]` : host}:${port}`;
const mostPortsTried = 20;

/** The first port after a taken one that can be listened on; null where none of the next is free. */
async function freePortAfter({ host, port }: ListenAddress): Promise<number | null> {
	for (let next = port + 1; next <= Math.min(port + mostPortsTried, 65_535); next++) {
		const probe = createServer();
		try {
			await listen(probe, { host, port: next });
			return next;
		} catch {
			// Taken too.
		} finally {
			probe.close();
		}
	}
	return null;
}

/** Takes a renewed certificate without a restart; one that cannot be used leaves the old one. Returns its own end. */
function renewTls(server: TlsServer, flags: AccessFlags): () => void {
	const { tlsCert = '', tlsKey = '' } = flags;
	const watch = watchFile(tlsCert, () => {
		try {
			server.setSecureContext(readTls(flags, notice) ?? {});
			notice('the renewed certificate is in use');
		} catch (error) {
			notice(`${messageOf(error)}; the old certificate stays in use`);
		}
	});
	watch.alsoWatch([tlsKey]);
	return watch.stop;
}

function warnOfReaders(hasToken: boolean, isEncrypted: boolean): void {
	if (!hasToken)
		notice(
			'warning: everybody who reaches this address can read names of Safes and why they fail; --token-file asks for a token',
		);
	else if (!isEncrypted) notice('warning: the token is sent in the clear; --tls-cert and --tls-key encrypt it');
}

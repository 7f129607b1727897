import pLimit from 'p-limit';
import type { Connector, Inventory, Safe } from '../domain/inventory.ts';
import type { Host } from '../hosts/host.ts';
import { createApiAccess } from '../inventory/api-access.ts';
import type { BudgetInUse } from '../probes/probe-budget.ts';
import type { Ledger } from '../storage/ledger.ts';
import { measureConnector } from './connector-check.ts';
import { createCoverageBook } from './coverage.ts';
import type { EngineOptions, RunOptions } from './engine-options.ts';
import { createOthersFollower } from './follow-others.ts';
import { HostDirectory } from './host-directory.ts';
import { compareInventories, type InventoryChanges } from './inventory-changes.ts';
import { createLogBook, type LogBook } from './log-book.ts';
import { rememberJumpHosts } from './measure/jump-hosts.ts';
import { createSafeMeasurer } from './measure/measure-safes.ts';
import type { ProbeOrigin } from './probe-origin.ts';
import { createSession } from './session/create-session.ts';
import type { SessionStore, SweepState } from './session/session.ts';
import { isDoubtfulRecovery } from './sharing/doubt-recovery.ts';
import { fromNowOn } from './sharing/freshness.ts';
import { shareReportedErrors } from './sharing/share-reported-errors.ts';
import { createUnshared, type SiteSharing } from './sharing/site-sharing.ts';
import { watchLinks } from './watch-links.ts';

/** The running program without a screen. */
export type Engine = {
	readonly session: SessionStore;
	readonly logs: LogBook;
	/** What all vpmon programs of this host know together. */
	readonly sharing: SiteSharing;
	/** Measures these Safes and their connectors; all when none are named. Resolves when the last row is settled. */
	run(names: readonly string[] | null, options: RunOptions): Promise<void>;
	/** Shows from now on what other programs of the host measure, beginning with what is known. */
	followOthers(): Promise<void>;
	/** Keeps the error text of a session for a Safe, and shares it; blank text takes it away. */
	reportError(safe: Safe, text: string): void;
	/** Measures row 1 alone; of all connectors when none are named. */
	checkConnectors(names?: readonly string[]): Promise<void>;
	/**
	 * Swaps the inventory while all goes on: what was learned stays where it still holds. Tells what changed; measures nothing.
	 *
	 * @throws UserError when the ledger that its targets need cannot be opened; the inventory is the old one then.
	 */
	replaceInventory(next: Inventory): Promise<InventoryChanges>;
	/** Reads VaultPAM's list of Safes, where there is a control plane to ask. */
	readCoverage(): Promise<void>;
	/** Null when it cannot be reached now. */
	hostOf(connector: Connector): Host | null;
	/** Also one that is away: what is started on it begins when it is back. */
	anyHostOf(connector: Connector): Host | null;
	/** Where the probes of a connector's Safes leave from. */
	probeOriginOf(connector: Connector, host: Host): Promise<ProbeOrigin>;
	/** How much of the probe budget all vpmon processes of this host have in use now; null where no target counts probes. */
	budgetInUse(): Promise<BudgetInUse | null>;
	/** Null for a Safe whose target does not count probes. */
	ledgerFor(safe: Safe): Ledger | null;
	/** Aborted once the engine ends. */
	readonly signal: AbortSignal;
	/** Stops everything that is under way. */
	dispose(): Promise<void>;
};

export const defaultConcurrency = 32;
/** Milliseconds: looks at a connector come every 15 s, and one of another program does as well. */
const seenForMs = 14_000;

export function createEngine(options: EngineOptions): Engine {
	const { measuredFrom, unchangedEveryMs } = options;
	let { ledger } = options;
	const sharing = options.sharing ?? createUnshared();
	const session = createSession(options.inventory, measuredFrom, { self: sharing.self, unchangedEveryMs });
	const inventory = () => session.get().inventory;
	const limits = () => ({
		checkTimeoutMs: options.checkTimeoutMs ?? inventory().settings.checkTimeoutMs,
		safeTimeoutMs: options.safeTimeoutMs ?? inventory().settings.safeTimeoutMs,
	});
	const stop = new AbortController();
	const concurrency = options.concurrency ?? defaultConcurrency;
	const limit = pLimit(concurrency);
	const hostDirectory = new HostDirectory(options.hostOf, measuredFrom, stop.signal);
	const api = createApiAccess(options);
	const coverage = createCoverageBook(options.local ?? null, api);
	const lookAtHosts = (connectors: readonly Connector[]) => {
		for (const connector of connectors)
			session.learn({ kind: 'host seen', connector: connector.name, host: hostDirectory.seen(connector) });
	};
	lookAtHosts(inventory().connectors);
	const logs = createLogBook(
		inventory().connectors,
		(connector) => hostDirectory.any(connector),
		session,
		options.logLimits,
	);
	const jumpHostOf = rememberJumpHosts(options.jumpHostFor);
	const safeMeasurer = createSafeMeasurer({
		hostDirectory,
		session,
		logs,
		ledger: () => ledger,
		limits,
		signal: stop.signal,
		inSlot: (work) => limit(work),
		// Some are between two connections.
		mostUnderWay: Math.ceil(concurrency * 1.5),
		jumpHostOf,
		proberFor: options.proberFor,
		sharing,
		sweepEveryMs: () => inventory().settings.sweepEveryMs,
		onMeasured: options.onMeasured,
		isDoubted: options.confirmsRecovery ? (fact) => isDoubtfulRecovery(session, fact) : undefined,
	});

	const errors = shareReportedErrors({ session, sharing });

	const runConnector = async (connector: Connector, { isWanted = false, isGlance = false }) => {
		await hostDirectory.settled(connector, isWanted);
		const measured = await measureConnector(connector, hostDirectory.at(connector), inventory(), {
			api,
			timeoutMs: limits().checkTimeoutMs,
			signal: stop.signal,
			measuredFrom,
			sharing,
			seenSince: isGlance ? Date.now() - seenForMs : null,
		});
		if (stop.signal.aborted) return;
		session.learn({ kind: 'connector measured', connector, ...measured, isGlance });
		await session.settled();
	};

	const measure = async (names: readonly string[] | null, runOptions: RunOptions) => {
		const { only = null, withConnectors = true } = runOptions;
		const isWanted = runOptions.trigger !== 'background';
		const wanted = names === null ? null : new Set(names);
		const safes = inventory().safes.filter(({ name }) => wanted === null || wanted.has(name));
		const used = new Set(safes.map(({ connector }) => connector));
		const connectors = inventory().connectors.filter(({ name }) => wanted === null || used.has(name));
		const wantsConnectors = withConnectors && (only === null || only.has('connector'));
		const wantsTargets = only === null || [...only].some((id) => id !== 'connector');
		let done = 0;
		const tellSweep = (sweep: Partial<SweepState>) => {
			if (wanted === null) session.learn({ kind: 'sweep progressed', sweep });
		};
		const onDone = () => tellSweep({ done: ++done });
		session.learn({ kind: 'rows chosen', only });
		tellSweep({ running: true, done, total: safes.length });
		await Promise.all([
			...(wantsConnectors ? connectors.map((connector) => runConnector(connector, { isWanted })) : []),
			wantsTargets ? safeMeasurer.run(safes, runOptions, onDone) : null,
			errors.ready,
		]);
		if (stop.signal.aborted) return;
		session.learn({ kind: 'run ended', connectors: connectors.map(({ name }) => name) });
		await session.settled();
		if (stop.signal.aborted) return;
		session.flush();
		tellSweep({ running: false, done, total: safes.length, finishedAt: Date.now() });
	};

	const underWay = new Set<Promise<void>>();
	let sweep: Promise<void> | null = null;
	const track = (work: Promise<void>): Promise<void> => {
		underWay.add(work);
		return work.finally(() => underWay.delete(work));
	};
	const run = (names: readonly string[] | null, runOptions: RunOptions): Promise<void> => {
		if (names !== null) return track(measure(names, runOptions));
		// One sweep at a time: who asks for another has the one under way.
		sweep ??= track(measure(null, runOptions)).finally(() => {
			sweep = null;
		});
		return sweep;
	};

	/** A failure is over once this program saw that itself. */
	const measureAgain = (safe: Safe) => {
		const freshness = fromNowOn(true);
		return run([safe.name], { trigger: 'background', withConnectors: false, budgetWaitMs: 10_000, freshness });
	};
	const checkConnectors = (names?: readonly string[]) => {
		const wanted = inventory().connectors.filter(({ name }) => names === undefined || names.includes(name));
		// Who names some has heard of a change.
		const looks = wanted.map((connector) => runConnector(connector, { isGlance: names === undefined }));
		return track(Promise.all(looks).then(() => {}));
	};
	const others = createOthersFollower({
		sharing,
		session,
		logs,
		hostDirectory,
		safeMeasurer,
		jumpHostOf,
		signal: stop.signal,
		checkTimeoutMs: () => limits().checkTimeoutMs,
		lookAt: (connector) => track(runConnector(connector, { isGlance: true })),
		measureAgain: options.confirmsRecovery ? measureAgain : null,
	});
	let stopWatching = watchLinks(inventory().connectors, hostDirectory, session, checkConnectors);

	const compareCoverage = () => session.learn({ kind: 'coverage read', coverage: coverage.compare(inventory()) });
	const readCoverage = () => {
		const read = coverage.read(inventory(), { timeoutMs: limits().checkTimeoutMs, signal: stop.signal });
		return track(read.then(() => compareCoverage()));
	};

	return {
		session,
		logs,
		sharing,
		run,
		reportError: errors.report,
		followOthers: () => track(others.start()),
		hostOf: (connector) => hostDirectory.reachable(connector),
		anyHostOf: (connector) => hostDirectory.any(connector),
		probeOriginOf: safeMeasurer.probeOriginOf,
		async replaceInventory(next) {
			if (next.safes.some(({ exempt }) => !exempt)) ledger ??= await options.openLedger();
			const changes = compareInventories(inventory(), next);
			const { url } = inventory().controlPlane;
			lookAtHosts(next.connectors);
			session.learn({ kind: 'inventory replaced', inventory: next });
			logs.replace(next.connectors);
			stopWatching();
			stopWatching = watchLinks(next.connectors, hostDirectory, session, checkConnectors);
			options.onReplaced?.(next);
			compareCoverage();
			if (next.controlPlane.url !== url) void readCoverage();
			return changes;
		},
		budgetInUse: async () => (await ledger?.inUse()) ?? null,
		ledgerFor: (safe) => (safe.exempt ? null : ledger),
		checkConnectors,
		readCoverage,
		signal: stop.signal,
		async dispose() {
			const { running, done, total } = session.get().sweep;
			if (running && !stop.signal.aborted) {
				const at = new Date().toISOString();
				session.learn({ kind: 'event happened', event: { kind: 'sweep', at, done, total } });
			}
			stop.abort();
			errors.stop();
			stopWatching();
			others.stop();
			logs.stop();
			// What is under way ends at once, and books what it did not do back.
			await Promise.allSettled(underWay);
		},
	};
}

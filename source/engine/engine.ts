import pLimit from 'p-limit';
import type { Connector, Inventory, Safe } from '../domain/inventory.ts';
import type { Host } from '../hosts/host.ts';
import { createApiAccess } from '../inventory/api-access.ts';
import type { BudgetInUse, ProbeTrigger } from '../probes/probe-budget.ts';
import type { Ledger } from '../settings/ledger.ts';
import { isAsBefore, isDown, measureConnector } from './connector-check.ts';
import { createCoverageBook } from './coverage.ts';
import { rememberDetours } from './detours.ts';
import type { EngineOptions } from './engine-options.ts';
import { connectorEvent } from './events.ts';
import { Places } from './host-directory.ts';
import { inPieces } from './in-pieces.ts';
import { compareInventories, type InventoryChanges, sameConnector } from './inventory-changes.ts';
import { Knowledge, type Only } from './knowledge.ts';
import { createLogBook, type LogBook } from './log-book.ts';
import type { Vantage } from './probe-origin.ts';
import { createSafeRunner } from './run-safes.ts';
import { createSession, type SessionStore } from './session/session.ts';
import { watchLinks } from './watch-links.ts';

export type RunOptions = {
	readonly trigger: ProbeTrigger;
	readonly only?: Only;
	/** False where row 1 is measured on its own. */
	readonly withConnectors?: boolean;
	/** How long a probe may wait for its turn in the probe budget. */
	readonly budgetWaitMs?: number;
	readonly onWait?: (safe: Safe, until: number) => void;
};

/** The running program without a screen. */
export type Engine = {
	readonly session: SessionStore;
	readonly logs: LogBook;
	readonly knowledge: Knowledge;
	/** Measures these Safes and their connectors; all when none are named. Resolves when the last row is settled. */
	run(names: readonly string[] | null, options: RunOptions): Promise<void>;
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
	vantageOf(connector: Connector, host: Host): Promise<Vantage>;
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

export function createEngine(options: EngineOptions): Engine {
	const { measuredFrom, unchangedEveryMs = 0 } = options;
	let { inventory, ledger } = options;
	const limits = () => ({
		rowMs: options.rowMs ?? inventory.settings.rowMs,
		ladderMs: options.ladderMs ?? inventory.settings.ladderMs,
	});
	const stop = new AbortController();
	const concurrency = options.concurrency ?? defaultConcurrency;
	const limit = pLimit(concurrency);
	const session = createSession(inventory, measuredFrom);
	const places = new Places(options.hostOf, measuredFrom, stop.signal);
	const api = createApiAccess(options);
	const coverage = createCoverageBook(options.local ?? null, api);
	const knowledge = new Knowledge(inventory, session, (connector) => places.where(connector));
	const logs = createLogBook(inventory.connectors, (connector) => places.any(connector), session, options.logLimits);
	const safeRunner = createSafeRunner({
		places,
		knowledge,
		logs,
		ledger: () => ledger,
		limits,
		signal: stop.signal,
		inSlot: (work) => limit(work),
		// Some are between two connections.
		mostUnderWay: Math.ceil(concurrency * 1.5),
		detourOf: rememberDetours(options.detourTo),
		speakerFor: options.speakerFor,
		onMeasured: options.onMeasured,
	});

	const toldAt = new Map<string, number>();
	const runConnector = async (
		connector: Connector,
		safes: readonly Safe[],
		{ only = null, isWanted = false, isGlance = false }: { only?: Only; isWanted?: boolean; isGlance?: boolean },
	) => {
		await places.settled(connector, isWanted);
		const measured = await measureConnector(connector, places.at(connector), inventory, {
			api,
			timeoutMs: limits().rowMs,
			signal: stop.signal,
			measuredFrom,
		});
		// It may be gone, or another one, by now.
		if (stop.signal.aborted || !inventory.connectors.some((now) => sameConnector(connector, now))) return;
		const result = knowledge.takeConnector(measured);
		// Sessions of a connector that is back may have changed their ways meanwhile.
		const before = session.get().connectors.get(connector.name);
		// All its Safes would be judged anew, and the screen drawn, to say that nothing happened.
		const isRecent = performance.now() - (toldAt.get(connector.name) ?? 0) < unchangedEveryMs;
		if (isGlance && isRecent && isAsBefore(before, result)) return;
		toldAt.set(connector.name, performance.now());
		const isBack = isDown(before) && result.status === 'online';
		const recalled = session.recalled.connectors.get(connector.name) ?? null;
		session.record(connectorEvent(before, result, recalled, new Date()));
		session.patch({ connectors: new Map(session.get().connectors).set(connector.name, result) });
		const wanted = new Set(safes.map(({ name }) => name));
		await inPieces(inventory.safes, stop.signal, (safe) => {
			if (safe.connector !== connector.name) return;
			if (isBack) knowledge.of(safe).askedAbout = null;
			// The others of that connector learn it too.
			knowledge.conclude(safe, wanted.has(safe.name) ? only : null);
		});
	};

	/** What a sweep found of the targets may belong into row 1 of their connector. */
	const retell = async (name: string, only: Only) => {
		const before = session.get().connectors.get(name);
		const after = knowledge.retellConnector(name);
		if (before === undefined || after === null || before.check.summary === after.check.summary) return;
		session.patch({ connectors: new Map(session.get().connectors).set(name, after) });
		await inPieces(inventory.safes, stop.signal, (safe) => {
			if (safe.connector === name) knowledge.conclude(safe, only);
		});
	};

	const measure = async (names: readonly string[] | null, runOptions: RunOptions) => {
		const { only = null, withConnectors = true } = runOptions;
		const isWanted = runOptions.trigger !== 'background';
		const wanted = names === null ? null : new Set(names);
		const safes = inventory.safes.filter(({ name }) => wanted === null || wanted.has(name));
		const used = new Set(safes.map(({ connector }) => connector));
		const connectors = inventory.connectors.filter(({ name }) => wanted === null || used.has(name));
		const wantsConnectors = withConnectors && (only === null || only.has('connector'));
		const wantsTargets = only === null || [...only].some((id) => id !== 'connector');
		let done = 0;
		const onDone = () => {
			done++;
			if (wanted === null) session.patch({ sweep: { ...session.get().sweep, done } });
		};
		if (wanted === null) session.patch({ sweep: { ...session.get().sweep, running: true, done, total: safes.length } });
		await Promise.all([
			...(wantsConnectors ? connectors.map((connector) => runConnector(connector, safes, { only, isWanted })) : []),
			wantsTargets ? safeRunner.run(safes, runOptions, onDone) : null,
		]);
		if (stop.signal.aborted) return;
		for (const { name } of connectors) await retell(name, only);
		// Rows that were left out have to be seen as such also where nothing was measured.
		if (only !== null) await inPieces(safes, stop.signal, (safe) => knowledge.conclude(safe, only));
		if (stop.signal.aborted) return;
		session.flush();
		if (wanted === null)
			session.patch({ sweep: { running: false, done, total: safes.length, finishedAt: Date.now() } });
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

	const checkConnectors = (names?: readonly string[]) => {
		const wanted = inventory.connectors.filter(({ name }) => names === undefined || names.includes(name));
		// Who names some has heard of a change.
		const looks = wanted.map((connector) =>
			runConnector(connector, inventory.safes, { isGlance: names === undefined }),
		);
		return track(Promise.all(looks).then(() => {}));
	};
	let stopWatching = watchLinks(inventory.connectors, places, session, checkConnectors);

	const readCoverage = () => {
		const read = coverage.read(inventory, { timeoutMs: limits().rowMs, signal: stop.signal });
		return track(read.then(() => session.patch({ coverage: coverage.compare(inventory) })));
	};

	return {
		session,
		logs,
		knowledge,
		run,
		hostOf: (connector) => places.reachable(connector),
		anyHostOf: (connector) => places.any(connector),
		vantageOf: safeRunner.vantageOf,
		async replaceInventory(next) {
			if (next.safes.some(({ exempt }) => !exempt)) ledger ??= await options.openLedger();
			const changes = compareInventories(inventory, next);
			const { url } = inventory.controlPlane;
			inventory = next;
			knowledge.replaceInventory(next);
			logs.replace(next.connectors);
			stopWatching();
			stopWatching = watchLinks(next.connectors, places, session, checkConnectors);
			options.onReplaced?.(next);
			session.patch({ coverage: coverage.compare(next) });
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
				session.record({ kind: 'sweep', at: new Date().toISOString(), done, total });
				session.flush();
			}
			stop.abort();
			stopWatching();
			logs.stop();
			// What is under way ends at once, and books what it did not do back.
			await Promise.allSettled(underWay);
		},
	};
}

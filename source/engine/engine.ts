import pLimit from 'p-limit';
import type { CheckId, CheckResult, ConnectorResult, SafeResult } from '../domain/check.ts';
import { checkIds } from '../domain/check.ts';
import type { Connector, Inventory, Safe } from '../domain/inventory.ts';
import { formatTarget } from '../domain/target.ts';
import type { Host } from '../hosts/host.ts';
import type { ProbeTrigger } from '../probes/probe-budget.ts';
import { type ReadKey, readPublicKey } from '../probes/public-key.ts';
import { concludeSafe, sourceAddressOf, summarise } from '../runbook/judge-safe.ts';
import { findLogProof } from '../runbook/log-proof.ts';
import type { Ledger } from '../settings/ledger.ts';
import { type Climber, type ClimbResult, climbTarget } from './climb-target.ts';
import { measureConnector, unmeasuredConnector } from './connector-check.ts';
import { createLogBook, type LogBook } from './log-book.ts';
import { createMemory, isQuestionDue, type Memory, questionAbout } from './memory.ts';
import { createSession, type SessionStore } from './session.ts';

export type EngineOptions = {
	readonly inventory: Inventory;
	/** The host of a connector, or why it cannot be reached. */
	readonly hostOf: (connector: Connector) => Host | { readonly unreachable: string };
	/** Null only where every target is exempt. */
	readonly ledger: Ledger | null;
	/** Name of the machine vpmon runs on. */
	readonly measuredFrom: string;
	/** For the control plane, from VAULTPAM_TOKEN. */
	readonly token: string | undefined;
	readonly rowMs?: number;
	readonly ladderMs?: number;
	readonly concurrency?: number;
};

export type RunOptions = {
	readonly trigger: ProbeTrigger;
	/** Null measures all five rows. */
	readonly only?: ReadonlySet<CheckId> | null;
	readonly budgetWaitMs?: number;
	readonly onWait?: (safe: Safe, until: number) => void;
};

/** The running program without a screen. */
export type Engine = {
	readonly session: SessionStore;
	readonly logs: LogBook;
	/** Measures these Safes and their connectors; all when none are named. Resolves when the last row is settled. */
	run(names: readonly string[] | null, options: RunOptions): Promise<void>;
	hostOf(connector: Connector): Host | null;
	connectorOf(safe: Safe): Connector;
	/** What is known of a connector now. */
	connectorResult(connector: Connector): ConnectorResult;
	/** Null for a Safe whose target does not count probes. */
	ledgerFor(safe: Safe): Ledger | null;
	/** The address the Safe's target was last reached at, else its name. */
	addressOf(safe: Safe): string;
	/** Our address as the Safe's target saw it, once it was reached. */
	sourceAddressOf(safe: Safe): string | null;
	/** Stops everything that is under way. */
	dispose(): void;
};

const defaultRowMs = 5000;
const defaultLadderMs = 10_000;
const defaultConcurrency = 32;
/** Rows 2 to 5 need the target; the others of them need a question about the credential. */
const credentialRows: readonly CheckId[] = ['username', 'ssh-key'];

export function createEngine(options: EngineOptions): Engine {
	const { inventory, ledger, measuredFrom } = options;
	const { rowMs = defaultRowMs, ladderMs = defaultLadderMs } = options;
	const session = createSession(inventory, measuredFrom);
	const stop = new AbortController();
	const memories = new Map<string, Memory>(inventory.safes.map(({ name }) => [name, createMemory()]));
	const connectors = new Map(inventory.connectors.map((connector) => [connector.name, connector]));
	const limit = pLimit(options.concurrency ?? defaultConcurrency);
	const lanes = new Map<string, Promise<void>>();

	const hostOf = (connector: Connector) => {
		const host = options.hostOf(connector);
		return 'unreachable' in host ? null : host;
	};
	const connectorOf = (safe: Safe) => connectors.get(safe.connector) as Connector;
	const logs = createLogBook(inventory.connectors, hostOf, session);
	const connectorResult = (connector: Connector): ConnectorResult =>
		session.get().connectors.get(connector.name) ?? unmeasuredConnector(connector, measuredFrom);

	/** Judges a Safe anew from what is remembered of it, and shows it. */
	const conclude = (safe: Safe, only: ReadonlySet<CheckId> | null) => {
		const memory = memories.get(safe.name) as Memory;
		const connector = connectorOf(safe);
		const evidence = {
			...memory,
			safe,
			connector: connectorResult(connector),
			measuredFrom: hostOf(connector)?.name ?? measuredFrom,
		};
		const result = leaveOut(safe, concludeSafe(evidence, connector), only);
		session.putSafe(safe.name, (state) => ({
			...state,
			result,
			since:
				state.result.verdict === result.verdict && state.result.cause === result.cause && state.since !== null
					? state.since
					: Date.now(),
		}));
	};

	const setRunning = (safe: Safe, checks: readonly CheckId[] | null, waitingUntil: number | null = null) => {
		session.putSafe(safe.name, (state) => ({
			...state,
			running: checks === null ? null : { since: state.running?.since ?? Date.now(), checks, waitingUntil },
		}));
	};

	const runConnector = async (connector: Connector, safes: readonly Safe[], only: ReadonlySet<CheckId> | null) => {
		const host = options.hostOf(connector);
		const result = await measureConnector(connector, host, inventory, {
			token: options.token,
			timeoutMs: rowMs,
			signal: stop.signal,
			measuredFrom,
		});
		if (stop.signal.aborted) return;
		session.patch({ connectors: new Map(session.get().connectors).set(connector.name, result) });
		for (const safe of safes) if (safe.connector === connector.name) conclude(safe, only);
	};

	const climb = async (host: Host, safes: readonly Safe[], run: RunOptions) => {
		const only = run.only ?? null;
		const rows = checkIds.filter((id) => id !== 'connector' && (only === null || only.has(id)));
		const wantsCredential = credentialRows.some((id) => rows.includes(id));
		const climbers = await Promise.all(
			safes.map(async (safe): Promise<Climber & { about: string }> => {
				const memory = memories.get(safe.name) as Memory;
				const read =
					wantsCredential && safe.credential.type === 'ssh-key' ? await readPublicKey(safe.credential.publicKey) : null;
				memory.key = read?.evidence ?? null;
				const about = questionAbout(safe, memory.key, connectorResult(connectorOf(safe)));
				const due = wantsCredential && isQuestionDue(memory, run.trigger, about, Date.now());
				return { safe, ask: due ? askFor(safe, read) : null, about };
			}),
		);
		const finish = async (safe: Safe, result: ClimbResult) => {
			const climber = climbers.find((candidate) => candidate.safe === safe);
			const memory = memories.get(safe.name) as Memory;
			memory.target = result.target;
			memory.authRefusal = result.authRefusal;
			if (result.auth !== null) {
				memory.auth = result.auth;
				memory.askedAbout = climber?.about ?? null;
				memory.proof = null;
			}
			setRunning(safe, null);
			conclude(safe, only);
			if (result.auth?.auth.answer !== 'refused') return;
			const { lines, from } = await logs.recent(connectorOf(safe));
			memory.proof = findLogProof(lines, result.auth, from);
			if (memory.proof !== null) conclude(safe, only);
		};
		const finishing: Array<Promise<void>> = [];
		try {
			await climbTarget(
				host,
				ledger,
				climbers,
				{
					trigger: run.trigger,
					rowMs,
					ladderMs,
					budgetWaitMs: run.budgetWaitMs ?? 0,
					signal: stop.signal,
					onWait: (safe, until) => {
						setRunning(safe, rows, until);
						run.onWait?.(safe, until);
					},
				},
				(safe, result) => finishing.push(finish(safe, result)),
			);
			await Promise.all(finishing);
		} finally {
			for (const safe of safes) setRunning(safe, null);
		}
	};

	const run = async (names: readonly string[] | null, runOptions: RunOptions) => {
		const only = runOptions.only ?? null;
		const wanted = names === null ? null : new Set(names);
		const safes = inventory.safes.filter(({ name }) => wanted === null || wanted.has(name));
		const used = new Set(safes.map(({ connector }) => connector));
		const asked = inventory.connectors.filter(({ name }) => wanted === null || used.has(name));
		const isSweep = wanted === null;
		if (isSweep) session.patch({ sweep: { ...session.get().sweep, running: true, done: 0, total: safes.length } });
		const work: Array<Promise<unknown>> = [];
		if (only === null || only.has('connector')) {
			work.push(...asked.map((connector) => limit(() => runConnector(connector, safes, only))));
		}
		if (only === null || [...only].some((id) => id !== 'connector')) {
			for (const [lane, members] of byTarget(safes, connectorOf)) {
				const [first] = members as [Safe];
				const host = hostOf(connectorOf(first));
				const rows = checkIds.filter((id) => only === null || only.has(id));
				if (host !== null) for (const safe of members) setRunning(safe, rows);
				const task = async () => {
					if (host !== null && !stop.signal.aborted) await limit(() => climb(host, members, runOptions));
					const { sweep } = session.get();
					if (isSweep) session.patch({ sweep: { ...sweep, done: sweep.done + members.length } });
				};
				// Users of one target take turns, over runs too.
				const turn = (lanes.get(lane) ?? Promise.resolve()).then(task);
				lanes.set(
					lane,
					turn.catch(() => {}),
				);
				work.push(turn);
			}
		}
		await Promise.all(work);
		for (const safe of safes) if (only !== null) conclude(safe, only);
		session.flush();
		if (isSweep) session.patch({ sweep: { ...session.get().sweep, running: false, finishedAt: Date.now() } });
	};

	return {
		session,
		logs,
		run,
		hostOf,
		connectorOf,
		connectorResult,
		ledgerFor: (safe) => (safe.exempt ? null : ledger),
		addressOf: (safe) => memories.get(safe.name)?.target?.connections.at(-1)?.address ?? safe.host,
		sourceAddressOf: (safe) => sourceAddressOf(memories.get(safe.name) ?? createMemory()),
		dispose() {
			stop.abort();
			logs.stop();
		},
	};
}

function askFor(safe: Safe, read: ReadKey | null): Climber['ask'] {
	if (safe.credential.type === 'password') return 'methods';
	return read?.key ?? null;
}

/** Safes of one target behind one connector host share a lane. */
function byTarget(safes: readonly Safe[], connectorOf: (safe: Safe) => Connector): Map<string, Safe[]> {
	const lanes = new Map<string, Safe[]>();
	for (const safe of safes) {
		const { host } = connectorOf(safe);
		const lane = `${host === 'local' ? 'local' : formatTarget(host.host, host.port)} ${formatTarget(safe.host, safe.port)}`;
		lanes.set(lane, [...(lanes.get(lane) ?? []), safe]);
	}
	return lanes;
}

/** Rows that were not asked for do not count. */
function leaveOut(safe: Safe, result: SafeResult, only: ReadonlySet<CheckId> | null): SafeResult {
	if (only === null) return result;
	const rows = result.checks.map(
		(row): CheckResult =>
			only.has(row.id) ? row : { ...row, verdict: 'skip', cause: null, summary: 'left out', action: null },
	);
	return summarise(safe, rows);
}

import type { Connector, Safe } from '../domain/inventory.ts';
import type { Host } from '../hosts/host.ts';
import type { Ledger } from '../settings/ledger.ts';
import type { Detour } from './detours.ts';
import type { RunOptions } from './engine.ts';
import type { HostDirectory } from './host-directory.ts';
import { createLanes } from './lanes.ts';
import type { LogBook } from './log-book.ts';
import type { MeasureOptions, MeasureTarget } from './measure-target.ts';
import { findProbeOrigin, type ProbeOrigin } from './probe-origin.ts';
import { connectorOf, factsOf } from './session/read.ts';
import type { SessionStore } from './session/session.ts';
import type { Speaker } from './speak.ts';
import { startInTurn } from './start-in-turn.ts';
import { byTarget, type TargetGroup } from './target-groups.ts';

type Options = {
	readonly places: HostDirectory;
	readonly session: SessionStore;
	readonly logs: LogBook;
	/** These two may change with the inventory. */
	readonly ledger: () => Ledger | null;
	readonly limits: () => { readonly rowMs: number; readonly ladderMs: number };
	readonly signal: AbortSignal;
	readonly inSlot: <Value>(work: () => Promise<Value>) => Promise<Value>;
	/** Targets of one run under way at once, those that wait for a turn not counted. */
	readonly mostUnderWay: number;
	readonly detourOf: (safe: Safe) => Promise<Detour>;
	readonly speakerFor?: ((host: Host) => Speaker | null) | undefined;
	readonly onMeasured?: MeasureOptions['onMeasured'];
};

export type SafeRunner = {
	/** Measures rows 2 to 5 of these Safes. */
	run(safes: readonly Safe[], options: RunOptions, onDone: () => void): Promise<void>;
	probeOriginOf(connector: Connector, host: Host): Promise<ProbeOrigin>;
};

/** Milliseconds: a sweep of many targets goes on for longer, and what was found before may be otherwise by then. */
const newForMs = 30_000;

export function createSafeRunner({
	places,
	session,
	logs,
	ledger,
	limits,
	mostUnderWay,
	...shared
}: Options): SafeRunner {
	// Users of one target take turns, over several runs too.
	const inLane = createLanes();
	/** When all rows of a Safe that somebody asked for were last begun to be measured: performance.now(). */
	const begun = new WeakMap<Safe, number>();

	const probeOriginOf = (connector: Connector, host: Host): Promise<ProbeOrigin> =>
		findProbeOrigin(session, connector, host, { timeoutMs: limits().rowMs, signal: shared.signal });

	/** All Safes behind one host. Nobody waits for another host that is slow, or away. */
	const runBehind = async (safes: readonly Safe[], runOptions: RunOptions, onDone: () => void): Promise<void> => {
		const { trigger, only = null, budgetWaitMs = 0, onWait } = runOptions;
		const askedAt = performance.now();
		const vantages = new Map<string, ProbeOrigin | null>();
		const used = new Set(safes.map((safe) => connectorOf(session, safe)));
		await Promise.all(
			[...used].map(async (connector) => {
				await places.settled(connector, trigger !== 'background');
				const host = places.reachable(connector);
				vantages.set(connector.name, host === null ? null : await probeOriginOf(connector, host));
			}),
		);
		const groups = byTarget(safes, session, ({ connector }) => vantages.get(connector)?.host.name ?? '');
		// SSH is loaded with the first probe: the screen's first frame does not wait for it. Once for all: to import it a thousand times is felt.
		let loading: Promise<MeasureTarget> | undefined;
		const load = async () => (await import('./measure-target.ts')).createMeasurer();
		// A person may have asked for it while it waited for its turn here.
		const isNew = (safe: Safe) => {
			const last = begun.get(safe);
			return only === null && last !== undefined && last > askedAt && performance.now() - last < newForMs;
		};
		const measureGroup = async ({ members }: TargetGroup, makeRoom: () => void) => {
			if (shared.signal.aborted) return;
			const vantage = vantages.get(members[0].connector) ?? null;
			if (vantage === null) {
				for (const safe of members) {
					session.learn({ kind: 'target not measured', safe });
					onDone();
				}
				return;
			}
			const due = members.filter((safe) => !isNew(safe));
			for (let index = due.length; index < members.length; index++) onDone();
			const [first, ...others] = due;
			if (first === undefined) return;
			loading ??= load();
			const measureTarget = await loading;
			const begunAt = performance.now();
			await measureTarget(vantage.host, ledger(), session, logs, [first, ...others], {
				...shared,
				...limits(),
				trigger,
				only,
				budgetWaitMs,
				onWait(safe, until) {
					makeRoom();
					onWait?.(safe, until);
				},
				onMeasured(safe, target) {
					const isWhole = factsOf(session, safe).authRefusal === null && target.refusedAddresses.length === 0;
					if (only === null && trigger !== 'background' && target.refusal === null && isWhole) begun.set(safe, begunAt);
					shared.onMeasured?.(safe, target);
				},
				onDone,
			});
		};
		await startInTurn(groups, mostUnderWay, shared.signal, (group, makeRoom) =>
			inLane(group.lane, () => measureGroup(group, makeRoom), makeRoom),
		);
	};

	return {
		probeOriginOf,
		async run(safes, runOptions, onDone) {
			const byHost = Map.groupBy(safes, (safe) => places.any(connectorOf(session, safe)));
			await Promise.all([...byHost.values()].map((members) => runBehind(members, runOptions, onDone)));
		},
	};
}

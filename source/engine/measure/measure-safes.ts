import type { Connector, Safe } from '../../domain/inventory.ts';
import type { Host } from '../../hosts/host.ts';
import type { Ledger } from '../../storage/ledger.ts';
import type { RunOptions } from '../engine-options.ts';
import type { HostDirectory } from '../host-directory.ts';
import type { LogBook } from '../log-book.ts';
import { findProbeOrigin, type ProbeOrigin } from '../probe-origin.ts';
import { connectorOf } from '../session/read.ts';
import type { SessionStore } from '../session/session.ts';
import { originOf } from '../sharing/board.ts';
import { type Freshness, fromNowOn, withinInterval } from '../sharing/freshness.ts';
import type { SiteSharing } from '../sharing/site-sharing.ts';
import type { JumpHost } from './jump-hosts.ts';
import { createKeyedMutex } from './keyed-mutex.ts';
import type { MeasureTarget, MeasureTargetOptions } from './measure-target.ts';
import type { Prober } from './probe-connection.ts';
import { runLimited } from './run-limited.ts';
import { byTarget, type TargetGroup } from './target-groups.ts';

type Options = {
	readonly hostDirectory: HostDirectory;
	readonly session: SessionStore;
	readonly logs: LogBook;
	/** These two may change with the inventory. */
	readonly ledger: () => Ledger | null;
	readonly limits: () => { readonly checkTimeoutMs: number; readonly safeTimeoutMs: number };
	readonly signal: AbortSignal;
	readonly inSlot: <Value>(work: () => Promise<Value>) => Promise<Value>;
	/** Targets of one run under way at once, those that wait for a turn not counted. */
	readonly mostUnderWay: number;
	readonly jumpHostOf: (safe: Safe) => Promise<JumpHost>;
	readonly proberFor?: ((host: Host) => Prober | null) | undefined;
	readonly onMeasured?: MeasureTargetOptions['onMeasured'];
	readonly isDoubted?: MeasureTargetOptions['isDoubted'];
	readonly sharing: SiteSharing;
	readonly sweepEveryMs: () => number;
};

export type SafeMeasurer = {
	/** Measures rows 2 to 5 of these Safes. */
	run(safes: readonly Safe[], options: RunOptions, onDone: () => void): Promise<void>;
	probeOriginOf(connector: Connector, host: Host): Promise<ProbeOrigin>;
	/** The same as it was last found; null where it was not yet, or the host is away. */
	probeHostOf(connector: Connector): Host | null;
	/** Reads the key of a Safe, and measures nothing. */
	readKey(safe: Safe): Promise<void>;
};

export function createSafeMeasurer({
	hostDirectory,
	session,
	logs,
	ledger,
	limits,
	mostUnderWay,
	sweepEveryMs,
	...shared
}: Options): SafeMeasurer {
	// Users of one target take turns, over several runs too.
	const exclusive = createKeyedMutex();

	const hosts = new Map<string, Host>();
	const probeOriginOf = async (connector: Connector, host: Host): Promise<ProbeOrigin> => {
		const options = { timeoutMs: limits().checkTimeoutMs, signal: shared.signal };
		const origin = await findProbeOrigin(session, connector, host, options);
		hosts.set(connector.name, origin.host);
		return origin;
	};

	/** All Safes behind one host. Nobody waits for another host that is slow, or away. */
	const runBehind = async (safes: readonly Safe[], runOptions: RunOptions, onDone: () => void): Promise<void> => {
		const { trigger, only = null, budgetWaitMs = 0, onWait } = runOptions;
		const freshness = runOptions.freshness ?? usualFreshness(trigger, sweepEveryMs());
		const origins = new Map<string, ProbeOrigin | null>();
		const used = new Set(safes.map((safe) => connectorOf(session, safe)));
		await Promise.all(
			[...used].map(async (connector) => {
				await hostDirectory.settled(connector, trigger !== 'background');
				const host = hostDirectory.reachable(connector);
				origins.set(connector.name, host === null ? null : await probeOriginOf(connector, host));
			}),
		);
		const sources = new Set(
			[...origins.values()].flatMap((found) => (found === null ? [] : originOf(found.host).source)),
		);
		await Promise.all([...sources].map((source) => shared.sharing.load(source)));
		const groups = byTarget(safes, session, ({ connector }) => origins.get(connector)?.host.name ?? '');
		// SSH is loaded with the first probe: the screen's first frame does not wait for it. Once for all: to import it a thousand times is felt.
		let loading: Promise<MeasureTarget> | undefined;
		const load = async () => (await import('./measure-target.ts')).createMeasurer();
		const measureGroup = async ({ members }: TargetGroup, makeRoom: () => void) => {
			if (shared.signal.aborted) return;
			const origin = origins.get(members[0].connector) ?? null;
			if (origin === null) {
				for (const safe of members) {
					session.learn({ kind: 'target not measured', safe });
					onDone();
				}
				return;
			}
			loading ??= load();
			const measureTarget = await loading;
			await measureTarget(origin.host, ledger(), session, logs, members, {
				...shared,
				...limits(),
				trigger,
				only,
				freshness,
				origin: originOf(origin.host),
				budgetWaitMs,
				onWait(safe, until) {
					makeRoom();
					onWait?.(safe, until);
				},
				onClaimed: makeRoom,
				onDone,
			});
		};
		await runLimited(groups, mostUnderWay, shared.signal, (group, makeRoom) =>
			exclusive(group.lane, () => measureGroup(group, makeRoom), makeRoom),
		);
	};

	let learnKey: Promise<(safe: Safe) => Promise<void>> | undefined;
	const loadKeyLearner = async () => (await import('./prepared-question.ts')).createKeyLearner(session);

	return {
		async readKey(safe) {
			learnKey ??= loadKeyLearner();
			await (await learnKey)(safe);
		},
		probeOriginOf,
		probeHostOf: (connector) =>
			hostDirectory.reachable(connector) === null ? null : (hosts.get(connector.name) ?? null),
		async run(safes, runOptions, onDone) {
			const byHost = Map.groupBy(safes, (safe) => hostDirectory.any(connectorOf(session, safe)));
			await Promise.all([...byHost.values()].map((members) => runBehind(members, runOptions, onDone)));
		},
	};
}

/** A sweep takes what anybody measured within its interval; a person wants what began after asking. */
function usualFreshness(trigger: RunOptions['trigger'], sweepEveryMs: number): Freshness {
	return trigger === 'background' ? withinInterval(sweepEveryMs) : fromNowOn();
}

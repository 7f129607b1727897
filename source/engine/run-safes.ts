import type { Connector, Safe } from '../domain/inventory.ts';
import type { Host } from '../hosts/host.ts';
import type { Ledger } from '../settings/ledger.ts';
import type { Detour } from './detours.ts';
import type { RunOptions } from './engine.ts';
import { createPace, inPieces } from './in-pieces.ts';
import type { Knowledge } from './knowledge.ts';
import { createLanes } from './lanes.ts';
import type { LogBook } from './log-book.ts';
import type { MeasureOptions } from './measure-target.ts';
import type { Places } from './places.ts';
import type { Speaker } from './speak.ts';
import { byTarget } from './target-groups.ts';
import { lookForVantage, type Vantage } from './vantage.ts';

type Options = {
	readonly places: Places;
	readonly knowledge: Knowledge;
	readonly logs: LogBook;
	/** These two may change with the inventory. */
	readonly ledger: () => Ledger | null;
	readonly limits: () => { readonly rowMs: number; readonly ladderMs: number };
	readonly signal: AbortSignal;
	readonly inSlot: <Value>(work: () => Promise<Value>) => Promise<Value>;
	readonly detourOf: (safe: Safe) => Promise<Detour>;
	readonly speakerFor?: ((host: Host) => Speaker | null) | undefined;
	readonly onMeasured?: MeasureOptions['onMeasured'];
};

export type SafeRunner = {
	/** Measures rows 2 to 5 of these Safes. */
	run(safes: readonly Safe[], options: RunOptions, onDone: () => void): Promise<void>;
	vantageOf(connector: Connector, host: Host): Promise<Vantage>;
};

export function createSafeRunner({ places, knowledge, logs, ledger, limits, ...shared }: Options): SafeRunner {
	// Users of one target take turns, over several runs too.
	const inLane = createLanes();
	const pace = createPace(shared.signal);

	const vantageOf = (connector: Connector, host: Host): Promise<Vantage> =>
		lookForVantage(knowledge, connector, host, { timeoutMs: limits().rowMs, signal: shared.signal });

	/** All Safes behind one host. Nobody waits for another host that is slow, or away. */
	const runBehind = async (safes: readonly Safe[], runOptions: RunOptions, onDone: () => void): Promise<void> => {
		const { trigger, only = null, budgetWaitMs = 0, onWait } = runOptions;
		const measureOptions = { ...shared, ...limits(), pace, trigger, only, budgetWaitMs, onWait, onDone };
		const vantages = new Map<string, Vantage | null>();
		const used = new Set(safes.map((safe) => knowledge.connectorOf(safe)));
		await Promise.all(
			[...used].map(async (connector) => {
				await places.settled(connector, trigger !== 'background');
				const host = places.reachable(connector);
				vantages.set(connector.name, host === null ? null : await vantageOf(connector, host));
			}),
		);
		const groups = byTarget(safes, knowledge, ({ connector }) => vantages.get(connector)?.host.name ?? '');
		// SSH is loaded with the first probe: the screen's first frame does not wait for it. Once for all: to import it a thousand times is felt.
		let loading: Promise<typeof import('./measure-target.ts')> | undefined;
		const measureGroup = async ({ lane, members }: (typeof groups)[number]) => {
			const vantage = vantages.get(members[0].connector) ?? null;
			if (vantage === null) {
				for (const safe of members) {
					knowledge.conclude(safe, only);
					onDone();
				}
				return;
			}
			await inLane(lane, async () => {
				if (shared.signal.aborted) return;
				loading ??= import('./measure-target.ts');
				const { measureTarget } = await loading;
				await measureTarget(vantage.host, ledger(), knowledge, logs, members, measureOptions);
			});
		};
		const work: Promise<void>[] = [];
		await inPieces(groups, shared.signal, (group) => work.push(measureGroup(group)));
		await Promise.all(work);
	};

	return {
		vantageOf,
		async run(safes, runOptions, onDone) {
			const byHost = Map.groupBy(safes, (safe) => places.any(knowledge.connectorOf(safe)));
			await Promise.all([...byHost.values()].map((members) => runBehind(members, runOptions, onDone)));
		},
	};
}

import type { Engine } from './engine.ts';
import { factsOf } from './session/read.ts';
import { beganSince } from './sharing/freshness.ts';

const budgetWaitMs = 10_000;

/** Measures what a host that was away has left unmeasured, as soon as it is back. Returns its own end. */
export function resumeWhenBack(engine: Engine): () => void {
	const { session } = engine;
	let before = session.get().links;
	return session.subscribe(() => {
		const { links, sweep, inventory } = session.get();
		if (links === before) return;
		const back = new Set(
			[...links].flatMap(([name, { phase }]) =>
				phase === 'connected' && before.get(name)?.phase !== 'connected' ? [name] : [],
			),
		);
		before = links;
		// The first sweep waits for the first connection itself.
		if (back.size === 0 || (sweep.running && sweep.finishedAt === null)) return;
		const isOld = (measuredAt: string | undefined) =>
			measuredAt === undefined || !beganSince(Date.parse(measuredAt), Date.now() - inventory.settings.sweepEveryMs);
		const due = inventory.safes.filter(
			(safe) => back.has(safe.connector) && isOld(factsOf(session, safe).target?.measuredAt),
		);
		if (due.length > 0)
			void engine.run(
				due.map(({ name }) => name),
				{ trigger: 'background', withConnectors: false, budgetWaitMs },
			);
	});
}

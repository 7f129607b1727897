import type { Inventory } from '../../domain/inventory.ts';
import type { Writer } from '../../domain/measurement.ts';
import { concludeAgain } from './conclude-safe.ts';
import type { Fact } from './fact.ts';
import { learn } from './learn.ts';
import type { SessionStore } from './session.ts';
import { createFacts } from './session-facts.ts';
import { SessionView } from './session-view.ts';

/** Milliseconds that conclusions about many Safes take at a time: well within a frame. */
const longestPiece = 4;

/** A person waits for these, or what follows is about to end: they are told at once. */
const toldAtOnce: ReadonlySet<Fact['kind']> = new Set(['inventory replaced', 'error reported', 'event happened']);

type Options = {
	/** Who this program is among those of the host. */
	readonly self?: Writer;
	/** How often a look that found a connector as it was is shown, in milliseconds; left out, each is. */
	readonly unchangedEveryMs?: number | undefined;
};

/** Where nothing is shared it does not matter who measured. */
const alone: Writer = { program: 'check', uid: -1, user: '' };

/** @param measuredFrom name of the machine vpmon runs on. */
export function createSession(
	inventory: Inventory,
	measuredFrom: string,
	{ self = alone, unchangedEveryMs = 0 }: Options = {},
): SessionStore {
	const facts = createFacts(inventory, measuredFrom, self);
	const view = new SessionView(inventory, measuredFrom);
	/** Names of Safes that something was learned about since they were concluded. */
	const due = new Set<string>();
	let whenSettled: Array<() => void> = [];
	let isPlanned = false;

	const conclude = (name: string) => {
		due.delete(name);
		const safe = facts.index.safe(name);
		if (safe !== undefined) concludeAgain(facts, view, safe);
	};
	const concludePiece = () => {
		isPlanned = false;
		const until = performance.now() + longestPiece;
		for (const name of due) {
			conclude(name);
			if (performance.now() > until) break;
		}
		if (due.size > 0) return planPiece();
		for (const tell of whenSettled) tell();
		whenSettled = [];
	};
	const planPiece = () => {
		if (isPlanned) return;
		isPlanned = true;
		setImmediate(concludePiece);
	};

	return {
		get: () => view.get(),
		subscribe: view.store.subscribe,
		facts,
		safe(name) {
			if (due.has(name)) conclude(name);
			return view.safe(name);
		},
		learn(fact) {
			const concerned = learn(facts, fact, { view, unchangedEveryMs });
			if (concerned.length === 1) for (const { name } of concerned) conclude(name);
			else for (const { name } of concerned) due.add(name);
			// Nobody may see the new inventory with conclusions from the one before.
			if (fact.kind === 'inventory replaced') for (const name of due) conclude(name);
			if (toldAtOnce.has(fact.kind)) view.flush();
			if (due.size > 0 && !isPlanned) concludePiece();
		},
		settled: () => (due.size === 0 ? Promise.resolve() : new Promise((resolve) => whenSettled.push(resolve))),
		flush: () => view.flush(),
	};
}

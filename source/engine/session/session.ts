import type { CheckId, ConnectorResult, SafeResult } from '../../domain/check.ts';
import { makeChecks, unmeasuredRow } from '../../domain/check.ts';
import type { Coverage } from '../../domain/coverage.ts';
import type { SessionEvent } from '../../domain/event.ts';
import type { Inventory } from '../../domain/inventory.ts';
import type { LinkState } from '../../hosts/host.ts';
import type { FollowState } from '../../logs/follow.ts';
import { summarise } from '../../runbook/judge-safe.ts';
import { addEvents, recallFrom } from '../events.ts';
import { createStore, type Store } from '../store.ts';

/** A Safe as it is known now. */
export type SafeState = {
	readonly result: SafeResult;
	/** Milliseconds since 1970 of the last change of its verdict or cause that is known; null until first measured. */
	readonly since: number | null;
	/** Rows being measured, since when, and what they wait for. */
	readonly running: {
		readonly since: number;
		readonly checks: readonly CheckId[];
		readonly waitingUntil: number | null;
	} | null;
};

export type SweepState = {
	readonly running: boolean;
	readonly done: number;
	readonly total: number;
	/** Milliseconds since 1970; null before the first sweep ended. */
	readonly finishedAt: number | null;
};

/** What is true of the world as far as it was measured. Written by the engine alone. */
export type Session = {
	readonly inventory: Inventory;
	readonly measuredFrom: string;
	readonly connectors: ReadonlyMap<string, ConnectorResult>;
	readonly safes: ReadonlyMap<string, SafeState>;
	readonly sweep: SweepState;
	readonly logs: ReadonlyMap<string, FollowState>;
	/** What changed, newest last; bounded. */
	readonly events: readonly SessionEvent[];
	/** Why events do not outlive this session, or null. */
	readonly historyProblem: string | null;
	/** Where damaged lines of it were set aside just now, or null. */
	readonly historyDamage: string | null;
	/** The way to each remote host, by the connectors on it. */
	readonly links: ReadonlyMap<string, LinkState>;
	/** VaultPAM's Safes beside the inventory's; null where they are not asked for. */
	readonly coverage: Coverage | null;
	/** The inventory file as it is now cannot be used; `inventory` is the last that could. Null while it can. */
	readonly inventoryProblem: InventoryProblem | null;
};

export type InventoryProblem = {
	/** The first problem: where, and what. */
	readonly summary: string;
	/** All of them, one a line. */
	readonly detail: string;
	/** Milliseconds since 1970. */
	readonly since: number;
};

export type SessionStore = Store<Session> & {
	/** A Safe as it was last put, told or not. */
	safe(name: string): SafeState | undefined;
	/** Changes one Safe. Many changes of one turn of the event loop are told together. */
	putSafe(name: string, change: (state: SafeState) => SafeState): void;
	/** Notes what changed; null is nothing. Told together with what is put in the same turn of the event loop. */
	record(event: SessionEvent | null): void;
	/** Takes in the events of earlier sessions, before the first measurement. */
	recall(events: readonly SessionEvent[]): void;
	/** How things stood when those ended. */
	readonly recalled: ReturnType<typeof recallFrom>;
	/** Tells what was put and noted so far, now. */
	flush(): void;
	/** Swaps the inventory; of these Safes and connectors nothing is known any more. */
	replaceInventory(next: Inventory, forgotten: { safes: ReadonlySet<string>; connectors: ReadonlySet<string> }): void;
};

/** Of so many Safes on, changes are gathered for a moment: to copy the map in every turn of a sweep would be felt. */
const many = 1000;
const gatherMs = 100;

export function createSession(inventory: Inventory, measuredFrom: string): SessionStore {
	const store = createStore<Session>({
		inventory,
		measuredFrom,
		connectors: new Map(),
		safes: new Map(inventory.safes.map((safe) => [safe.name, unmeasured(safe, measuredFrom)])),
		sweep: { running: false, done: 0, total: 0, finishedAt: null },
		logs: new Map(),
		events: [],
		historyProblem: null,
		historyDamage: null,
		coverage: null,
		inventoryProblem: null,
		links: new Map(),
	});
	let pending: Map<string, SafeState> | null = null;
	let noted: SessionEvent[] = [];
	let isPlanned = false;
	const plan = () => {
		if (isPlanned) return;
		isPlanned = true;
		if (store.get().safes.size < many) setImmediate(flush);
		else setTimeout(flush, gatherMs);
	};
	const flush = () => {
		isPlanned = false;
		if (pending === null && noted.length === 0) return;
		const { safes, events } = store.get();
		const next = { safes: pending ?? safes, events: noted.length === 0 ? events : addEvents(events, noted) };
		pending = null;
		noted = [];
		store.patch(next);
	};
	let recalled = recallFrom([]);
	const safe = (name: string) => (pending ?? store.get().safes).get(name);
	return {
		...store,
		safe,
		flush,
		putSafe(name, change) {
			const state = safe(name);
			if (state === undefined) return;
			pending ??= new Map(store.get().safes);
			plan();
			pending.set(name, change(state));
		},
		record(event) {
			if (event === null) return;
			noted.push(event);
			plan();
		},
		recall(events) {
			recalled = recallFrom(events);
			store.patch({ events: addEvents(events, store.get().events) });
		},
		get recalled() {
			return recalled;
		},
		replaceInventory(next, forgotten) {
			const stateOf = (given: Inventory['safes'][number]) =>
				(forgotten.safes.has(given.name) ? undefined : safe(given.name)) ?? unmeasured(given, measuredFrom);
			const safes = new Map(next.safes.map((given) => [given.name, stateOf(given)]));
			pending = null;
			const isKept = ([name]: readonly [string, unknown]) =>
				!forgotten.connectors.has(name) && next.connectors.some((connector) => connector.name === name);
			const { connectors, logs } = store.get();
			store.patch({
				inventory: next,
				safes,
				connectors: new Map([...connectors].filter(isKept)),
				logs: new Map([...logs].filter(isKept)),
			});
		},
	};
}

function unmeasured(safe: Inventory['safes'][number], measuredFrom: string): SafeState {
	const checks = makeChecks((id) => unmeasuredRow(id, measuredFrom));
	return { result: { ...summarise(safe, checks), headline: 'Not measured yet.' }, since: null, running: null };
}

import type { CheckId, ConnectorResult, SafeResult } from '../domain/check.ts';
import { checkIds, unmeasuredRow } from '../domain/check.ts';
import type { Inventory } from '../domain/inventory.ts';
import type { FollowState } from '../logs/follow.ts';
import { summarise } from '../runbook/judge-safe.ts';
import { createStore, type Store } from './store.ts';

/** A Safe as it is known now. */
export type SafeState = {
	readonly result: SafeResult;
	/** Milliseconds since 1970 of the last change of its verdict or cause; null until first measured. */
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
};

export type SessionStore = Store<Session> & {
	/** A Safe as it was last put, told or not. */
	safe(name: string): SafeState | undefined;
	/** Changes one Safe. Many changes of one turn of the event loop are told together. */
	putSafe(name: string, change: (state: SafeState) => SafeState): void;
	/** Tells what was put so far, now. */
	flush(): void;
};

export function createSession(inventory: Inventory, measuredFrom: string): SessionStore {
	const store = createStore<Session>({
		inventory,
		measuredFrom,
		connectors: new Map(),
		safes: new Map(inventory.safes.map((safe) => [safe.name, unmeasured(safe, measuredFrom)])),
		sweep: { running: false, done: 0, total: 0, finishedAt: null },
		logs: new Map(),
	});
	let pending: Map<string, SafeState> | null = null;
	const flush = () => {
		if (pending === null) return;
		const next = pending;
		pending = null;
		store.patch({ safes: next });
	};
	const safe = (name: string) => (pending ?? store.get().safes).get(name);
	return {
		...store,
		safe,
		flush,
		putSafe(name, change) {
			const state = safe(name);
			if (state === undefined) return;
			if (pending === null) {
				pending = new Map(store.get().safes);
				setImmediate(flush);
			}
			pending.set(name, change(state));
		},
	};
}

function unmeasured(safe: Inventory['safes'][number], measuredFrom: string): SafeState {
	const rows = checkIds.map((id) => unmeasuredRow(id, measuredFrom));
	return { result: { ...summarise(safe, rows), headline: 'Not measured yet.' }, since: null, running: null };
}

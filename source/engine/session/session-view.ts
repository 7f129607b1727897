import { makeChecks, unmeasuredRow } from '../../domain/check.ts';
import type { SessionEvent } from '../../domain/event.ts';
import type { Inventory, Safe } from '../../domain/inventory.ts';
import { summarise } from '../../runbook/judge-safe.ts';
import { addEvents } from '../history/events.ts';
import { createStore, type Store } from '../store.ts';
import type { SafeState, Session } from './session.ts';

/** Of so many Safes on, changes are gathered for a moment: to copy the map in every turn of a sweep would be felt. */
const many = 1000;
const gatherMs = 100;

/** What a session shows: Safes and events are gathered and told together, all else at once. Written by the reducer alone. */
export class SessionView {
	readonly store: Store<Session>;
	/** A copy that the Safes of one telling are put into. */
	#draft: Map<string, SafeState> | null = null;
	#noted: SessionEvent[] = [];
	#isPlanned = false;

	constructor(inventory: Inventory, measuredFrom: string) {
		this.store = createStore<Session>({
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
			fixesUnderWay: [],
			notShared: [],
			links: new Map(),
		});
	}

	get(): Session {
		return this.store.get();
	}

	/** A Safe as it was last put, told or not. */
	safe(name: string): SafeState | undefined {
		return (this.#draft ?? this.get().safes).get(name);
	}

	/** No Safe of that name, no change. */
	putSafe(name: string, change: (state: SafeState) => SafeState): void {
		const state = this.safe(name);
		if (state === undefined) return;
		this.#draft ??= new Map(this.get().safes);
		this.#draft.set(name, change(state));
		this.#plan();
	}

	note(event: SessionEvent | null): void {
		if (event === null) return;
		this.#noted.push(event);
		this.#plan();
	}

	patch(part: Partial<Omit<Session, 'safes' | 'inventory'>>): void {
		this.store.patch(part);
	}

	/** Shows another inventory; nothing is known of the Safes and connectors that are forgotten. */
	replaceInventory(next: Inventory, forgotten: { safes: ReadonlySet<string>; connectors: ReadonlySet<string> }): void {
		const { measuredFrom, connectors, logs } = this.get();
		const stateOf = (safe: Safe) =>
			(forgotten.safes.has(safe.name) ? undefined : this.safe(safe.name)) ?? unmeasured(safe, measuredFrom);
		const safes = new Map(next.safes.map((safe) => [safe.name, stateOf(safe)]));
		const stays = new Set(next.connectors.map(({ name }) => name).filter((name) => !forgotten.connectors.has(name)));
		const isKept = ([name]: readonly [string, unknown]) => stays.has(name);
		this.#draft = null;
		this.store.patch({
			inventory: next,
			safes,
			connectors: new Map([...connectors].filter(isKept)),
			logs: new Map([...logs].filter(isKept)),
		});
	}

	/** Tells what was put and noted so far, now. */
	flush(): void {
		this.#isPlanned = false;
		if (this.#draft === null && this.#noted.length === 0) return;
		const { safes, events } = this.get();
		const next = {
			safes: this.#draft ?? safes,
			events: this.#noted.length === 0 ? events : addEvents(events, this.#noted),
		};
		this.#draft = null;
		this.#noted = [];
		this.store.patch(next);
	}

	#plan(): void {
		if (this.#isPlanned) return;
		this.#isPlanned = true;
		if (this.get().safes.size < many) setImmediate(() => this.flush());
		else setTimeout(() => this.flush(), gatherMs);
	}
}

function unmeasured(safe: Safe, measuredFrom: string): SafeState {
	const checks = makeChecks((id) => unmeasuredRow(id, measuredFrom));
	return { result: { ...summarise(safe, checks), headline: 'Not measured yet.' }, since: null, running: null };
}

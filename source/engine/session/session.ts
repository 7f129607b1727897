import type { CheckId, ConnectorResult, SafeResult } from '../../domain/check.ts';
import type { Coverage } from '../../domain/coverage.ts';
import type { SessionEvent } from '../../domain/event.ts';
import type { Inventory } from '../../domain/inventory.ts';
import type { LinkState } from '../../hosts/host.ts';
import type { FollowState } from '../../logs/follow.ts';
import type { ReadableStore } from '../store.ts';
import type { Fact } from './fact.ts';
import type { SessionFacts } from './session-facts.ts';

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

/** What is true of the world as far as it was measured, as it was last told. */
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
	/** What people do with fixes in other programs of this host, now. */
	readonly fixesUnderWay: readonly FixUnderWay[];
	/** Why this program does not share all with the others of this host, a sentence each with the remedy; empty where it does. */
	readonly notShared: readonly string[];
	/** The way to each remote host, by the connectors on it. */
	readonly links: ReadonlyMap<string, LinkState>;
	/** VaultPAM's Safes beside the inventory's; null where they are not asked for. */
	readonly coverage: Coverage | null;
	/** The inventory file as it is now cannot be used; `inventory` is the last that could. Null while it can. */
	readonly inventoryProblem: InventoryProblem | null;
};

/** Foreign text: as another program says it. */
export type FixUnderWay = {
	/** Who does it. */
	readonly user: string;
	/** `restarting dc1` */
	readonly what: string;
	/** Milliseconds since 1970. */
	readonly since: number;
};

export type InventoryProblem = {
	/** The first problem: where, and what. */
	readonly summary: string;
	/** All of them, one a line. */
	readonly detail: string;
	/** Milliseconds since 1970. */
	readonly since: number;
};

/** Learns facts, and tells what follows from them. */
export type SessionStore = ReadableStore<Session> & {
	/** What was learned so far, for the functions of read.ts. */
	readonly facts: SessionFacts;
	/** A Safe as it is known by now, told or not. */
	safe(name: string): SafeState | undefined;
	/**
	 * The one way anything enters. What follows for Safes is told together: of one turn of the event loop, of many Safes within 100 ms.
	 * A fact about many Safes is concluded in pieces, so that no key press waits for it.
	 */
	learn(fact: Fact): void;
	/** Resolves when all that was learned is concluded. */
	settled(): Promise<void>;
	/** Tells what is concluded so far, now. */
	flush(): void;
};

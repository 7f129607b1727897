import { setTimeout as pause } from 'node:timers/promises';
import type { BudgetRefusal } from '../domain/evidence.ts';
import type { ProbeKind, ProbeTrigger } from '../probes/probe-budget.ts';
import type { Ledger, LedgerEntry, LedgerKey } from '../settings/ledger.ts';

export type TurnOptions = {
	readonly trigger: ProbeTrigger;
	/** How long to wait for a turn. */
	readonly budgetWaitMs: number;
	readonly signal: AbortSignal;
	/** Told before each wait. */
	readonly onWait: (until: number) => void;
};

const shortestPause = 10; // Milliseconds.

export type PlaceOptions = TurnOptions & {
	/** Does work when there is a place for it. */
	readonly inSlot: <Value>(work: () => Promise<Value>) => Promise<Value>;
	/** Told after each wait for a place. */
	readonly onPlace: (waitedMs: number) => void;
};

const turnLastsMs = 500;

/**
 * Does a connection's work in its turn and on a place; null for a target that does not count probes. A booking runs off while it
 * waits for a place, and by then would cover nothing: it is made anew there. Waiting for the next turn gives the place back.
 */
export async function inTurn<Value>(
	ledger: Ledger | null,
	key: LedgerKey,
	kind: ProbeKind,
	options: PlaceOptions,
	work: (turn: LedgerEntry | null) => Promise<Value>,
): Promise<{ readonly value: Value } | BudgetRefusal> {
	while (true) {
		const turn = ledger === null ? null : await takeTurn(ledger, key, kind, options);
		if (turn !== null && 'reason' in turn) return turn;
		const queuedAt = performance.now();
		const done = await options.inSlot(async () => {
			const waitedMs = performance.now() - queuedAt;
			options.onPlace(waitedMs);
			if (ledger === null || turn === null || waitedMs < turnLastsMs) return { value: await work(turn) };
			await ledger.settle(turn, kind, 'not-reached');
			const again = await ledger.book(key, kind, options.trigger);
			return 'reason' in again ? null : { value: await work(again) };
		});
		if (done !== null) return done;
	}
}

/** Books one connection, waiting for its turn where that comes soon enough. Returns why it must not be made. */
async function takeTurn(
	ledger: Ledger,
	key: LedgerKey,
	kind: ProbeKind,
	{ trigger, budgetWaitMs, signal, onWait }: TurnOptions,
): Promise<LedgerEntry | BudgetRefusal> {
	const giveUpAt = Date.now() + budgetWaitMs;
	while (true) {
		const booked = await ledger.book(key, kind, trigger);
		if (!('reason' in booked) || booked.freeAt === null || signal.aborted) return booked;
		const freeAt = Date.parse(booked.freeAt);
		if (freeAt > giveUpAt) return booked;
		onWait(freeAt);
		await pause(Math.max(shortestPause, freeAt - Date.now()), undefined, { signal }).catch(() => {});
	}
}

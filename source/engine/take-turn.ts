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

/** Books one connection, waiting for its turn where that comes soon enough. Returns why it must not be made. */
export async function takeTurn(
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

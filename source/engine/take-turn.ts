import { setTimeout as pause } from 'node:timers/promises';
import type { BudgetRefusal } from '../domain/evidence.ts';
import type { ProbeTrigger } from '../probes/probe-budget.ts';

export type TurnOptions = {
	readonly trigger: ProbeTrigger;
	/** How long to wait for a turn. */
	readonly budgetWaitMs: number;
	readonly signal: AbortSignal;
	/** Told before each wait. */
	readonly onWait: (until: number) => void;
};

const shortestPause = 10; // Milliseconds.

export function isRefusal(answer: object): answer is BudgetRefusal {
	return 'reason' in answer && 'freeAt' in answer;
}

/**
 * Tries until the probe budget lets it, as far as the turn comes soon enough; returns the refusal otherwise.
 *
 * @param attempt reserves and probes at once, so that no reservation runs off before its connection leaves.
 */
export async function takeTurn<Value extends object>(
	{ budgetWaitMs, signal, onWait }: TurnOptions,
	attempt: () => Promise<Value | BudgetRefusal>,
): Promise<Value | BudgetRefusal> {
	const giveUpAt = Date.now() + budgetWaitMs;
	while (true) {
		const answer = await attempt();
		if (!isRefusal(answer) || answer.freeAt === null || signal.aborted) return answer;
		const freeAt = Date.parse(answer.freeAt);
		if (freeAt > giveUpAt) return answer;
		onWait(freeAt);
		await pause(Math.max(shortestPause, freeAt - Date.now()), undefined, { signal }).catch(() => {});
	}
}

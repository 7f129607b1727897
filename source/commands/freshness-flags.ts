import { UserError } from '../domain/user-error.ts';
import { type Freshness, fromNowOn, youngerThan } from '../engine/sharing/freshness.ts';
import { notice } from '../own-words.ts';
import type { ProbeTrigger } from '../probes/probe-budget.ts';

/** Flags of the commands that measure: how old what is known may be, and how far a new measurement may go. */
export type FreshnessFlags = {
	/** Milliseconds. */
	maxAge?: number;
	/** Measure also where a careful look would wait. */
	again?: boolean;
	/** Seconds to wait for a turn in the probe budget. */
	budgetWait: number;
};

/** Milliseconds: what passes and is younger is taken by a `check` of all Safes. */
const usualMaxAge = 10_000;

export type Measuring = {
	readonly trigger: ProbeTrigger;
	readonly freshness: Freshness;
	readonly budgetWaitMs: number;
};

/**
 * How a command measures. Who names a Safe wants it measured now; without a name, what passed a moment ago is taken.
 *
 * @param onlyTrusted something may be written or done because of what is found.
 * @throws UserError when two flags contradict each other.
 */
export function measuringOf(
	{ maxAge, again = false, budgetWait }: FreshnessFlags,
	usualTrigger: ProbeTrigger,
	isNamed: boolean,
	onlyTrusted = false,
): Measuring {
	if (again && maxAge !== undefined)
		throw new UserError('--again and --max-age contradict each other.', 'Give one of them.');
	if (again) warnOfAgain();
	return {
		trigger: again ? 'insisted' : usualTrigger,
		freshness: { ...freshnessOf(maxAge, again || isNamed), onlyTrusted },
		budgetWaitMs: budgetWait * 1000,
	};
}

function freshnessOf(maxAge: number | undefined, isAnew: boolean): Freshness {
	if (maxAge !== undefined) return youngerThan(maxAge, true);
	return isAnew ? fromNowOn() : youngerThan(usualMaxAge);
}

/** The same warning as `r` twice on the screen gives. */
function warnOfAgain(): void {
	notice('--again also measures targets with 4 unfinished connections within 10 minutes; a strict fail2ban bans at 5');
}

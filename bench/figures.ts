import { appendFileSync } from 'node:fs';

/** One thing that a bench found out: a median, unless `what` says otherwise. */
export type Figure = {
	readonly what: string;
	readonly value: number;
	/** `ms`, `MB`, `%`, `/s`; `×` for a ratio to the peer that `what` names. */
	readonly unit: string;
	/** Null where it is told to compare with. */
	readonly budget: Budget | null;
};
export type Budget = { readonly atMost: number } | { readonly atLeast: number };

/** Names the file that takes figures, a line of JSON each: bench/run.ts reads it. */
export const figuresVariable = 'VPMON_BENCH_FIGURES';

/** Prints a figure and hands it on to bench/run.ts; a missed budget makes the bench end with 1. */
export function tell(what: string, value: number, unit: string, budget: Budget | null = null): void {
	const figure: Figure = { what, value, unit, budget };
	const isMissed = budget !== null && !isMet(value, budget);
	if (isMissed) process.exitCode = 1;
	console.log(
		`${what.padEnd(44)} ${shown(value).padStart(9)} ${unit.padEnd(3)} ${budget === null ? '' : `budget ${shownBudget(budget)}`}${isMissed ? ' MISSED' : ''}`,
	);
	const file = process.env[figuresVariable];
	if (file !== undefined) appendFileSync(file, `${JSON.stringify(figure)}\n`);
}

export function isMet(value: number, budget: Budget): boolean {
	return 'atMost' in budget ? value <= budget.atMost : value >= budget.atLeast;
}

/** How much of the budget is used: met up to 1. */
export function budgetRatio(value: number, budget: Budget): number {
	if ('atLeast' in budget) return budget.atLeast / value;
	return budget.atMost === 0 ? (value === 0 ? 0 : Number.POSITIVE_INFINITY) : value / budget.atMost;
}

export function shown(value: number): string {
	return value.toLocaleString('en', { maximumFractionDigits: Math.abs(value) < 100 ? 2 : 0 });
}

export function shownBudget(budget: Budget): string {
	return 'atMost' in budget ? `≤ ${shown(budget.atMost)}` : `≥ ${shown(budget.atLeast)}`;
}

export function quantile(values: readonly number[], part: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export const median = (values: readonly number[]) => quantile(values, 0.5);

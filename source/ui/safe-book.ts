import type { Group } from '../domain/check.ts';
import { tellingRow } from '../domain/check.ts';
import { type OverallVerdict, verdictsWorstFirst } from '../domain/verdict.ts';
import type { SafeState, Session } from '../engine/session/session.ts';
import { type Summary, summariseSafes } from '../report/check-report.ts';
import { causeTexts } from '../runbook/causes.ts';
import { checkById } from '../runbook/checks.ts';
import { groupFailures } from '../runbook/group.ts';

/** Safes that stand where they stand for the same reason. */
export type SafeClass = {
	readonly verdict: OverallVerdict;
	/** Two to four words. */
	readonly label: string;
	readonly states: readonly SafeState[];
};

/** All Safes as the screen tells of them, worked out once for each state of the session. */
export type SafeBook = {
	readonly safes: Session['safes'];
	readonly summary: Summary;
	/** Largest first. */
	readonly groups: readonly Group[];
	/** Worst first; failing ones in runbook order, the Safes of a class in the order of the inventory. */
	readonly classes: readonly SafeClass[];
};

let last: SafeBook | null = null;

export function bookOf(safes: Session['safes']): SafeBook {
	if (last?.safes === safes) return last;
	// Rows that begin to be measured change no result: grouping thousands of Safes for them would be felt.
	const before = last !== null && hasSameResults(last.safes, safes) ? last : null;
	const results = before === null ? Array.from(safes.values(), ({ result }) => result) : [];
	last = {
		safes,
		summary: before?.summary ?? summariseSafes(results),
		groups: before?.groups ?? groupFailures(results),
		classes: classesOf(safes),
	};
	return last;
}

function hasSameResults(before: Session['safes'], safes: Session['safes']): boolean {
	if (before.size !== safes.size) return false;
	for (const [name, { result }] of safes) if (before.get(name)?.result !== result) return false;
	return true;
}

function classesOf(safes: Session['safes']): SafeClass[] {
	const byLabel = new Map(verdictsWorstFirst.map((verdict) => [verdict, new Map<string, SafeState[]>()]));
	for (const state of safes.values()) {
		const labels = byLabel.get(state.result.verdict);
		const label = labelOf(state.result);
		const known = labels?.get(label);
		if (known === undefined) labels?.set(label, [state]);
		else known.push(state);
	}
	const classes = [...byLabel].flatMap(([verdict, labels]) =>
		Array.from(labels, ([label, states]): SafeClass => ({ verdict, label, states })),
	);
	// Array.prototype.sort is stable: of one rank the inventory's order holds.
	return classes.sort((a, b) => rankOf(a) - rankOf(b));
}

const causeOrder = new Map(Object.keys(causeTexts).map((cause, index) => [cause, index]));

function rankOf({ verdict, states: [first] }: SafeClass): number {
	const cause = first?.result.cause ?? null;
	return verdictsWorstFirst.indexOf(verdict) * 1000 + (cause === null ? 0 : (causeOrder.get(cause) ?? 0));
}

const labels = new WeakMap<SafeState['result'], string>();

/** Two to four words on why a Safe stands where it stands. */
export function labelOf(result: SafeState['result']): string {
	const known = labels.get(result) ?? describe(result);
	labels.set(result, known);
	return known;
}

/** Nothing but row 1 is known of it yet. */
export function isUnmeasured(result: SafeState['result']): boolean {
	return result.verdict === 'unknown' && labelOf(result) === 'not measured yet';
}

/** How many of them were never measured. */
export function countUnmeasured({ classes }: Pick<SafeBook, 'classes'>): number {
	const waiting = classes.filter(({ states: [first] }) => first !== undefined && isUnmeasured(first.result));
	return waiting.reduce((sum, { states }) => sum + states.length, 0);
}

function describe(result: SafeState['result']): string {
	const { verdict, cause } = result;
	if (verdict === 'fail' && cause !== null) return causeTexts[cause].label;
	if (verdict === 'pass') return 'all five pass';
	const row = tellingRow(result);
	if (row?.cause) return causeTexts[row.cause].label;
	const title = row === undefined ? 'nothing' : checkById[row.id].title.toLowerCase();
	if (verdict === 'untested') return row?.id === 'connector' ? 'connector untested' : 'password untested';
	if (verdict === 'warn') return `look at ${title}`;
	return row?.summary === 'not measured yet' ? 'not measured yet' : `${title} unknown`;
}

import fuzzysort from 'fuzzysort';
import type { SafeState } from '../engine/session/session.ts';
import { labelOf } from './safe-book.ts';

/** A word of the filter; in upper and lower case alike. */
export type FilterWord = {
	readonly text: string;
	/** It stands nowhere as it is: its letters count where they stand in this order. */
	readonly isFuzzy: boolean;
};

/**
 * Safes that have every word of the filter. A word that stands somewhere as it is leaves no room for guesses, and the order stays;
 * else those that fit best come first.
 */
export function filterSafes(
	states: readonly SafeState[],
	filter: string,
): { words: readonly FilterWord[]; states: readonly SafeState[] } {
	let found = states;
	const words: FilterWord[] = [];
	for (const text of filter.toLowerCase().split(/\s+/)) {
		if (text === '') continue;
		const literal = found.filter(({ result }) => haystackOf(result).includes(text));
		const isFuzzy = literal.length === 0;
		words.push({ text, isFuzzy });
		found = isFuzzy ? likeliest(found, text) : literal;
	}
	return { words, states: found };
}

function likeliest(states: readonly SafeState[], text: string): SafeState[] {
	const scored = states.map((state) => [
		state,
		Math.max(...fieldsOf(state.result).map((field) => likeness(text, field))),
	]);
	const likely = (scored as Array<[SafeState, number]>).filter(([, score]) => score > 0);
	return likely.sort(([, a], [, b]) => b - a).map(([state]) => state);
}

/** Measured on names: `lgcy` finds legacy-erp, `dbp` finds db-primary and no payroll-desktop. */
const likeEnough = 0.25;

/** 0 to 1. A guess from one letter is none. */
function likeness(text: string, field: string): number {
	const score = text.length > 1 ? (fuzzysort.single(text, field)?.score ?? 0) : 0;
	return score >= likeEnough ? score : 0;
}

function fieldsOf(result: SafeState['result']): readonly string[] {
	const { name, target, username, connector } = result;
	return [name, target, username, connector, labelOf(result)];
}

const haystacks = new WeakMap<SafeState['result'], string>();

function haystackOf(result: SafeState['result']): string {
	const known =
		haystacks.get(result) ??
		[...fieldsOf(result), result.cause ?? '', result.verdict, result.headline].join('\n').toLowerCase();
	haystacks.set(result, known);
	return known;
}

/** Where a text has the filter's words: begins and ends, in order, without overlap. */
export function matchesIn(text: string, words: readonly FilterWord[]): Array<readonly [begin: number, end: number]> {
	const hits = new Set<number>();
	const lower = text.toLowerCase();
	// A letter that is longer in lower case would shift all marks behind it.
	if (lower.length !== text.length) return [];
	for (const word of words) {
		if (word.isFuzzy) {
			if (likeness(word.text, text) > 0)
				for (const at of fuzzysort.single(word.text, text)?.indexes ?? []) hits.add(at);
			continue;
		}
		for (let at = lower.indexOf(word.text); at !== -1; at = lower.indexOf(word.text, at + word.text.length))
			for (let index = at; index < at + word.text.length; index++) hits.add(index);
	}
	const ranges: Array<[number, number]> = [];
	for (const at of [...hits].sort((a, b) => a - b)) {
		const range = ranges.at(-1);
		if (range?.[1] === at) range[1] = at + 1;
		else ranges.push([at, at + 1]);
	}
	return ranges;
}

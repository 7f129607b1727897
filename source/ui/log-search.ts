import type { LogLine } from '../logs/log-line.ts';
import { textOf } from './log-lines.ts';
import type { LogPattern } from './log-pattern.ts';
import type { Reach } from './log-reach.ts';

/** Lines handed to the pattern at once. */
const batch = 250;

/**
 * Which lines of a log match, found piece by piece so that no key waits: from where the person is to the oldest line, and each new
 * one. What is searched is the text as it is shown.
 */
export class LogSearch {
	readonly pattern: LogPattern;
	/** It was given up: the pattern takes too long. */
	isTooSlow = false;
	/** Sequence numbers, from the starting point down and from there up. */
	readonly #down: number[] = [];
	#up: number[] = [];
	#lowest: number;
	#highest: number;
	#sorted: readonly number[] | null = null;

	constructor(pattern: LogPattern, start: number) {
		this.pattern = pattern;
		this.#lowest = start + 1;
		this.#highest = start;
	}

	/** Goes on for so many milliseconds at most; at least one piece is done. True when every line in reach has been searched. */
	catchUp(reach: Reach, mostMs: number): boolean {
		const giveUpAt = performance.now() + mostMs;
		this.#forget(reach.oldest);
		do {
			const isNew = this.#highest < reach.newest;
			if (this.isTooSlow || (!isNew && this.#lowest <= reach.oldest)) return true;
			if (isNew) this.#searchUp(reach);
			else this.#searchDown(reach);
		} while (performance.now() < giveUpAt);
		return this.hasSearched(reach);
	}

	hasSearched({ newest, oldest }: Reach): boolean {
		return this.#highest >= newest && this.#lowest <= oldest;
	}

	/** Sequence numbers of the lines that match, as far as is known, ascending. */
	get matches(): readonly number[] {
		this.#sorted ??= [...this.#down.toReversed(), ...this.#up];
		return this.#sorted;
	}

	#searchUp(reach: Reach): void {
		const lines: LogLine[] = [];
		for (let line = reach.down(this.#highest + 1); line !== null && lines.length < batch; ) {
			lines.push(line);
			line = reach.down(line.sequence + 1);
		}
		this.#highest = lines.at(-1)?.sequence ?? reach.newest;
		this.#up.push(...this.#matching(lines));
	}

	#searchDown(reach: Reach): void {
		const lines: LogLine[] = [];
		for (let line = reach.up(this.#lowest - 1); line !== null && lines.length < batch; ) {
			lines.push(line);
			line = reach.up(line.sequence - 1);
		}
		this.#lowest = lines.at(-1)?.sequence ?? reach.oldest;
		this.#down.push(...this.#matching(lines));
	}

	#matching(lines: readonly LogLine[]): readonly number[] {
		const matches = this.pattern.matches(lines.map(textOf));
		if (matches === null) {
			this.isTooSlow = true;
			return [];
		}
		const found = lines.flatMap(({ sequence }, index) => (matches[index] ? sequence : []));
		if (found.length > 0) this.#sorted = null;
		return found;
	}

	#forget(oldest: number): void {
		while (this.#down.length > 0 && (this.#down.at(-1) ?? 0) < oldest) {
			this.#down.pop();
			this.#sorted = null;
		}
		const kept = this.#up.findIndex((sequence) => sequence >= oldest);
		if (kept === 0 || this.#up.length === 0) return;
		this.#up = kept === -1 ? [] : this.#up.slice(kept);
		this.#sorted = null;
	}
}

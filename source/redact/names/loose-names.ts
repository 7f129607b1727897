import { isProductWord, partsOf } from './common-words.ts';
import { joinedMessageWords } from './message-words.ts';
import type { Found } from './name-index.ts';

/** A run of words as programs join them to one name: `prod-pay_core.7`. */
const runs = /[\p{L}\p{N}\p{M}]+(?:[-_.~+]+[\p{L}\p{N}\p{M}]+)*/gu;
/** The same with a blank between parts: only names of three parts are looked for there. */
const spacedRuns = /[\p{L}\p{N}\p{M}]+(?: [\p{L}\p{N}\p{M}]+){2,64}/gu;
const leastSpacedParts = 3;
/** The beginning of a name, where a table cut it. */
const cut = /([\p{L}\p{N}][\p{L}\p{N}_.-]{4,80})(?:…|\.\.\.?(?![\p{L}\p{N}.]))/gu;
const shortestCut = 5;
/** A part of a run; so many of them in a row are looked at together. */
const part = /\p{Lu}?[\p{Ll}\p{Lo}\p{Lm}\p{M}]+|\p{Lu}+(?!\p{Ll})|\p{Lu}|\p{Lt}|\p{N}+/gu;
const maxParts = 12;
const shortest = 3;
/** Names are looked for only where their first letters stand. */
const headLength = 3;

/**
 * Names by the letters and digits in them alone: pay-core-7 is found as `pay_core_7`, `PayCore7` and `prod.pay-core-7-replica`. It
 * begins and ends where a part of a word does: at a sign, between letters and digits, at a capital.
 */
export class LooseNames<Thing> {
	readonly #things = new Map<string, Thing>();
	readonly #heads = new Set<string>();
	/** Where the first part of a name begins, and that in most texts no name does. */
	readonly #beginnings = new Set<string>();
	#mayStand: RegExp | null = null;

	/** A name that is too short or is a single word of the product is left to exact search. The first thing of a name keeps it. */
	add(name: string, thing: Thing): void {
		const parts = partsOf(name);
		const key = parts.join('');
		if (key.length < shortest || this.#things.has(key) || !parts.some((each) => /\p{L}/u.test(each))) return;
		if (joinedMessageWords.has(key) || (parts.length === 1 && isProductWord(key))) return;
		this.#things.set(key, thing);
		this.#heads.add(key.slice(0, headLength));
		this.#beginnings.add((parts[0] ?? '').slice(0, headLength));
		this.#mayStand = null;
	}

	has(name: string): boolean {
		return this.#things.has(partsOf(name).join(''));
	}

	find(text: string): Found<Thing>[] {
		const found: Found<Thing>[] = [];
		if (this.#things.size === 0) return found;
		this.#mayStand ??= new RegExp([...this.#beginnings].map((begin) => `(?:${begin})`).join('|'), 'iu');
		if (!this.#mayStand.test(text)) return found;
		for (const { 0: run, index } of text.matchAll(runs)) this.#findIn(run, index, found);
		for (const { 0: run, index } of text.matchAll(spacedRuns)) this.#findIn(run, index, found, leastSpacedParts);
		for (const { 1: begin = '', index } of text.matchAll(cut)) {
			const key = partsOf(begin).join('');
			const whole =
				key.length < shortestCut ? undefined : [...this.#things.keys()].find((name) => name.startsWith(key));
			const thing = whole === undefined ? undefined : this.#things.get(whole);
			if (thing !== undefined) found.push({ start: index, end: index + begin.length, thing });
		}
		return found;
	}

	/** From left to right, of names that begin at one part the longest. */
	#findIn(run: string, at: number, found: Found<Thing>[], leastParts = 1): void {
		const parts = [...run.matchAll(part)];
		for (let first = 0; first < parts.length; first++) {
			let key = '';
			let thing: Thing | undefined;
			let last = first;
			for (let next = first; next < Math.min(parts.length, first + maxParts); next++) {
				key += (parts[next]?.[0] ?? '').toLowerCase();
				if (key.length >= headLength && !this.#heads.has(key.slice(0, headLength))) break;
				// German and English let a name end in an s.
				const match =
					this.#things.get(key) ?? (next > first && key.endsWith('s') ? this.#things.get(key.slice(0, -1)) : undefined);
				if (match === undefined || next - first + 1 < leastParts) continue;
				thing = match;
				last = next;
			}
			if (thing === undefined) continue;
			const [start, end] = [parts[first], parts[last]];
			if (start === undefined || end === undefined) continue;
			found.push({ start: at + start.index, end: at + end.index + end[0].length, thing });
			first = last;
		}
	}
}

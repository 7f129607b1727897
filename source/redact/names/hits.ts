import type { TextView } from '../text/text-view.ts';
import type { PseudonymKind } from './pseudonym.ts';

export type Identity = {
	readonly kind: PseudonymKind;
	readonly name: string;
	/** A stranger that its place alone told: it gets a number for this report or screen, and is kept nowhere. */
	readonly isPassing?: boolean;
};

/** The text from start to end is to be replaced: by the pseudonym of somebody, or by other text. */
export type Hit = {
	readonly start: number;
	readonly end: number;
	readonly by: Identity | string;
	/** Line ends that stood inside, and come after it. */
	readonly after?: string;
};

/** Shorter names are not looked for where a line was broken in the middle of them. */
const shortestBroken = 5;

/** Where it stands in the original of a view. */
export function moveHit(hit: Hit, { places }: TextView): Hit {
	return { ...hit, start: places[hit.start] ?? 0, end: places[hit.end] ?? 0 };
}

/** The same for what a line end breaks in two; nothing for all else. */
export function brokenHit(hit: Hit, { places }: TextView, original: string): Hit[] {
	const start = places[hit.start] ?? 0;
	const last = places[hit.end - 1] ?? 0;
	const isBroken = last - start !== hit.end - 1 - hit.start;
	if (!isBroken || hit.end - hit.start < shortestBroken) return [];
	return [{ ...hit, start, end: last + 1, after: original.slice(start, last).replace(/[^\n]/g, '') }];
}

/** Of hits that overlap the one that begins first counts, the longer one of two; what another has beyond it is replaced too. */
export function replaceHits(text: string, hits: readonly Hit[], pseudonymOf: (identity: Identity) => string): string {
	let result = '';
	let from = 0;
	for (const { start, end, by, after = '' } of hits.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
		if (end <= from) continue;
		const pseudonym = typeof by === 'string' ? by : pseudonymOf(by);
		result += start >= from ? text.slice(from, start) + pseudonym : `/${pseudonym}`;
		result += after;
		from = end;
	}
	return result + text.slice(from);
}

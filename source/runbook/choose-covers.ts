/** Something that may explain why its members fail. */
export type Candidate<Item> = {
	readonly members: readonly Item[];
	/** How many of whom it is true as well do not fail. */
	readonly against: number;
};

/**
 * Explains as many items as possible by as few candidates as possible: takes the candidate whose members, as far as they are not
 * explained yet, outnumber most what speaks against it, and so on. Of equal ones the one with more members, then the earlier one.
 * One member alone is no explanation. A score only ever sinks, so candidates wait in buckets by score: the work grows with the
 * number of memberships.
 */
export function chooseCovers<Item, Choice extends Candidate<Item>>(
	candidates: readonly Choice[],
): Array<readonly [choice: Choice, members: readonly Item[]]> {
	const left = new Map(candidates.map((candidate) => [candidate, candidate.members.length]));
	const rank = new Map(candidates.map((candidate, index) => [candidate, index]));
	const containing = new Map<Item, Choice[]>();
	for (const candidate of candidates) {
		for (const item of candidate.members) {
			const known = containing.get(item);
			if (known === undefined) containing.set(item, [candidate]);
			else known.push(candidate);
		}
	}
	const of = (numbers: ReadonlyMap<Choice, number>, candidate: Choice) => numbers.get(candidate) ?? 0;
	const score = (candidate: Choice) => of(left, candidate) - candidate.against;
	const buckets: Choice[][] = [];
	const wait = (candidate: Choice) => {
		if (of(left, candidate) < 2 || score(candidate) < 1) return;
		buckets[score(candidate)] ??= [];
		buckets[score(candidate)]?.push(candidate);
	};
	for (const candidate of candidates) wait(candidate);
	const chosen: Array<readonly [Choice, readonly Item[]]> = [];
	for (let at = buckets.length - 1; at > 0; at--) {
		const bucket = buckets[at] ?? [];
		bucket.sort((a, b) => of(left, b) - of(left, a) || of(rank, a) - of(rank, b));
		for (const candidate of bucket) {
			if (score(candidate) < at) {
				wait(candidate);
				continue;
			}
			const members = candidate.members.filter((item) => containing.has(item));
			chosen.push([candidate, members]);
			for (const item of members) {
				for (const other of containing.get(item) ?? []) left.set(other, of(left, other) - 1);
				containing.delete(item);
			}
		}
	}
	return chosen;
}

/** What happens at random: always the same for the same seed. */
export type Random = {
	/** From 0 to below that. */
	below(limit: number): number;
	oneOf<Value>(values: readonly Value[]): Value;
};

/** mulberry32. */
export function createRandom(seed: number): Random {
	let state = seed;
	const below = (limit: number) => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
	};
	return { below, oneOf: <Value>(values: readonly Value[]) => values[below(values.length)] as Value };
}

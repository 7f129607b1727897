/** One series of a family: its labels, and its value now. */
export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/**
 * A metric family whose series are worked out anew for each scrape from what the engine knows, so that none is left behind by a Safe
 * that is gone, and none has to be kept. Names follow the conventions of Prometheus: base units, `_seconds`.
 */
export type Family = {
	readonly name: string;
	/** One sentence, as it stands in the answer. */
	readonly help: string;
	samples(): Iterable<Sample>;
};

/** Families with one series, or none while it is not known. */
export function single(name: string, help: string, value: () => number | null): Family {
	return {
		name,
		help,
		*samples() {
			const now = value();
			if (now !== null) yield [{}, now];
		},
	};
}

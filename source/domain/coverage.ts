/** VaultPAM's Safes beside those of the inventory. */
export type Coverage = {
	/** The call that listed them. */
	readonly url: string;
	/** How many VaultPAM has; null before its list was first read. */
	readonly safes: number | null;
	/** Entries of that list without an id: no Safe that could be told from others. Left out where there are none. */
	readonly unreadable?: number;
	/** Those that the inventory has no target for. */
	readonly withoutTarget: ReadonlyArray<{ readonly id: string; readonly name: string | null }>;
	/** ISO 8601; when the list was read. */
	readonly readAt: string | null;
	/** Why it could not be read lately; the list is then an older one. */
	readonly problem: string | null;
};

/** `VaultPAM has 412 Safes, 12 have no target here` */
export function describeCoverage({ safes, unreadable = 0, withoutTarget, problem }: Coverage): string {
	const count = withoutTarget.length;
	const odd = unreadable === 0 ? '' : ` and ${unreadable} without an id`;
	const has = safes === null ? '' : `VaultPAM has ${safes} ${safes === 1 ? 'Safe' : 'Safes'}${odd}`;
	const said =
		safes === null
			? ''
			: count === 0
				? `${has}, each has a target here`
				: `${has}, ${count} ${count === 1 ? 'has' : 'have'} no target here`;
	if (problem === null) return said;
	return said === '' ? `VaultPAM's Safes are not known: ${problem}` : `${said}; not read again: ${problem}`;
}

import type { Coverage } from '../domain/coverage.ts';

/** A Safe that VaultPAM has and the inventory has not. */
export type ListedSafe = Coverage['withoutTarget'][number];

/** As people call it; by its id where it has no name. */
export const nameOfListed = ({ name, id }: ListedSafe): string => name ?? id;

/** Those whose name or id has every word, in upper and lower case alike. Pure. */
export function filterVaultPamOnly(listed: readonly ListedSafe[], query: string): readonly ListedSafe[] {
	const words = query.trim().toLowerCase().split(/\s+/);
	return listed.filter((safe) => {
		const text = `${safe.name ?? ''}\n${safe.id}`.toLowerCase();
		return words.every((word) => text.includes(word));
	});
}

import { loadInventory } from '../inventory/file.ts';
import { findInventory } from '../inventory/find.ts';
import { parsePseudonym } from '../redact/names/pseudonym.ts';
import { configDirectory, stateDirectory, systemInventory } from '../storage/directories.ts';
import { openPseudonyms } from '../storage/pseudonyms.ts';

/**
 * Names of Safes as they were given, with the real one in place of each pseudonym of this host: `SAFE-3` of a report or a masked screen.
 * What is no pseudonym, or is the name of a Safe, stays as it is.
 */
export async function resolvePseudonyms(names: readonly string[], inventory: string | undefined): Promise<string[]> {
	if (names.every((name) => parsePseudonym(name) === null)) return [...names];
	const { safes } = loadInventory(findInventory(inventory, configDirectory, systemInventory));
	const pseudonyms = await openPseudonyms(stateDirectory);
	try {
		return names.map((name) => {
			const parsed = parsePseudonym(name);
			if (parsed === null || safes.some((safe) => safe.name === name)) return name;
			const real = pseudonyms.nameOf(parsed.scope, parsed.number);
			return safes.find((safe) => safe.name.toLowerCase() === real)?.name ?? name;
		});
	} finally {
		pseudonyms.close();
	}
}

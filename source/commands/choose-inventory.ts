import type { Inventory } from '../domain/inventory.ts';
import { UserError } from '../domain/user-error.ts';
import { loadInventory } from '../inventory/file.ts';
import { findInventory, isWithoutInventory } from '../inventory/find.ts';
import { notice } from '../own-words.ts';
import { configDirectory, systemInventory } from '../storage/directories.ts';
import { refuseTargets, singleTarget, type TargetFlags } from './single-target.ts';
import { whoseInventory } from './whose-inventory.ts';

/** The inventory of a command: the file, cut down to the named Safes, or one made for a single user@host:port. */
export function chooseInventory(names: readonly string[], flags: TargetFlags): Inventory {
	const inventory = wholeInventory(names, flags);
	const safes = inventory.safes.filter(({ name }) => names.includes(name));
	// One made for a single target has nothing to leave out.
	if (names.length === 0 || inventory.file === null) return inventory;
	return {
		...inventory,
		safes,
		connectors: inventory.connectors.filter(({ name }) => safes.some(({ connector }) => connector === name)),
	};
}

/** The same with all that the file holds, once the names are known to be in it. */
export function wholeInventory(names: readonly string[], flags: TargetFlags): Inventory {
	const [first] = names;
	// With an inventory named, user@host can be the name of a Safe in it.
	if (names.length === 1 && first?.includes('@') && flags.inventory === undefined) return singleTarget(first, flags);
	const refused = refuseTargets(names);
	if (refused !== null && isWithoutInventory(flags.inventory, configDirectory, systemInventory)) throw refused;
	for (const flag of ['connector', 'key', 'hostKey'] as const) {
		if (flags[flag] !== undefined) {
			const shown = flag === 'hostKey' ? '--host-key' : `--${flag}`;
			throw new UserError(
				`${shown} goes with one target given as user@host:port.`,
				'With an inventory, the Safe itself says these.',
			);
		}
	}
	const inventory = loadInventory(findInventory(flags.inventory, configDirectory, systemInventory));
	const whose = inventory.file === null ? null : whoseInventory(inventory.file);
	if (whose !== null) notice(whose);
	const unknown = names.filter((name) => !inventory.safes.some((safe) => safe.name === name));
	if (unknown.length > 0) {
		if (refused !== null) throw refused;
		const known = inventory.safes.slice(0, 10).map(({ name }) => name);
		const listed = `${known.join(', ')}${inventory.safes.length > known.length ? ', …' : ''}`;
		throw new UserError(
			`There is no Safe named ${unknown.map((name) => JSON.stringify(name)).join(' or ')} in ${inventory.file}.`,
			inventory.settings.mask ? 'vpmon check lists those that it has, by their pseudonyms.' : `It has ${listed}`,
		);
	}
	return inventory;
}

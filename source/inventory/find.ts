import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../domain/user-error.ts';
import { noInventoryStep } from './file.ts';

/**
 * Which inventory file to use: the flag, VPMON_INVENTORY, the user's configuration directory, the system's.
 *
 * @throws UserError when there is none, with what can be done without.
 */
export function findInventory(flag: string | undefined, configDirectory: string, systemFile: string): string {
	const file = inventoryToWrite(flag, configDirectory, systemFile);
	const usual = usualPlaces(configDirectory, systemFile);
	if (file !== usual[0] || existsSync(file)) return file;
	throw new UserError(`There is no inventory yet; looked for ${usual.join(' and ')}.`, noInventoryStep);
}

/** The same for a command that may also make it: in the user's configuration directory where there is none yet. */
export function inventoryToWrite(flag: string | undefined, configDirectory: string, systemFile: string): string {
	if (flag !== undefined) return flag;
	const named = process.env.VPMON_INVENTORY;
	if (named !== undefined && named !== '') return named;
	const usual = usualPlaces(configDirectory, systemFile);
	return usual.find((file) => existsSync(file)) ?? join(configDirectory, 'vpmon.yaml');
}

export function usualPlaces(configDirectory: string, systemFile: string): readonly string[] {
	return [join(configDirectory, 'vpmon.yaml'), systemFile];
}

/** Nobody named an inventory, and there is none where one is looked for. */
export function isWithoutInventory(flag: string | undefined, configDirectory: string, systemFile: string): boolean {
	const isNamed = flag !== undefined || (process.env.VPMON_INVENTORY ?? '') !== '';
	return !isNamed && !usualPlaces(configDirectory, systemFile).some((file) => existsSync(file));
}

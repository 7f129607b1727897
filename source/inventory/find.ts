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
	if (flag !== undefined) return flag;
	const named = process.env.VPMON_INVENTORY;
	if (named !== undefined && named !== '') return named;
	const usual = [join(configDirectory, 'vpmon.yaml'), systemFile];
	const found = usual.find((file) => existsSync(file));
	if (found !== undefined) return found;
	throw new UserError(`There is no inventory yet; looked for ${usual.join(' and ')}.`, noInventoryStep);
}

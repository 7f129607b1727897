import type { Inventory } from '../domain/inventory.ts';
import { UserError } from '../domain/user-error.ts';

const nothing = 'Nothing was changed.';

/**
 * @param next what can be done all the same.
 * @throws UserError where nothing is to be changed from here: `--read-only` says it, or the inventory.
 */
export function refuseReadOnly(
	isReadOnly: boolean | undefined,
	inventory: Pick<Inventory, 'file' | 'settings'> | null,
	next: string,
): void {
	if (isReadOnly) throw new UserError(`--read-only is given. ${nothing}`, next);
	if (inventory?.settings.readOnly) throw new UserError(`readOnly is set in ${inventory.file}. ${nothing}`, next);
}

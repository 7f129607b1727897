import { hostname } from 'node:os';
import type { Inventory } from '../domain/inventory.ts';
import { ownName } from '../domain/own-name.ts';
import type { Engine } from '../engine/engine.ts';
import { createLiveMask } from '../engine/live-mask.ts';
import { notice } from '../own-words.ts';
import { createSiteMask } from '../redact/names/site-mask.ts';
import { stateDirectory } from '../storage/directories.ts';
import { openPseudonyms } from '../storage/pseudonyms.ts';

/** What a command prints, with pseudonyms in place of names. */
export type OutputMask = (text: string) => string;

export const unmasked: OutputMask = (text) => text;

/** Whether names are hidden: a flag goes before the inventory's `settings: {mask: true}`, and says so where it shows what that hides. */
export function isMaskWanted({ settings, file }: Inventory, flag: boolean | undefined): boolean {
	if (flag === false && settings.mask)
		notice(`--no-mask: names are shown, although settings in ${file} say mask: true`);
	return flag ?? settings.mask;
}

/** By what the engine knows, as the screen masks. */
export async function engineMask(engine: Engine, flag: boolean | undefined): Promise<OutputMask> {
	return isMaskWanted(engine.session.get().inventory, flag) ? createLiveMask(engine) : unmasked;
}

/** The same for a command that has no engine. */
export async function inventoryMask(inventory: Inventory, flag?: boolean): Promise<OutputMask> {
	if (!isMaskWanted(inventory, flag)) return unmasked;
	const name = ownName();
	const here = { machines: [hostname()], accounts: name === null ? [] : [name] };
	return createSiteMask(inventory, await openPseudonyms(stateDirectory), { hide: 'all', here });
}

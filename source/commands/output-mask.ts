import { hostname } from 'node:os';
import type { Inventory } from '../domain/inventory.ts';
import { ownName } from '../domain/own-name.ts';
import type { Engine } from '../engine/engine.ts';
import { createLiveMask } from '../engine/live-mask.ts';
import { hideInOwnWords, notice } from '../own-words.ts';
import { stateDirectory } from '../storage/directories.ts';

/** What a command prints, with pseudonyms in place of names. */
export type OutputMask = (text: string) => string;

export const unmasked: OutputMask = (text) => text;

let isSaid = false;

/** Whether names are hidden: a flag goes before the inventory's `settings: {mask: true}`, and says so where it shows what that hides. */
export function isMaskWanted({ settings, file }: Inventory, flag: boolean | undefined): boolean {
	if (flag === false && settings.mask && !isSaid) {
		notice(`--no-mask: names are shown, although settings in ${file} say mask: true`);
		isSaid = true;
	}
	return flag ?? settings.mask;
}

/** By what the engine knows, as the screen masks. Notices and errors of the process are masked too from then on. */
export async function engineMask(engine: Engine, flag: boolean | undefined): Promise<OutputMask> {
	if (!isMaskWanted(engine.session.get().inventory, flag)) return unmasked;
	const mask = await createLiveMask(engine);
	hideInOwnWords(mask);
	return mask;
}

/** What is to be hidden beside the inventory: accounts, and Safes that it has no more. */
export type AlsoHidden = { readonly accounts?: readonly string[]; readonly safes?: readonly string[] };

/** The same for a command that has no engine, or none yet. */
export async function inventoryMask(
	inventory: Inventory,
	flag?: boolean,
	{ accounts = [], safes = [] }: AlsoHidden = {},
): Promise<OutputMask> {
	if (!isMaskWanted(inventory, flag)) return unmasked;
	// The screen asks whether a mask is wanted before its first frame; most never load one.
	const [{ createSiteMask }, { openPseudonyms }] = await Promise.all([
		import('../redact/names/site-mask.ts'),
		import('../storage/pseudonyms.ts'),
	]);
	const name = ownName();
	const here = { machines: [hostname()], accounts: [...(name === null ? [] : [name]), ...accounts] };
	const elsewhere = safes.map((safe) => ({ id: safe, name: safe }));
	const mask = createSiteMask(inventory, await openPseudonyms(stateDirectory), { hide: 'all', here, elsewhere });
	hideInOwnWords(mask);
	return mask;
}

import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Inventory } from '../domain/inventory.ts';
import type { Program, Writer } from '../domain/measurement.ts';
import { ownName } from '../domain/own-name.ts';
import { inOneSentence, messageOf, UserError } from '../domain/user-error.ts';
import type { Sites } from '../engine/sharing/site-sharing.ts';
import { siteDirectory, stateDirectory } from '../storage/directories.ts';

/** Who this program is to the others of this host. */
export function ownWriter(program: Program): Writer {
	const uid = process.getuid?.() ?? -1;
	return { program, uid, user: ownName() ?? (uid === -1 ? userInfo().username : String(uid)) };
}

/**
 * Opens what vpmon programs of this host know together. What is measured of sensitive Safes stays in a file of this user's own. Never
 * rejects: a file that cannot be used is told by its `problem`.
 *
 * @param onDamaged told in words that a damaged file was set aside.
 */
export async function openSites(
	self: Writer,
	{ safes }: Inventory,
	onDamaged: (notice: string) => void,
): Promise<Sites> {
	const options = {
		onDamaged: (aside: string) => onDamaged(`the site memory is damaged: set aside as ${aside}, a new one is begun`),
	};
	const { openSiteMemory } = await import('../storage/site-memory/open-site-memory.ts');
	const directory = directoryOrWhy();
	const problem = 'why' in directory ? directory.why : null;
	const shared = 'path' in directory ? await openSiteMemory(directory.path, self, options) : null;
	const isSensitive = safes.some(({ sensitive }) => sensitive);
	const own = isSensitive ? await openSiteMemory(join(stateDirectory, 'private'), self, options) : null;
	return { shared, own, problem };
}

/** One that others may have laid out is not used, and everything goes on unshared. */
function directoryOrWhy(): { readonly path: string } | { readonly why: string } {
	try {
		return { path: siteDirectory() };
	} catch (error) {
		return { why: error instanceof UserError ? inOneSentence(error) : messageOf(error) };
	}
}

export function closeSites({ shared, own }: Sites): void {
	shared?.close();
	own?.close();
}

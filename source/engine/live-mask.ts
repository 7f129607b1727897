import type { Coverage } from '../domain/coverage.ts';
import type { MaskOptions } from '../redact/names/known-names.ts';
import type { Engine } from './engine.ts';
import { accountsOf } from './names-here.ts';
import type { Session } from './session/session.ts';

/** Masks texts by the inventory as it is now. */
export type LiveMask = ((text: string) => string) & {
	/** Whether its names are others than at the last call, so that what was masked before counts no more. */
	readonly isRenewed: () => boolean;
};

/**
 * Made when it is first wanted, and anew with the inventory. Numbers come from the file that reports share: SAFE-3 is SAFE-3 in both.
 *
 * @param hide `sensitive` leaves all but sensitive Safes as they are.
 */
export async function createLiveMask(
	engine: Pick<Engine, 'session'>,
	hide: Exclude<MaskOptions['hide'], 'others'> = 'all',
): Promise<LiveMask> {
	const [{ createSiteMask }, { openPseudonyms }, { stateDirectory }] = await Promise.all([
		import('../redact/names/site-mask.ts'),
		import('../storage/pseudonyms.ts'),
		import('../storage/directories.ts'),
	]);
	const pseudonyms = await openPseudonyms(stateDirectory);
	const { accounts } = engine.session.facts;
	let known = accounts.size;
	const maskOf = ({ inventory, coverage, measuredFrom }: Session) => {
		known = accounts.size;
		const here = { machines: [measuredFrom], accounts: accountsOf(engine.session) };
		return createSiteMask(inventory, pseudonyms, { hide, here, elsewhere: coverage?.withoutTarget });
	};
	let before = engine.session.get();
	let mask = maskOf(before);
	const isRenewed = () => {
		const now = engine.session.get();
		const isKnown = accounts.size === known;
		if (isKnown && now.inventory === before.inventory && now.coverage === before.coverage) return false;
		const isSame = isKnown && now.inventory === before.inventory && hasSameListed(now.coverage, before.coverage);
		before = now;
		if (!isSame) mask = maskOf(now);
		return !isSame;
	};
	return Object.assign((text: string) => mask(text), { isRenewed });
}

/** VaultPAM's list is read every few minutes, and is mostly the one before. */
function hasSameListed(a: Coverage | null, b: Coverage | null): boolean {
	return JSON.stringify(a?.withoutTarget ?? []) === JSON.stringify(b?.withoutTarget ?? []);
}

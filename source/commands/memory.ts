import { cleanText } from '../domain/clean.ts';
import type { Inventory } from '../domain/inventory.ts';
import { formatTarget } from '../domain/target.ts';
import { UserError } from '../domain/user-error.ts';
import { visibleJson } from '../domain/visible-json.ts';
import { notice } from '../own-words.ts';
import { mapTexts } from '../report/map-texts.ts';
import { formatMemory } from '../report/memory-text.ts';
import { wholeInventory } from './choose-inventory.ts';
import { identitiesBySafe } from './kept-safes.ts';
import { keysOf } from './kept-targets.ts';
import { memoryReport, type OpenedSite } from './memory-report.ts';
import { closeSites, openSites, ownWriter } from './open-sites.ts';
import { inventoryMask } from './output-mask.ts';
import { resolvePseudonyms } from './pseudonym-names.ts';

export type MemoryFlags = { inventory?: string; forget?: string; json?: boolean; mask?: boolean };

/** `vpmon memory`: what the vpmon programs of this host know together, and by whom; nothing is measured. */
export async function memory({ inventory: file, forget: given, json = false, mask: flag }: MemoryFlags): Promise<void> {
	const [forget] = await resolvePseudonyms(given === undefined ? [] : [given], file);
	const inventory = wholeInventory(forget === undefined ? [] : [forget], file === undefined ? {} : { inventory: file });
	const mask = await inventoryMask(inventory, flag);
	const sites = await openSites(ownWriter('check'), inventory, notice);
	try {
		const opened: OpenedSite[] = [
			...(sites.shared === null ? [] : [{ site: sites.shared, isPrivate: false }]),
			...(sites.own === null ? [] : [{ site: sites.own, isPrivate: true }]),
		];
		const { problem = null } = sites;
		if (problem !== null && forget !== undefined)
			throw new UserError(`Not forgotten: ${problem}`, 'What is kept goes by itself after 30 days.');
		if (problem !== null) notice(`what all share cannot be read: ${problem}`);
		if (forget !== undefined) return forgetSafe(forget, inventory, opened, json);
		const report = memoryReport(inventory, opened, Date.now());
		const uid = process.getuid?.() ?? -1;
		process.stdout.write(
			json
				? visibleJson(`${JSON.stringify(mapTexts(report, mask), null, 1)}\n`)
				: cleanText(`${mask(formatMemory(report, uid))}\n`),
		);
	} finally {
		closeSites(sites);
	}
}

function forgetSafe(name: string, inventory: Inventory, opened: readonly OpenedSite[], json: boolean): void {
	const safe = inventory.safes.find((candidate) => candidate.name === name);
	if (safe === undefined) throw new Error(`no Safe ${name}`);
	let rows = 0;
	for (const { site } of opened) {
		const keys = keysOf(safe, inventory, site.load(site.sources()));
		const safes = identitiesBySafe(inventory, site).get(name) ?? [];
		if (keys.length + safes.length > 0) rows += site.forget({ keys, safes });
		const problem = site.problem();
		if (problem !== null)
			throw new UserError(`Not forgotten: ${problem}`, 'What is kept goes by itself after 30 days.');
	}
	if (json) {
		process.stdout.write(visibleJson(`${JSON.stringify({ schemaVersion: 1, forgotten: name, rows }, null, 1)}\n`));
		return;
	}
	const target = `${safe.username}@${formatTarget(safe.host, safe.port)}`;
	process.stdout.write(
		rows === 0
			? `nothing is kept of ${name} (${target})\n`
			: `forgotten: ${rows} ${rows === 1 ? 'row' : 'rows'} of ${name} (${target}): measurements of its target, samples, note, error text\n`,
	);
}

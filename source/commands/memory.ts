import { cleanText } from '../domain/clean.ts';
import type { Inventory } from '../domain/inventory.ts';
import { formatTarget } from '../domain/target.ts';
import { UserError } from '../domain/user-error.ts';
import { visibleJson } from '../domain/visible-json.ts';
import { notice } from '../own-words.ts';
import { mapTexts } from '../report/map-texts.ts';
import type { MemoryReport } from '../report/memory-report.ts';
import { formatMemory } from '../report/memory-text.ts';
import { wholeInventory } from './choose-inventory.ts';
import { identitiesBySafe } from './kept-safes.ts';
import { keysOf } from './kept-targets.ts';
import { memoryReport, type OpenedSite } from './memory-report.ts';
import { closeSites, openSites, ownWriter } from './open-sites.ts';
import { inventoryMask, type OutputMask } from './output-mask.ts';
import { resolvePseudonyms } from './pseudonym-names.ts';

export type MemoryFlags = { inventory?: string; forget?: string; json?: boolean; mask?: boolean };

/** `vpmon memory`: what the vpmon programs of this host know together, and by whom; nothing is measured. */
export async function memory({ inventory: file, forget: given, json = false, mask: flag }: MemoryFlags): Promise<void> {
	const [forget] = await resolvePseudonyms(given === undefined ? [] : [given], file);
	const inventory = wholeInventory(forget === undefined ? [] : [forget], file === undefined ? {} : { inventory: file });
	await inventoryMask(inventory, flag);
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
		const found = memoryReport(inventory, opened, Date.now());
		const mask = await inventoryMask(inventory, flag, { accounts: accountsIn(found) });
		if (forget !== undefined) return forgetSafe(forget, inventory, opened, json, mask);
		// Before it is laid out: columns fit what is shown.
		const report = mapTexts(found, mask);
		const uid = process.getuid?.() ?? -1;
		process.stdout.write(
			json ? visibleJson(`${JSON.stringify(report, null, 1)}\n`) : cleanText(`${formatMemory(report, uid)}\n`),
		);
	} finally {
		closeSites(sites);
	}
}

/** Who wrote what is kept. */
function accountsIn({ targets, connectors, safes, claims, files }: MemoryReport): string[] {
	const told = [
		...targets.flatMap(({ connections, hostKeys, answers, netcat }) => [connections, ...hostKeys, ...answers, netcat]),
		...safes.flatMap(({ note, reportedError }) => [note, reportedError]),
		...connectors,
		...claims,
	];
	const users = [...told.map((each) => each?.by.user ?? ''), ...files.map(({ owner }) => owner)];
	return [...new Set(users)].filter((user) => user !== '');
}

function forgetSafe(
	name: string,
	inventory: Inventory,
	opened: readonly OpenedSite[],
	json: boolean,
	mask: OutputMask,
): void {
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
		const told = { schemaVersion: 1, forgotten: mask(name), rows };
		process.stdout.write(visibleJson(`${JSON.stringify(told, null, 1)}\n`));
		return;
	}
	const whose = `${mask(name)} (${mask(safe.username)}@${mask(formatTarget(safe.host, safe.port))})`;
	process.stdout.write(
		rows === 0
			? `nothing is kept of ${whose}\n`
			: `forgotten: ${rows} ${rows === 1 ? 'row' : 'rows'} of ${whose}: measurements of its target, samples, note, error text\n`,
	);
}

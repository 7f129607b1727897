import { cleanText } from '../domain/clean.ts';
import type { SessionEvent } from '../domain/event.ts';
import type { Inventory } from '../domain/inventory.ts';
import { UserError } from '../domain/user-error.ts';
import { visibleJson } from '../domain/visible-json.ts';
import { storedEvents } from '../engine/history/shared-history.ts';
import { notice } from '../own-words.ts';
import { formatHistory, formatSafeHistory } from '../report/history-text.ts';
import { mapTexts } from '../report/map-texts.ts';
import { safeHistory } from '../runbook/safe-history.ts';
import { mergeEvents } from '../storage/event-echoes.ts';
import { wholeInventory } from './choose-inventory.ts';
import { openHistoryOf } from './open-history.ts';
import { closeSites, openSites, ownWriter } from './open-sites.ts';
import { inventoryMask } from './output-mask.ts';
import { resolvePseudonyms } from './pseudonym-names.ts';

export type HistoryFlags = {
	inventory?: string;
	/** Milliseconds since 1970. */
	since?: number;
	json?: boolean;
	/** Undefined: as the inventory says. */
	mask?: boolean;
};

const keptMs = 30 * 86_400_000;

/** `vpmon history`: what changed, as the screens and exporters of this host kept it; nothing is measured. */
export async function history(
	given: string | undefined,
	{ inventory: file, since, json, mask: flag }: HistoryFlags,
): Promise<void> {
	const [safe] = await resolvePseudonyms(given === undefined ? [] : [given], file);
	const flags = file === undefined ? {} : { inventory: file };
	const inventory = wholeInventory([], flags);
	await inventoryMask(inventory, flag);
	const all = await readAll(inventory);
	const listed = new Set(inventory.safes.map(({ name }) => name));
	const gone = all.flatMap((event) => (event.kind === 'safes' ? event.safes : [])).filter((name) => !listed.has(name));
	const mask = await inventoryMask(inventory, flag, { safes: [...new Set(gone)] });
	const own = safe === undefined ? null : safeHistory(all, safe);
	// One that left the inventory still has its past.
	if (safe !== undefined && own === null) wholeInventory([safe], flags);
	const events = all.filter(
		(event) => Date.parse(event.at) >= (since ?? 0) && (safe === undefined || tellsOf(event, safe)),
	);
	const now = Date.now();
	if (json) {
		const report = { schemaVersion: 1, generatedAt: new Date(now).toISOString(), safe: safe ?? null, ...own, events };
		process.stdout.write(visibleJson(`${JSON.stringify(mapTexts(report, mask), null, 1)}\n`));
		return;
	}
	if (all.length === 0 || (safe !== undefined && own === null))
		throw new UserError(
			safe === undefined
				? `Nothing is kept yet of ${inventory.file}.`
				: `Nothing is kept yet of ${JSON.stringify(safe)}.`,
			'The screen keeps what it sees change for 30 days: start it with vpmon.',
		);
	// Before it is laid out: columns fit what is shown.
	const shown = mapTexts(events, mask);
	const text =
		safe === undefined || own === null
			? formatHistory(shown, now)
			: formatSafeHistory(mask(safe), shown, mapTexts(own, mask), now);
	process.stdout.write(cleanText(`${text}\n`));
}

/** What this user's programs kept, and what all programs of the host tell of the same inventory. */
async function readAll(inventory: Inventory): Promise<readonly SessionEvent[]> {
	const { file, settings } = inventory;
	if (file === null) return [];
	const own = await (await openHistoryOf(file)).read();
	if (!settings.share) return own;
	const sites = await openSites(ownWriter('check'), inventory, notice);
	const since = Date.now() - keptMs;
	const shared = [sites.shared, sites.own].map((site) => storedEvents(site?.transitions(file, since) ?? []));
	closeSites(sites);
	return mergeEvents(own, ...shared);
}

function tellsOf(event: SessionEvent, safe: string): boolean {
	return event.kind === 'safes' && event.safes.includes(safe);
}

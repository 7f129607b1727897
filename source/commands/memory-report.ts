import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Inventory } from '../domain/inventory.ts';
import { parseJson } from '../domain/json.ts';
import { formatTarget } from '../domain/target.ts';
import type { KeptFile, MemoryReport } from '../report/memory-report.ts';
import { nameOfGroup, nameOfUser } from '../storage/accounts.ts';
import { otherBoards } from '../storage/other-boards.ts';
import type { SiteMemory } from '../storage/site-memory/site-memory.ts';
import { identitiesBySafe, keptSafe } from './kept-safes.ts';
import { keptTargets, toldBy } from './kept-targets.ts';

/** A file of the site memory, and whether it is the one for sensitive Safes. */
export type OpenedSite = { readonly site: SiteMemory; readonly isPrivate: boolean };

/** Tells what the files hold, by the Safes of an inventory. */
export function memoryReport(inventory: Inventory, opened: readonly OpenedSite[], now: number): MemoryReport {
	const sites = opened.map(({ site }) => site);
	const measurements = sites.flatMap((site) => site.load(site.sources()));
	const targets = keptTargets(inventory, measurements);
	const identities = new Map(sites.map((site) => [site, identitiesBySafe(inventory, site)]));
	const own = new Set([...identities.values()].flatMap((bySafe) => [...bySafe.values()].flat()));
	return {
		schemaVersion: 1,
		generatedAt: new Date(now).toISOString(),
		inventory: inventory.file,
		isTakingPart: inventory.settings.share,
		files: opened.map(describeFile),
		otherBoards: otherBoards(),
		targets: targets.filter(({ safes }) => safes.length > 0),
		otherTargets: targets.filter(({ safes }) => safes.length === 0).length,
		connectors: measurements.flatMap((measurement) => {
			const { source, address: connector } = measurement.key;
			return measurement.part === 'connector' ? [{ source, connector, ...toldBy(measurement) }] : [];
		}),
		safes: inventory.safes.flatMap((safe) => {
			// Of a sensitive Safe only this user's own file has anything.
			const found = opened.find(({ isPrivate }) => isPrivate === safe.sensitive) ?? opened[0];
			if (found === undefined) return [];
			return [keptSafe(safe, identities.get(found.site)?.get(safe.name) ?? [], found.site)];
		}),
		otherSafes: sites.flatMap((site) => site.sampledSafes()).filter((identity) => !own.has(identity)).length,
		claims: sites.flatMap((site) =>
			site.claims('').map(({ key, what, by, since }) => ({
				of: claimedThing(key),
				...{ what, by, at: new Date(since).toISOString() },
			})),
		),
		transitions: sites.flatMap((site) => (inventory.file === null ? [] : site.transitions(inventory.file, 0))).length,
	};
}

function describeFile({ site, isPrivate }: OpenedSite): KeptFile {
	const found = statSync(site.file, { throwIfNoEntry: false });
	const directory = statSync(dirname(site.file), { throwIfNoEntry: false });
	const mode = (found?.mode ?? 0) & 0o777;
	return {
		file: site.file,
		isPrivate,
		owner: found === undefined ? '' : nameOfUser(found.uid),
		group: found === undefined ? '' : nameOfGroup(found.gid),
		mode: `0${mode.toString(8)}`,
		bytes: found?.size ?? 0,
		isShared: (mode & 0o060) === 0o060 && ((directory?.mode ?? 0) & 0o020) !== 0,
		problem: site.problem(),
	};
}

/** `target ["host","host","10.0.0.5",22]` as people call it; others by what they are. */
function claimedThing(key: string): string {
	const parts = key.startsWith('target ') ? parseJson(key.slice('target '.length)) : null;
	const [, , address, port] = Array.isArray(parts) ? (parts as unknown[]) : [];
	return typeof address === 'string' && typeof port === 'number' ? formatTarget(address, port) : key;
}

import type { Inventory, Safe } from '../domain/inventory.ts';
import { identityOf, readIdentity } from '../engine/sharing/safe-identity.ts';
import type { KeptSafe } from '../report/memory-report.ts';
import type { SiteMemory } from '../storage/site-memory/site-memory.ts';

/**
 * Names under which anything is kept in a file, by the Safe of the inventory. A Safe with another key or stored host key is another
 * one there, but what was kept of it before belongs to the same Safe.
 */
export function identitiesBySafe({ safes, connectors }: Inventory, site: SiteMemory): ReadonlyMap<string, string[]> {
	const all = new Set([...site.sampledSafes(), ...site.notes().keys(), ...site.reportedErrors().keys()]);
	const known = Map.groupBy(all, (identity) => JSON.stringify(readIdentity(identity)));
	const byName = new Map(connectors.map((connector) => [connector.name, connector]));
	return new Map(
		safes.map((safe): [string, string[]] => {
			const connector = byName.get(safe.connector);
			if (connector === undefined) return [safe.name, []];
			const own = JSON.stringify(readIdentity(identityOf(safe, connector, null)));
			return [safe.name, known.get(own) ?? []];
		}),
	);
}

/** What is kept of a Safe in one file. */
export function keptSafe({ name }: Safe, identities: readonly string[], site: SiteMemory): KeptSafe {
	const first = (texts: ReadonlyMap<string, { text: string; at: number; by: KeptText['by'] }>): KeptText | null => {
		const [found] = identities.flatMap((identity) => texts.get(identity) ?? []);
		return found === undefined ? null : { text: found.text, at: new Date(found.at).toISOString(), by: found.by };
	};
	const samples = identities.map((identity) => site.samplesOf(identity, 0));
	return {
		name,
		samples: samples.reduce((count, { recent }) => count + recent.length, 0),
		hours: samples.reduce((count, { hours }) => count + hours.length, 0),
		note: first(site.notes()),
		reportedError: first(site.reportedErrors()),
	};
}

type KeptText = NonNullable<KeptSafe['note']>;

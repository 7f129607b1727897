import { isDeepStrictEqual } from 'node:util';
import type { Connector, Inventory, Safe } from '../domain/inventory.ts';

/** What an inventory changes of the one before it. */
export type InventoryChanges = {
	/** Names of Safes that were not there before. */
	readonly added: readonly string[];
	/** Names of Safes that say something else now, or whose connector does. */
	readonly changed: readonly string[];
	readonly removed: readonly string[];
	/** Those of the added and changed of which something has to be measured: their target, their user or what they are held against. */
	readonly toMeasure: readonly string[];
	/**
	 * When key files were changed, in milliseconds since 1970: what was measured since holds. Null where the inventory was, of which what is
	 * known of a target holds as ever.
	 */
	readonly keysChangedAt: number | null;
	/** Connectors were added, changed or removed. */
	readonly connectors: boolean;
	readonly settings: boolean;
};

/** Where something stands in the file is no part of what it says. Pure. */
export function compareInventories(before: Inventory, after: Inventory): InventoryChanges {
	const [oldSafes, newSafes] = [byName(before.safes), byName(after.safes)];
	const [oldConnectors, newConnectors] = [byName(before.connectors), byName(after.connectors)];
	const added = after.safes.filter(({ name }) => !oldSafes.has(name));
	const changed: Safe[] = [];
	const toMeasure = [...added];
	for (const safe of after.safes) {
		const old = oldSafes.get(safe.name);
		if (old === undefined) continue;
		const isElsewhere = !sameWay(oldConnectors.get(old.connector), newConnectors.get(safe.connector));
		if (isElsewhere || !sameSafe(old, safe)) changed.push(safe);
		if (isElsewhere || !sameQuestion(old, safe)) toMeasure.push(safe);
	}
	const namesOf = (safes: readonly Safe[]) => safes.map(({ name }) => name);
	return {
		keysChangedAt: null,
		added: namesOf(added),
		changed: namesOf(changed),
		removed: namesOf(before.safes.filter(({ name }) => !newSafes.has(name))),
		toMeasure: namesOf(toMeasure),
		connectors:
			before.connectors.length !== after.connectors.length ||
			before.connectors.some((connector) => !sameConnector(connector, newConnectors.get(connector.name))),
		settings:
			!isDeepStrictEqual(before.settings, after.settings) ||
			!isDeepStrictEqual(before.controlPlane, after.controlPlane),
	};
}

function byName<Named extends { readonly name: string }>(list: readonly Named[]): Map<string, Named> {
	return new Map(list.map((item) => [item.name, item]));
}

/** The same but for where it stands. */
export function sameSafe(a: Safe, b: Safe | undefined): boolean {
	return (
		b !== undefined &&
		isDeepStrictEqual({ ...a, place: null, hostKeyPlace: null }, { ...b, place: null, hostKeyPlace: null })
	);
}

export function sameConnector(a: Connector, b: Connector | undefined): boolean {
	return b !== undefined && isDeepStrictEqual({ ...a, place: null }, { ...b, place: null });
}

/** What was measured of the one's target holds for the other. */
export function sameTarget(a: Safe, b: Safe): boolean {
	return a.connector === b.connector && a.host === b.host && a.port === b.port;
}

/** Who is asked for at the target. */
export function sameLogin(a: Safe, b: Safe): boolean {
	return a.username === b.username && isDeepStrictEqual(a.credential, b.credential);
}

/** Probes of their Safes leave from one place. */
export function sameWay(a: Connector | undefined, b: Connector | undefined): boolean {
	return (
		a !== undefined &&
		b !== undefined &&
		isDeepStrictEqual([a.host, a.runtime, a.container], [b.host, b.runtime, b.container])
	);
}

function sameQuestion(a: Safe, b: Safe): boolean {
	return sameTarget(a, b) && sameLogin(a, b) && isDeepStrictEqual(a.hostKey, b.hostKey);
}

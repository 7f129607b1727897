import type { Connector, Inventory, Safe } from '../../domain/inventory.ts';
import { formatTarget } from '../../domain/target.ts';
import { sameLogin, sameTarget } from '../inventory-changes.ts';
import { KeyHolders } from './key-holders.ts';

/** The Safes and connectors of one inventory, by name and by what they share. */
export class SafeIndex {
	readonly inventory: Inventory;
	readonly holders: KeyHolders;
	readonly #safes: ReadonlyMap<string, Safe>;
	/** Also those of the inventories before: a run that is under way may still speak of them. */
	readonly #connectors: ReadonlyMap<string, Connector>;
	readonly #byTarget: ReadonlyMap<string, readonly Safe[]>;
	readonly #byConnector: ReadonlyMap<string, readonly Safe[]>;

	constructor(inventory: Inventory, before: SafeIndex | null = null) {
		const { safes, connectors } = inventory;
		this.inventory = inventory;
		this.holders = new KeyHolders(safes);
		this.#safes = new Map(safes.map((safe) => [safe.name, safe]));
		const now = connectors.map((connector) => [connector.name, connector] as const);
		this.#connectors = new Map([...(before === null ? [] : before.#connectors), ...now]);
		this.#byTarget = Map.groupBy(safes, targetKey);
		this.#byConnector = Map.groupBy(safes, ({ connector }) => connector);
	}

	get connectors(): Iterable<Connector> {
		return this.#connectors.values();
	}

	safe(name: string): Safe | undefined {
		return this.#safes.get(name);
	}

	connectorOf(safe: Safe): Connector {
		const connector = this.#connectors.get(safe.connector);
		if (connector === undefined) throw new Error(`the inventory let ${safe.name} through without its connector`);
		return connector;
	}

	/** The connector of that name in this inventory. */
	connector(name: string): Connector | undefined {
		return this.inventory.connectors.find((connector) => connector.name === name);
	}

	/** Safes of the same target, seen through the same connector. */
	sharing(safe: Safe): readonly Safe[] {
		return this.#byTarget.get(targetKey(safe)) ?? [];
	}

	behind(connector: string): readonly Safe[] {
		return this.#byConnector.get(connector) ?? [];
	}

	/** The Safe as the inventory has it now; null when it is gone, or so different that what was measured says nothing of it. */
	current(safe: Safe): Safe | null {
		const now = this.#safes.get(safe.name);
		if (now === undefined || now === safe) return now ?? null;
		return sameTarget(now, safe) && sameLogin(now, safe) ? now : null;
	}
}

/** The same address behind another connector may be another machine. */
function targetKey({ connector, host, port }: Safe): string {
	return `${connector} ${formatTarget(host, port)}`;
}

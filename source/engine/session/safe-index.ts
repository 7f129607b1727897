import type { Connector, Inventory, Safe } from '../../domain/inventory.ts';
import { formatTarget } from '../../domain/target.ts';
import { offeredKeys } from '../../runbook/judge-host-key.ts';
import { sameConnector, sameLogin, sameTarget, sameWay } from '../inventory-changes.ts';
import { KeyHolders } from './key-holders.ts';
import { createMemory, type Memory, withoutLogin } from './safe-facts.ts';

/** Names of which nothing is known any more. */
export type Forgotten = { readonly safes: ReadonlySet<string>; readonly connectors: ReadonlySet<string> };

/** The Safes and connectors of the inventory as it is now, and what is remembered of each Safe. */
export class Roster {
	#safes = new Map<string, Safe>();
	/** Also those that are gone: a run that is under way may still speak of them. */
	#connectors = new Map<string, Connector>();
	#memories = new Map<string, Memory>();
	#byTarget = new Map<string, Safe[]>();
	#holders = new KeyHolders([]);

	constructor(inventory: Inventory) {
		this.replace(inventory);
	}

	get safes(): Iterable<Safe> {
		return this.#safes.values();
	}

	get holders(): KeyHolders {
		return this.#holders;
	}

	memoryOf(safe: Safe): Memory {
		return this.#memories.get(safe.name) ?? createMemory();
	}

	connectorOf(safe: Safe): Connector {
		const connector = this.#connectors.get(safe.connector);
		if (connector === undefined) throw new Error(`the inventory let ${safe.name} through without its connector`);
		return connector;
	}

	/** Safes of the same target, seen through the same connector. */
	sharing(safe: Safe): readonly Safe[] {
		return this.#byTarget.get(targetKey(safe)) ?? [];
	}

	/** The Safe as the inventory has it now; null when it is gone, or so different that what was measured says nothing of it. */
	current(safe: Safe): Safe | null {
		const now = this.#safes.get(safe.name);
		if (now === undefined || now === safe) return now ?? null;
		return sameTarget(now, safe) && sameLogin(now, safe) ? now : null;
	}

	/** Takes in an inventory: what was learned of a target, a user and a connector stays where it still holds. */
	replace({ safes, connectors }: Inventory): Forgotten {
		const next = new Map(connectors.map((connector) => [connector.name, connector]));
		const before = [...this.#connectors.values()];
		const moved = new Set(before.filter((old) => !sameWay(old, next.get(old.name))).map(({ name }) => name));
		const forgotten = new Set<string>();
		const remembered = (safe: Safe): Memory => {
			const [memory, old] = [this.#memories.get(safe.name), this.#safes.get(safe.name)];
			if (memory === undefined || old === undefined) return createMemory();
			if (!moved.has(safe.connector) && sameTarget(old, safe))
				return sameLogin(old, safe) ? memory : withoutLogin(memory);
			forgotten.add(safe.name);
			return { ...createMemory(), words: memory.words };
		};
		this.#memories = new Map(safes.map((safe) => [safe.name, remembered(safe)]));
		this.#safes = new Map(safes.map((safe) => [safe.name, safe]));
		this.#connectors = new Map([...this.#connectors, ...next]);
		this.#byTarget = Map.groupBy(safes, targetKey);
		this.#holders = new KeyHolders(safes);
		for (const safe of safes) {
			const { target } = this.memoryOf(safe);
			if (target !== null) this.#holders.saw(safe, offeredKeys(target.connections));
		}
		const changed = before.filter((old) => !sameConnector(old, next.get(old.name)));
		return { safes: forgotten, connectors: new Set(changed.map(({ name }) => name)) };
	}
}

/** The same address behind another connector may be another machine. */
function targetKey({ connector, host, port }: Safe): string {
	return `${connector} ${formatTarget(host, port)}`;
}

import type { Connector, Inventory, Safe } from '../../domain/inventory.ts';
import { offeredKeys } from '../../runbook/judge-host-key.ts';
import { sameConnector, sameLogin, sameTarget, sameWay } from '../inventory-changes.ts';
import { noSafeFacts, type SafeFacts, withoutLogin } from './safe-facts.ts';
import { SafeIndex } from './safe-index.ts';
import type { FactsDraft } from './session-facts.ts';
import type { SessionView } from './session-view.ts';

/** Takes in another inventory: what was learned of a target, a user and a connector stays where it still holds. */
export function learnInventory(facts: FactsDraft, view: SessionView, next: Inventory): readonly Safe[] {
	const { index: before, safes: known } = facts;
	const index = new SafeIndex(next, before);
	const now = new Map(next.connectors.map((connector) => [connector.name, connector]));
	const where = (isOther: (old: Connector, now: Connector | undefined) => boolean) =>
		new Set([...before.connectors].filter((old) => isOther(old, now.get(old.name))).map(({ name }) => name));
	const moved = where((old, connector) => !sameWay(old, connector));
	const changed = where((old, connector) => !sameConnector(old, connector));
	const forgotten = new Set<string>();
	const stillKnown = (safe: Safe): SafeFacts => {
		const [old, was] = [known.get(safe.name), before.safe(safe.name)];
		if (old === undefined || was === undefined) return noSafeFacts;
		if (!moved.has(safe.connector) && sameTarget(was, safe)) return sameLogin(was, safe) ? old : withoutLogin(old);
		forgotten.add(safe.name);
		return { ...noSafeFacts, reportedError: old.reportedError };
	};
	facts.index = index;
	facts.safes = new Map(next.safes.map((safe) => [safe.name, stillKnown(safe)]));
	for (const safe of next.safes) {
		const target = facts.safes.get(safe.name)?.target ?? null;
		if (target !== null) index.holders.saw(safe, offeredKeys(target.connections));
	}
	for (const name of changed) {
		facts.connectors.delete(name);
		facts.origins.delete(name);
	}
	for (const name of facts.hosts.keys()) if (!now.has(name)) facts.hosts.delete(name);
	view.replaceInventory(next, { safes: forgotten, connectors: changed });
	// Stored keys, places in the file and what other Safes have may be other ones now.
	return next.safes;
}

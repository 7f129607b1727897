import type { Inventory } from '../../domain/inventory.ts';
import type { Writer } from '../../domain/measurement.ts';
import { type Told, toldBy } from '../history/told.ts';
import type { ConnectorFacts } from './connector-facts.ts';
import type { Only, SeenHost, SeenOrigin } from './fact.ts';
import { noSafeFacts, type SafeFacts } from './safe-facts.ts';
import { SafeIndex } from './safe-index.ts';

/** All that a session has learned and concludes from. Names are those of Safes and connectors. */
export type SessionFacts = {
	/** Name of the machine vpmon runs on. */
	readonly measuredFrom: string;
	/** Who this program is: what others measured is told as theirs. */
	readonly self: Writer;
	readonly index: SafeIndex;
	readonly safes: ReadonlyMap<string, SafeFacts>;
	/** None of a connector that was not measured yet. */
	readonly connectors: ReadonlyMap<string, ConnectorFacts>;
	readonly hosts: ReadonlyMap<string, SeenHost>;
	readonly origins: ReadonlyMap<string, SeenOrigin>;
	readonly only: Only;
	/** Accounts of this host that measured or said something: names that a mask hides. */
	readonly accounts: ReadonlySet<string>;
	/** How things stood as far as events told, in this session, before it and by others. */
	readonly told: Told;
};

/** The same for the reducer, which alone changes them: maps of thousands are changed in place, their entries are replaced. */
export type FactsDraft = {
	readonly measuredFrom: string;
	readonly self: Writer;
	index: SafeIndex;
	safes: Map<string, SafeFacts>;
	readonly connectors: Map<string, ConnectorFacts>;
	readonly hosts: Map<string, SeenHost>;
	readonly origins: Map<string, SeenOrigin>;
	/** How many measurements of a Safe are under way. */
	readonly underWay: Map<string, number>;
	only: Only;
	readonly accounts: Set<string>;
	told: Told;
};

export function createFacts(inventory: Inventory, measuredFrom: string, self: Writer): FactsDraft {
	return {
		measuredFrom,
		self,
		index: new SafeIndex(inventory),
		safes: new Map(inventory.safes.map(({ name }) => [name, noSafeFacts])),
		connectors: new Map(),
		hosts: new Map(),
		origins: new Map(),
		underWay: new Map(),
		only: null,
		accounts: new Set(),
		told: toldBy([]),
	};
}

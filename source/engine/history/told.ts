import type { CheckId, ConnectorStatus } from '../../domain/check.ts';
import type { RowChange, SessionEvent, Standing } from '../../domain/event.ts';

/** What was last told of a Safe: the next event begins there. */
export type ToldSafe = {
	readonly standing: Standing;
	/** When it came to stand so, in milliseconds since 1970. */
	readonly at: number;
	/** What the rows said that events told of. */
	readonly rows: Readonly<Partial<Record<CheckId, Pick<RowChange, 'to' | 'cause'>>>>;
	/** Another program of this host told it. */
	readonly isForeign: boolean;
};

export type ToldConnector = { readonly status: ConnectorStatus; readonly at: number; readonly isForeign: boolean };

/** The same of all Safes and connectors, by name. */
export type Told = { readonly safes: Map<string, ToldSafe>; readonly connectors: Map<string, ToldConnector> };

/** How things stood when events ended, oldest first. */
export function toldBy(events: readonly SessionEvent[]): Told {
	const told: Told = { safes: new Map(), connectors: new Map() };
	for (const event of events) tell(told, event, false);
	return told;
}

/** Takes in an event. What is older than what is known changes nothing. */
export function tell(told: Told, event: SessionEvent, isForeign: boolean): void {
	const at = Date.parse(event.at);
	if (event.kind === 'connector') {
		const known = told.connectors.get(event.connector);
		if (known === undefined || at >= known.at)
			told.connectors.set(event.connector, { status: event.to, at, isForeign });
	}
	if (event.kind !== 'safes') return;
	const rows = Object.fromEntries(event.rows.map(({ check, to, cause }) => [check, { to, cause }]));
	for (const name of event.safes) {
		const known = told.safes.get(name);
		if (known !== undefined && at < known.at) continue;
		const isSame = known !== undefined && sameStanding(known.standing, event.to);
		const base = isSame ? known : { standing: event.to, at, isForeign };
		told.safes.set(name, { ...base, rows: { ...known?.rows, ...rows } });
	}
}

export function sameStanding(a: Standing, b: Standing): boolean {
	return a.verdict === b.verdict && a.cause === b.cause;
}

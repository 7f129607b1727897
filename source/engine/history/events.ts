import { type CheckResult, type ConnectorResult, rowsOf, type SafeResult } from '../../domain/check.ts';
import type { ConnectorEvent, RowChange, SafesEvent, SessionEvent, Standing } from '../../domain/event.ts';

/** So many are kept with the session; the oldest go first. */
export const mostEvents = 2000;

/** What is known of a Safe from before it was first measured in this session. */
export type Recalled = { readonly standing: Standing; readonly at: string };

/**
 * What changed with a Safe, or null. Its first measurement is a change only against what is recalled, or when it fails. Pure.
 *
 * @param before null where it was not measured yet.
 */
export function safeEvent(
	before: SafeResult | null,
	after: SafeResult,
	recalled: Recalled | null,
	at: Date,
): SafesEvent | null {
	const from = before === null ? (recalled?.standing ?? null) : standingOf(before);
	const to = standingOf(after);
	const rows = before === null ? [] : rowChanges(before, after);
	const isSame = from !== null && sameStanding(from, to);
	if (isSame && rows.length === 0) return null;
	if (from === null && to.verdict !== 'fail') return null;
	const { connector, name } = after;
	const base = { kind: 'safes', at: at.toISOString(), connector, safes: [name] } as const;
	return { ...base, from, to, rows, summary: summaryOf(after) };
}

export function standingOf({ verdict, cause }: SafeResult): Standing {
	return { verdict, cause };
}

export function sameStanding(a: Standing, b: Standing): boolean {
	return a.verdict === b.verdict && a.cause === b.cause;
}

function rowChanges(before: SafeResult, after: SafeResult): RowChange[] {
	// Then rows were skipped for want of a row before them, not because it failed.
	const isPartial = rowsOf(before).some(isUnmeasured);
	return rowsOf(after).flatMap(({ id, verdict, cause, summary }) => {
		const row = before.checks[id];
		if (isUnmeasured(row) || (isPartial && row.verdict === 'skip') || (row.verdict === verdict && row.cause === cause))
			return [];
		return [{ check: id, from: row.verdict, to: verdict, cause, summary }];
	});
}

/** Nothing was known of it, so that whatever comes is no change. */
function isUnmeasured({ verdict, measuredAt }: CheckResult): boolean {
	return verdict === 'unknown' && measuredAt === null;
}

/** Of the row whose cause is the Safe's, else of the row that gives it its verdict. */
function summaryOf(result: SafeResult): string {
	const { verdict, cause, headline } = result;
	if (verdict === 'pass') return 'all five pass';
	const row = rowsOf(result).find(
		(candidate) => candidate.verdict === verdict && (cause === null || candidate.cause === cause),
	);
	return row?.summary ?? headline;
}

/** What changed with a connector, or null. One that is Online at first is no news. Pure. */
export function connectorEvent(
	before: ConnectorResult | undefined,
	after: ConnectorResult,
	recalled: ConnectorResult['status'] | null,
	at: Date,
): ConnectorEvent | null {
	const from = before?.status ?? recalled;
	const isNews =
		from === null ? after.status !== 'online' && after.check.verdict !== 'untested' : from !== after.status;
	if (!isNews) return null;
	const { name, status, check } = after;
	return { kind: 'connector', at: at.toISOString(), connector: name, from, to: status, summary: check.summary };
}

/** Puts new ones behind those that are kept. What happened to many Safes in the same way at once becomes one. Pure. */
export function addEvents(kept: readonly SessionEvent[], fresh: readonly SessionEvent[]): readonly SessionEvent[] {
	const all = [...kept, ...joinAlike(fresh)];
	return all.length > mostEvents ? all.slice(-mostEvents) : all;
}

function joinAlike(events: readonly SessionEvent[]): SessionEvent[] {
	const joined = new Map<string, SessionEvent>();
	for (const event of events) {
		if (event.kind !== 'safes') {
			joined.set(`${joined.size}`, event);
			continue;
		}
		const key = JSON.stringify({ ...event, at: null, safes: null });
		const known = joined.get(key);
		const safes = known?.kind === 'safes' ? [...known.safes, ...event.safes] : event.safes;
		joined.set(key, { ...event, at: known?.at ?? event.at, safes });
	}
	return [...joined.values()];
}

/** Where Safes and connectors stood when events of an earlier session ended: the newest of each. */
export function recallFrom(events: readonly SessionEvent[]) {
	const safes = new Map<string, Recalled>();
	const connectors = new Map<string, ConnectorResult['status']>();
	for (const event of events) {
		if (event.kind === 'connector') connectors.set(event.connector, event.to);
		if (event.kind !== 'safes') continue;
		for (const name of event.safes) safes.set(name, { standing: event.to, at: event.at });
	}
	return { safes, connectors };
}

/** All that happened to a Safe, with its connector and with vpmon itself, newest last. */
export function eventsOf(events: readonly SessionEvent[], safe: string, connector: string): readonly SessionEvent[] {
	return events.filter((event) => {
		if (event.kind === 'safes') return event.safes.includes(safe);
		return event.kind === 'connector' ? event.connector === connector : true;
	});
}

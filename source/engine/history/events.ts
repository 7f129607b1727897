import { type CheckResult, type ConnectorResult, rowsOf, type SafeResult } from '../../domain/check.ts';
import type { ConnectorEvent, RowChange, SafesEvent, SessionEvent, Standing } from '../../domain/event.ts';
import { withoutProvenance } from '../../runbook/judgement.ts';
import { sameStanding, type ToldConnector, type ToldSafe } from './told.ts';

/** So many are kept with the session; the oldest go first. */
export const mostEvents = 2000;

/**
 * What changed with a Safe, or null. Its first measurement is a change only against what was told before, or when it fails. Its time is
 * that of the evidence that made it, so that every program which has the evidence tells the same. Pure.
 *
 * @param before null where it was not measured yet.
 * @param told null where nothing was told of it yet.
 */
export function safeEvent(
	before: SafeResult | null,
	after: SafeResult,
	told: ToldSafe | null,
	now: Date,
): SafesEvent | null {
	const was = before === null ? null : standingOf(before);
	const from = told?.standing ?? was;
	const to = standingOf(after);
	const isSame = from !== null && sameStanding(from, to);
	const changes = before === null ? [] : rowChanges(before, after);
	const isOther = was === null || !sameStanding(was, to);
	// Another program told of the change already, or still stands where it stood.
	if (!isSame && !isOther) return null;
	const rows = isSame ? (isOther ? [] : changes.filter((row) => !isTold(told, row))) : changes;
	if (isSame && rows.length === 0) return null;
	if (from === null && to.verdict !== 'fail') return null;
	// What could not be found out at first is less than what is known.
	if (before === null && to.verdict === 'unknown') return null;
	const at = evidenceTime(before, after, now);
	// Others were told of newer evidence.
	if (at !== null && told?.isForeign === true && at <= told.at) return null;
	const { connector, name } = after;
	const base = { kind: 'safes', at: new Date(at ?? now).toISOString(), connector, safes: [name] } as const;
	return { ...base, from, to, rows, summary: summaryOf(after) };
}

export function standingOf({ verdict, cause }: SafeResult): Standing {
	return { verdict, cause };
}

/** When the evidence began that a Safe came to stand otherwise by; null where it is not newer than before: then our copy changed. */
export function evidenceTime(before: SafeResult | null, after: SafeResult, now: Date): number | null {
	const times = rowsOf(after).flatMap(({ id, verdict, cause, measuredAt }) => {
		if (measuredAt === null) return [];
		const row = before?.checks[id];
		if (row === undefined) return verdict === after.verdict ? [Date.parse(measuredAt)] : [];
		const isChanged = row.verdict !== verdict || row.cause !== cause;
		return isChanged && (row.measuredAt === null || row.measuredAt < measuredAt) ? [Date.parse(measuredAt)] : [];
	});
	return times.length === 0 ? null : Math.min(now.getTime(), Math.max(...times));
}

function isTold(told: ToldSafe | null, { check, to, cause }: RowChange): boolean {
	const row = told?.rows[check];
	return row?.to === to && row.cause === cause;
}

/** What the budget refused, or nobody asked yet, is no change. */
function rowChanges(before: SafeResult, after: SafeResult): RowChange[] {
	// Then rows were skipped for want of a row before them, not because it failed.
	const isPartial = [before, after].some((result) => rowsOf(result).some(isUnmeasured));
	return rowsOf(after).flatMap((now) => {
		const { id, verdict, cause, summary } = now;
		const row = before.checks[id];
		if (isUnmeasured(row) || isUnmeasured(now) || (row.verdict === verdict && row.cause === cause)) return [];
		if (isPartial && (row.verdict === 'skip' || verdict === 'skip')) return [];
		return [{ check: id, from: row.verdict, to: verdict, cause, summary: withoutProvenance(summary) }];
	});
}

/** Nothing was known of it, so that whatever comes is no change. */
export function isUnmeasured({ verdict, measuredAt }: CheckResult): boolean {
	return verdict === 'unknown' && measuredAt === null;
}

/** Of the row whose cause is the Safe's, else of the row that gives it its verdict. */
function summaryOf(result: SafeResult): string {
	const { verdict, cause, headline } = result;
	if (verdict === 'pass') return 'all five pass';
	const row = rowsOf(result).find(
		(candidate) => candidate.verdict === verdict && (cause === null || candidate.cause === cause),
	);
	return withoutProvenance(row?.summary ?? headline);
}

/** What changed with a connector, or null. One that is Online at first is no news. Pure. */
export function connectorEvent(
	before: ConnectorResult | undefined,
	after: ConnectorResult,
	told: ToldConnector | null,
	now: Date,
): ConnectorEvent | null {
	const { name, status, check } = after;
	const from = told?.status ?? before?.status ?? null;
	if (from === status || before?.status === status) return null;
	if (from === null && (status === 'online' || check.verdict === 'untested')) return null;
	// Who may not ask it knows less than who told of it.
	if (before === undefined && from !== null && status === 'unknown') return null;
	const measuredAt = check.measuredAt === null ? now.getTime() : Date.parse(check.measuredAt);
	if (told?.isForeign === true && measuredAt <= told.at) return null;
	const at = new Date(Math.min(now.getTime(), measuredAt)).toISOString();
	return { kind: 'connector', at, connector: name, from, to: status, summary: withoutProvenance(check.summary) };
}

/** Puts new ones among those that are kept, by their times. What happened to many Safes in the same way at once becomes one. Pure. */
export function addEvents(kept: readonly SessionEvent[], fresh: readonly SessionEvent[]): readonly SessionEvent[] {
	const all = [...kept, ...joinAlike(fresh)];
	const times = all.map(({ at }) => Date.parse(at));
	const isSorted = times.every((time, index) => index === 0 || time >= (times[index - 1] ?? 0));
	const sorted = isSorted ? all : all.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
	return sorted.length > mostEvents ? sorted.slice(-mostEvents) : sorted;
}

/** A Safe that changed twice is left as it is told. */
export function joinAlike(events: readonly SessionEvent[]): readonly SessionEvent[] {
	const safes = events.flatMap((event) => (event.kind === 'safes' ? event.safes : []));
	if (new Set(safes).size < safes.length) return events;
	const joined = new Map<string, SessionEvent>();
	for (const event of events) {
		const key = event.kind === 'safes' ? JSON.stringify({ ...event, at: null, safes: null }) : `${joined.size}`;
		const known = joined.get(key);
		if (event.kind !== 'safes' || known?.kind !== 'safes') joined.set(key, event);
		else joined.set(key, { ...event, at: known.at, safes: [...known.safes, ...event.safes] });
	}
	return [...joined.values()];
}

/** All that happened to a Safe, with its connector and with vpmon itself, newest last. */
export function eventsOf(events: readonly SessionEvent[], safe: string, connector: string): readonly SessionEvent[] {
	return events.filter((event) => {
		if (event.kind === 'safes') return event.safes.includes(safe);
		return event.kind === 'connector' ? event.connector === connector : true;
	});
}

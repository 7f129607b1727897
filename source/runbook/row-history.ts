import type { CheckId } from '../domain/check.ts';
import type { RowChange, SessionEvent } from '../domain/event.ts';
import { formatSince } from '../domain/time.ts';
import type { RowHistory } from './stability.ts';

/** A row of a Safe that changed, and when (ISO 8601). */
export type DatedChange = RowChange & { readonly at: string };

/** The changes of one row of a Safe, newest last. Pure. */
export function rowHistory(events: readonly SessionEvent[], safe: string, check: CheckId): DatedChange[] {
	return events.flatMap((event) =>
		event.kind !== 'safes' || !event.safes.includes(safe)
			? []
			: event.rows.filter((row) => row.check === check).map((row) => ({ ...row, at: event.at })),
	);
}

const mostTold = 4;

/** `pass until 21 Nov, fail until 14:02, pass since`; null where it never changed. Pure. */
export function describeRowHistory(changes: readonly DatedChange[], now: number): string | null {
	const told = changes.slice(-mostTold);
	const last = told.at(-1);
	if (last === undefined) return null;
	const when = ({ at }: DatedChange) => formatSince(Date.parse(at), now);
	const until = told.map((change) => `${change.from} until ${when(change)}`);
	const before = changes.length > told.length ? `${changes.length - told.length} changes before; ` : '';
	return `${before}${until.join(', ')}, ${last.to} since`;
}

/** `3 of the last 5 measurements failed`; null where all came out the same. Pure. */
export function describeMeasurements(history: RowHistory[CheckId]): string | null {
	const lately = history ?? [];
	const failed = lately.filter((measurement) => measurement.failed).length;
	return failed === 0 || failed === lately.length ? null : `${failed} of the last ${lately.length} measurements failed`;
}

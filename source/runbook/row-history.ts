import type { CheckId } from '../domain/check.ts';
import type { RowChange, SessionEvent } from '../domain/event.ts';

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

import type { Cause } from './cause.ts';
import type { CheckId, ConnectorStatus } from './check.ts';
import type { OverallVerdict, Verdict } from './verdict.ts';

/** What changed, newest last: plain data, as it is kept with the session and on disk. Names in it are not masked. */
export type SessionEvent = SafesEvent | ConnectorEvent | SweepEvent | WatchEvent;

/** Where a Safe stands. */
export type Standing = { readonly verdict: OverallVerdict; readonly cause: Cause | null };

/** A row that says something else than before. */
export type RowChange = {
	readonly check: CheckId;
	readonly from: Exclude<Verdict, 'running'>;
	readonly to: Exclude<Verdict, 'running'>;
	readonly cause: Cause | null;
	/** One line for people. */
	readonly summary: string;
};

/** Safes of one connector that changed in the same way at one time: mostly one, all of them when their connector goes. */
export type SafesEvent = {
	readonly kind: 'safes';
	/** The same in all programs of a host that tell of this change; only where it is kept. */
	readonly id?: string | undefined;
	/** When the evidence began that tells of it; ISO 8601, as in the others. */
	readonly at: string;
	readonly connector: string;
	readonly safes: readonly string[];
	/** Null where nothing is known of the time before. */
	readonly from: Standing | null;
	readonly to: Standing;
	/** Rows that were known before and changed; a Safe's verdict may be the same as before. */
	readonly rows: readonly RowChange[];
	/** Of the row that tells. */
	readonly summary: string;
};

export type ConnectorEvent = {
	readonly kind: 'connector';
	/** As with Safes. */
	readonly id?: string | undefined;
	readonly at: string;
	readonly connector: string;
	readonly from: ConnectorStatus | null;
	readonly to: ConnectorStatus;
	readonly summary: string;
};

/** A sweep that ended before all Safes were measured. */
export type SweepEvent = {
	readonly kind: 'sweep';
	readonly at: string;
	readonly done: number;
	readonly total: number;
};

/** vpmon began to look, or ended: of the time between an end and a beginning nothing is known. */
export type WatchEvent = {
	readonly kind: 'watch';
	readonly at: string;
	readonly begun: boolean;
};

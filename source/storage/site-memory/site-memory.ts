import type { SessionEvent } from '../../domain/event.ts';
import type { Measurement, MeasurementKey, Writer } from '../../domain/measurement.ts';
import type { Samples, SampleToKeep } from './samples/sample.ts';

/** What all vpmon programs of a host know together, kept in one file. Nothing here throws: what cannot be read or kept is said by `problem`. */
export type SiteMemory = {
	/** Who this program is to the others. */
	readonly self: Writer;
	/** Absolute path of the file. */
	readonly file: string;
	/** Why nothing is shared just now, in one sentence with the remedy; null while it is. */
	problem(): string | null;

	/** The connector hosts that anything is kept of. */
	sources(): readonly string[];
	/** All measurements of these connector hosts that are kept, the oldest first. */
	load(sources: readonly string[]): readonly Measurement[];
	/** The same in slices of a few milliseconds, with turns for others in between: for thousands of targets. */
	loadGradually(sources: readonly string[], take: (measurements: readonly Measurement[]) => void): Promise<void>;
	/** Keeps finished parts. Gathered for a moment with others of the same time and written together; resolves once they are. */
	put(measurements: readonly Measurement[]): Promise<void>;

	/**
	 * Claims what is about to be measured or done; all keys or none.
	 *
	 * @param keys `claimKey(…)` of each address, or `fix …`.
	 * @param what the questions, or what is being done, for others to read.
	 * @returns the claim, or who holds it.
	 */
	claim(keys: readonly string[], what: string, leaseMs: number): Promise<Claim | ClaimedBy>;
	/** Claims of others that are in force and whose key begins so. */
	claims(prefix: string): readonly ClaimedBy[];

	/** Calls back with what other programs wrote, until stopped. A first call of `load` sets where it begins. */
	watch(listener: (change: SiteChange) => void): () => void;
	/** Looks now rather than at the next poll; the listeners of `watch` are told before it returns. */
	poll(): void;

	/** Takes in the error text of a session (already without secrets) for a Safe as it is; null takes it away. */
	putReportedError(safe: string, error: ReportedErrorNote | null): void;
	reportedErrors(): ReadonlyMap<string, ReportedErrorNote>;
	putNote(safe: string, note: Note | null): void;
	notes(): ReadonlyMap<string, Note>;

	/** True for the first program that tells of it: that one writes the history line. */
	putTransition(id: string, inventory: string, event: SessionEvent): boolean;
	/** The transitions of an inventory since then, oldest first. */
	transitions(inventory: string, since: number): readonly StoredTransition[];

	/** The first sweep of an inventory was agreed to on this host: who did, and when. */
	agreement(inventory: string): { readonly at: number; readonly by: Writer } | null;
	agree(inventory: string): void;

	/** Takes in how Safes stood when they were measured. Written every 5 min; a sample of the same second is kept once, whoever puts it. */
	putSamples(samples: readonly SampleToKeep[]): void;
	/** Writes all that waits; before a program ends. */
	flushSamples(): Promise<void>;
	/**
	 * How a Safe stood, for strips of 24 h, 7 and 30 days.
	 *
	 * @param safe `safeIdentity`.
	 * @param since milliseconds since 1970.
	 */
	samplesOf(safe: string, since: number): Samples;
	/** The Safes that samples are kept of. */
	sampledSafes(): readonly string[];

	/** Removes all that is kept of these targets and Safes, samples among it. Returns how many rows. */
	forget(what: { readonly keys: readonly MeasurementKey[]; readonly safes: readonly string[] }): number;
	close(): void;
};

/** What is held of something for a while: who measures it now, or makes a fix. */
export type Claim = {
	readonly ok: true;
	/** Ends it. Others go on at once. */
	release(): Promise<void>;
};

export type ClaimedBy = {
	readonly ok: false;
	readonly key: string;
	readonly what: string;
	readonly by: Writer;
	/** Milliseconds since 1970. */
	readonly since: number;
	/** How long it still holds unless it is renewed. */
	readonly leftMs: number;
};

export type SiteChange = {
	readonly measurements: readonly Measurement[];
	/** Reported errors, notes or claims of fixes are others now. */
	readonly isOther: boolean;
	readonly transitions: readonly StoredTransition[];
};

export type StoredTransition = {
	readonly id: string;
	readonly inventory: string;
	readonly event: SessionEvent;
	readonly by: Writer;
};

/** Who noted what of a Safe, and until when. Times are milliseconds since 1970. */
export type Note = {
	readonly text: string;
	readonly at: number;
	readonly until: number | null;
	readonly by: Writer;
};

/** The error text that a session showed, as a person gave it. */
export type ReportedErrorNote = { readonly text: string; readonly at: number; readonly by: Writer };

/** The claim of one target's address. */
export function claimKey({ source, origin, address, port }: MeasurementKey): string {
	return `target ${JSON.stringify([source, origin, address, port])}`;
}

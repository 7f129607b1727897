import type { Writer } from '../domain/measurement.ts';

/** What `vpmon memory` tells: the JSON of the command as it is. Times are ISO 8601. */
export type MemoryReport = {
	readonly schemaVersion: 1;
	readonly generatedAt: string;
	readonly inventory: string | null;
	/** False with `settings: {share: false}` in the inventory: its programs neither read nor write. */
	readonly isTakingPart: boolean;
	readonly files: readonly KeptFile[];
	/** Site memories of this host that this user's programs do not share, and the one command that changes it. */
	readonly otherBoards: ReadonlyArray<{ readonly directory: string; readonly whose: string; readonly command: string }>;
	readonly targets: readonly KeptTarget[];
	/** Targets that no Safe of the inventory has. */
	readonly otherTargets: number;
	readonly connectors: ReadonlyArray<{ readonly source: string; readonly connector: string } & Told>;
	readonly safes: readonly KeptSafe[];
	/** Safes of other inventories, or as they were before, that samples are kept of. */
	readonly otherSafes: number;
	readonly claims: ReadonlyArray<Told & { readonly what: string; readonly of: string }>;
	/** What changed in the inventory's Safes in 30 days. */
	readonly transitions: number;
};

/** When, and by whom. */
export type Told = { readonly at: string; readonly by: Writer };

export type KeptFile = {
	readonly file: string;
	/** It has what is known of sensitive Safes, and is never anybody else's. */
	readonly isPrivate: boolean;
	readonly owner: string;
	readonly group: string;
	/** `0660` */
	readonly mode: string;
	readonly bytes: number;
	/** Everybody in its group reads and writes it. */
	readonly isShared: boolean;
	/** Why it is not used just now, with the remedy. */
	readonly problem: string | null;
};

export type KeptTarget = {
	/** The connector host that it was measured from, and the network there. */
	readonly source: string;
	readonly origin: string;
	readonly address: string;
	readonly port: number;
	/** Names that resolved to the address. */
	readonly names: readonly string[];
	/** Those of the inventory. */
	readonly safes: readonly string[];
	readonly connections: (Told & { readonly outcome: string; readonly ms: number }) | null;
	readonly hostKeys: ReadonlyArray<{
		readonly type: string;
		readonly sha256: string;
		readonly firstSeenAt: string;
		readonly lastSeenAt: string;
		readonly by: Writer;
	}>;
	/** `key` is the fingerprint that was asked for; null where the methods were. */
	readonly answers: ReadonlyArray<
		Told & { readonly username: string; readonly key: string | null; readonly answer: string }
	>;
	/** The last `nc -zv` of a report. */
	readonly netcat: Told | null;
};

export type KeptSafe = {
	readonly name: string;
	readonly samples: number;
	readonly hours: number;
	readonly note: (Told & { readonly text: string }) | null;
	readonly reportedError: (Told & { readonly text: string }) | null;
};

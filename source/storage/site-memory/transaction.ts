import type { StatementSync } from 'node:sqlite';
import type { Writer } from '../../domain/measurement.ts';

/** Gives the prepared statement of a text, the same one each time. */
export type Sql = (text: string) => StatementSync;

export type Transaction = {
	readonly sql: Sql;
	/** For a row that other programs are to see. */
	nextRevision(): number;
	/** Notes, reported errors, agreements or claims of fixes are others now. */
	markOther(): void;
	writerId(writer: Writer): number;
};

/** What came of an attempt: its value, or why not. Busy means that another program had the file locked: try again soon. */
export type Outcome<Value> =
	| { readonly ok: true; readonly value: Value }
	| { readonly ok: false; readonly isBusy: boolean };

export const unusable = { ok: false, isBusy: false } as const;
export const busy = { ok: false, isBusy: true } as const;

/** Counters beyond it would lose their last digits in JavaScript, and no file of ours ever gets there. */
const maxRevision = 2 ** 48;

/** What a transaction needs to count. `finish` writes the counts, just before the commit. */
export function createTransaction(
	sql: Sql,
	writers: Map<string, number>,
): Transaction & { finish(): void; isOther(): boolean } {
	let revision: number | null = null;
	let isOther = false;
	return {
		sql,
		nextRevision() {
			if (revision === null) {
				const row = sql("SELECT CAST(value AS REAL) AS value FROM site WHERE name = 'revision'").get();
				const { value } = (row ?? {}) as { value?: unknown };
				if (typeof value !== 'number' || !(value >= 0 && value < maxRevision)) {
					// Taken as a damaged file.
					throw Object.assign(new Error('no revision'), { errcode: 11 });
				}
				revision = value;
			}
			revision++;
			return revision;
		},
		markOther() {
			isOther = true;
		},
		writerId({ program, uid, user }) {
			const key = `${program} ${uid} ${user}`;
			let id = writers.get(key);
			if (id === undefined) {
				sql('INSERT OR IGNORE INTO writer (program, uid, user) VALUES (?, ?, ?)').run(program, uid, user);
				const row = sql('SELECT id FROM writer WHERE program = ? AND uid = ? AND user = ?').get(program, uid, user);
				id = Number((row as { id: number }).id);
				writers.set(key, id);
			}
			return id;
		},
		isOther: () => isOther,
		finish() {
			if (revision !== null) sql("UPDATE site SET value = ? WHERE name = 'revision'").run(revision);
			if (isOther) sql("UPDATE site SET value = CAST(value AS INTEGER) + 1 WHERE name = 'other'").run();
		},
	};
}

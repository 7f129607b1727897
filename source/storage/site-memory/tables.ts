import type { DatabaseSync } from 'node:sqlite';

/** Rows carry it. A reader passes over rows of another format; a newer program may write such rows into the same tables. */
export const rowFormat = 1;

/** `PRAGMA user_version`. A newer program only adds tables and columns, so this changes only when older programs must stay away. */
export const layoutVersion = 1;

/** Longest evidence of one part in bytes of JSON, as written and as read. A usual one has 1,000. */
export const maxEvidenceBytes = 64 * 1024;

/**
 * `site` holds single values: the file's `id`, the newest `revision`, `other` (counts changes of notes, reported errors, agreements
 * and claims of fixes), and when rows were last cleaned up. Every change takes the next revision, whatever the table, so that a
 * reader needs one number to find what it has not seen. `instance` is one running program: a reader passes over its own rows.
 */
const tables = `
	CREATE TABLE IF NOT EXISTS site (name TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
	CREATE TABLE IF NOT EXISTS writer (
		id INTEGER PRIMARY KEY, program TEXT NOT NULL, uid INTEGER NOT NULL, user TEXT NOT NULL,
		UNIQUE (program, uid, user)
	) STRICT;
	CREATE TABLE IF NOT EXISTS algorithms (
		hash TEXT PRIMARY KEY, lists TEXT NOT NULL, used_at INTEGER NOT NULL
	) STRICT;
	CREATE TABLE IF NOT EXISTS measurement (
		id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, format INTEGER NOT NULL,
		source TEXT NOT NULL, origin TEXT NOT NULL, address TEXT NOT NULL, port INTEGER NOT NULL, part TEXT NOT NULL,
		run TEXT NOT NULL, began_at INTEGER NOT NULL, ended_at INTEGER NOT NULL, first_at INTEGER NOT NULL,
		deadline_ms INTEGER NOT NULL, writer INTEGER NOT NULL, instance INTEGER NOT NULL, evidence TEXT NOT NULL,
		UNIQUE (source, origin, address, port, part)
	) STRICT;
	CREATE INDEX IF NOT EXISTS measurement_revision ON measurement (revision);
	CREATE TABLE IF NOT EXISTS claim (
		key TEXT PRIMARY KEY, token TEXT NOT NULL, what TEXT NOT NULL, boot TEXT NOT NULL, until INTEGER NOT NULL,
		lease_ms INTEGER NOT NULL, since INTEGER NOT NULL, writer INTEGER NOT NULL, instance INTEGER NOT NULL
	) STRICT;
	CREATE TABLE IF NOT EXISTS transition (
		id TEXT PRIMARY KEY, revision INTEGER NOT NULL, format INTEGER NOT NULL, inventory TEXT NOT NULL,
		at INTEGER NOT NULL, event TEXT NOT NULL, writer INTEGER NOT NULL, instance INTEGER NOT NULL
	) STRICT;
	CREATE INDEX IF NOT EXISTS transition_revision ON transition (revision);
	CREATE INDEX IF NOT EXISTS transition_at ON transition (inventory, at);
	CREATE TABLE IF NOT EXISTS reported_error (
		safe TEXT PRIMARY KEY, text TEXT NOT NULL, at INTEGER NOT NULL, writer INTEGER NOT NULL
	) STRICT;
	CREATE TABLE IF NOT EXISTS note (
		safe TEXT PRIMARY KEY, text TEXT NOT NULL, at INTEGER NOT NULL, until INTEGER, writer INTEGER NOT NULL
	) STRICT;
	CREATE TABLE IF NOT EXISTS agreement (
		inventory TEXT PRIMARY KEY, at INTEGER NOT NULL, writer INTEGER NOT NULL
	) STRICT;
	CREATE TABLE IF NOT EXISTS sampled_safe (
		id INTEGER PRIMARY KEY, identity TEXT NOT NULL UNIQUE, last_day INTEGER NOT NULL
	) STRICT;
	CREATE TABLE IF NOT EXISTS recent_samples (id INTEGER PRIMARY KEY, samples BLOB NOT NULL) STRICT;
	CREATE TABLE IF NOT EXISTS sampled_hours (id INTEGER PRIMARY KEY, hours BLOB NOT NULL) STRICT;
`;
const tableNames = [...tables.matchAll(/CREATE TABLE IF NOT EXISTS (\w+)/g)].map(([, name]) => name);

/** A file that no vpmon may use: made by a later one for later ones, or by something else. */
export class UnknownLayout extends Error {}

/**
 * Makes what is missing. Reads only where all is there, so that a file that may only be read serves too.
 *
 * @throws UnknownLayout, or SQLite's error.
 */
export function makeTables(database: DatabaseSync): void {
	const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
	if (version > layoutVersion) throw new UnknownLayout('a newer vpmon made it');
	const known = database.prepare('SELECT type, name FROM sqlite_schema').all() as Array<{ type: string; name: string }>;
	// A trigger or a view would run what somebody else wrote in this program.
	if (known.some(({ type }) => type === 'trigger' || type === 'view')) throw new UnknownLayout('vpmon did not make it');
	const has = new Set(known.map(({ name }) => name));
	if (version === layoutVersion && tableNames.every((name) => name !== undefined && has.has(name))) return;
	database.exec('BEGIN IMMEDIATE');
	try {
		database.exec(tables);
		database.exec(`
			INSERT OR IGNORE INTO site VALUES ('id', lower(hex(randomblob(8)))), ('revision', 0), ('other', 0);
			PRAGMA user_version = ${layoutVersion};
			COMMIT;
		`);
	} catch (error) {
		try {
			database.exec('ROLLBACK');
		} catch {
			// A full disk ends the transaction by itself.
		}
		throw error;
	}
}

/**
 * `synchronous` is off: nothing waits for the disk. An fsync takes 0.3 ms on a good SSD but tens of milliseconds on a busy or spinning
 * disk, and it would be waited for by the thread that answers keys within a frame. What that risks is the file after a power failure
 * or a crash of the system (not after a kill -9, whose writes the system still has): a damaged one is noticed and set aside, and one
 * sweep brings the measurements again.
 */
export function prepareDatabase(database: DatabaseSync): void {
	database.exec('PRAGMA busy_timeout = 100; PRAGMA trusted_schema = OFF; PRAGMA synchronous = OFF;');
	const { journal_mode: mode } = database.prepare('PRAGMA journal_mode = TRUNCATE').get() as { journal_mode: string };
	// Somebody else made it a WAL one and has it open.
	if (mode !== 'truncate') throw Object.assign(new Error(`journal mode is ${mode}`), { errcode: 5 });
}

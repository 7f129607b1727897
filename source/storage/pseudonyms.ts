import { renameSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { inOneSentence, messageOf } from '../domain/user-error.ts';
import { createNumbering, type Numbering } from '../redact/names/pseudonym.ts';
import { explainDatabase, isBusy, isCorrupt, openDatabase } from './sqlite.ts';

export type PseudonymFile = Numbering & {
	/** Whom a number of a scope stands for, or null. */
	nameOf(scope: string, number: number): string | null;
	close(): void;
};

const schemaVersion = 1;
/** Another process holds the file for microseconds; a screen that masks waits no longer than this for it. */
const lockPatienceMs = 100;
/** After a failure what is new is numbered for this process alone for so long, so that a screen does not wait with every name. */
const retryMs = 10_000;
/** Numbers that were never kept are higher, so that they are nobody else's. */
const firstUnkept = 1_000_001;
const mostRemembered = 50_000;

/**
 * The private map from names to pseudonyms: it makes them the same from report to report, and in all vpmon processes of a user. SQLite
 * does the locking, as with the ledger. What is wrong with the file never stops a report: a damaged one is set aside, and where there
 * is none to be had pseudonyms hold for this process alone. `notice` says either.
 */
export async function openPseudonyms(directory: string): Promise<PseudonymFile> {
	const file = join(directory, `stand-ins-${schemaVersion}.sqlite`);
	try {
		// The names are nobody else's, also where the directory is a group's.
		const open = async () => prepareTable((await openDatabase(file, 'owner')).database);
		try {
			return keepIn(await open(), null);
		} catch (error) {
			if (!isCorrupt(error)) throw error;
			const aside = `${file}.corrupt-${Date.now()}`;
			renameSync(file, aside);
			const notice = `Pseudonyms begin anew: the file that kept them is damaged and was set aside as ${aside}.`;
			return keepIn(await open(), notice);
		}
	} catch (error) {
		const notice = `Pseudonyms will be others next time: they cannot be kept (${inOneSentence(explainDatabase(file, error))}).`;
		return { ...createNumbering(notice), nameOf: () => null, close: () => {} };
	}
}

/** @throws SQLite's error when the file is none of its own, or damaged. */
function prepareTable(database: DatabaseSync): DatabaseSync {
	try {
		database.exec(`
			PRAGMA busy_timeout = 2000;
			PRAGMA journal_mode = TRUNCATE;
			PRAGMA synchronous = OFF;
			CREATE TABLE IF NOT EXISTS stand_in (
				scope TEXT NOT NULL,
				name TEXT NOT NULL,
				number INTEGER NOT NULL,
				PRIMARY KEY (scope, name),
				UNIQUE (scope, number)
			) STRICT;
			PRAGMA busy_timeout = ${lockPatienceMs};
		`);
		const { quick_check: health } = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
		if (health !== 'ok') throw Object.assign(new Error(health), { errcode: 11 });
		return database;
	} catch (error) {
		database.close();
		throw error;
	}
}

function keepIn(database: DatabaseSync, opening: string | null): PseudonymFile {
	const find = database.prepare('SELECT number FROM stand_in WHERE scope = ? AND name = ?');
	const findName = database.prepare('SELECT name FROM stand_in WHERE scope = ? AND number = ?');
	const newest = database.prepare('SELECT coalesce(max(number), 0) AS number FROM stand_in WHERE scope = ?');
	const put = database.prepare(
		'INSERT INTO stand_in (scope, name, number) VALUES (?, ?, ?) ON CONFLICT (scope, name) DO UPDATE SET number = excluded.number',
	);
	const numberIn = (row: unknown) => (row as { number: number } | undefined)?.number;
	const known = new Map<string, number>();
	const unkept = createNumbering(null, firstUnkept);
	let busyUntil = 0;
	let unwritableUntil = 0;
	let notice = opening;

	const keep = (scope: string, name: string, mayBe: (number: number) => boolean): number => {
		if (performance.now() < busyUntil) throw new Error('busy just now');
		const before = numberIn(find.get(scope, name));
		if (before !== undefined && mayBe(before)) return before;
		if (performance.now() < unwritableUntil) throw new Error('not writable just now');
		database.exec('BEGIN IMMEDIATE');
		try {
			// Another process may have been quicker.
			let number = numberIn(find.get(scope, name)) ?? 0;
			if (number === 0 || !mayBe(number)) {
				number = (numberIn(newest.get(scope)) ?? 0) + 1;
				while (!mayBe(number)) number++;
				put.run(scope, name, number);
			}
			database.exec('COMMIT');
			return number;
		} catch (error) {
			try {
				database.exec('ROLLBACK');
			} catch {
				// A full disk ends the transaction by itself.
			}
			throw error;
		}
	};

	return {
		isKept: true,
		get notice() {
			return notice;
		},
		numberOf(scope, name, mayBe) {
			const key = `${scope} ${name}`;
			const before = known.get(key);
			if (before !== undefined && mayBe(before)) return before;
			let number: number;
			try {
				number = keep(scope, name, mayBe);
			} catch (error) {
				const until = performance.now() + retryMs;
				if (isBusy(error)) busyUntil = until;
				else if (performance.now() >= Math.max(busyUntil, unwritableUntil)) unwritableUntil = until;
				const why = isBusy(error) ? 'another program holds their file' : messageOf(error);
				notice ??= `Some pseudonyms will be others next time: they cannot be kept (${why}).`;
				number = unkept.numberOf(scope, name, mayBe);
			}
			if (known.size >= mostRemembered) known.clear();
			known.set(key, number);
			return number;
		},
		nameOf: (scope, number) => (findName.get(scope, number) as { name: string } | undefined)?.name ?? null,
		close: () => database.close(),
	};
}

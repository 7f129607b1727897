import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { makeDirectory } from '../../domain/make-directory.ts';
import { isBusy, isCorrupt } from '../sqlite.ts';
import { fileProblem, isFull, isMoved, lockProblem } from './file-problem.ts';
import { makeShareable } from './rights.ts';
import { setAside } from './set-aside.ts';
import { makeTables, prepareDatabase } from './tables.ts';
import { busy, createTransaction, type Outcome, type Sql, type Transaction, unusable } from './transaction.ts';

/** The one file, whatever happens to it: opened anew when it was replaced, set aside when it is damaged. Nothing throws. */
export type SiteFile = {
	readonly path: string;
	/** A number that changes with each other file that is opened at that path. */
	generation(): number;
	/** A number that changes whenever it is opened: `PRAGMA data_version` only means something between two openings. */
	connection(): number;
	/** How often `markOther` took effect here: how much of the file's `other` is our own doing. */
	ownOther(): number;
	/** @param waitMs how long this thread may stand still for a lock of another program. */
	read<Value>(work: (sql: Sql) => Value, waitMs?: number): Outcome<Value>;
	write<Value>(work: (transaction: Transaction) => Value, waitMs?: number): Outcome<Value>;
	/** Looks whether the file is still the one at that path, and tries again what could not be done. */
	look(): void;
	problem(): string | null;
	close(): void;
};

/** A reader holds the file for one slice. A commit waits for that, since nobody new gets in meanwhile. */
const commitWaitMs = 30;
const healMs = 5000;
/** What cannot be opened is not tried again with every question. */
const openPauseMs = 200;

class NotNow extends Error {}

export function createSiteFile(
	{ DatabaseSync }: typeof import('node:sqlite'),
	directory: string,
	name: string,
	onDamaged: (aside: string) => void,
): SiteFile {
	const path = join(directory, name);
	let database: DatabaseSync | null = null;
	let statements = new Map<string, StatementSync>();
	let writers = new Map<string, number>();
	let inode = 0;
	let fileId: unknown = null;
	let generation = 0;
	let connection = 0;
	let ownOther = 0;
	let isClosed = false;
	let openProblem: string | null = null;
	let writeProblem: string | null = null;
	let needsReopening = false;
	let nextHealAt = 0;
	let busySince: number | null = null;
	let nextOpenAt = 0;
	let lockWaitMs = -1;

	const sql: Sql = (text) => {
		let statement = statements.get(text);
		if (statement === undefined) {
			if (database === null) throw new Error('not open');
			statement = database.prepare(text);
			statements.set(text, statement);
		}
		return statement;
	};

	const shut = () => {
		statements = new Map();
		writers = new Map();
		lockWaitMs = -1;
		try {
			database?.close();
		} catch {
			// What cannot be closed goes with the process.
		}
		database = null;
	};

	const open = () => {
		shut();
		nextOpenAt = performance.now() + openPauseMs;
		try {
			makeDirectory(directory, 0o700);
			const before = makeShareable(path, directory);
			if (!before.isFile()) throw new Error('no regular file');
			inode = before.ino;
			database = new DatabaseSync(path);
			prepareDatabase(database);
			makeTables(database);
			const [{ value: id } = { value: null }] = sql("SELECT value FROM site WHERE name = 'id'").all();
			// Between the look and the opening somebody may have put another file or a link there.
			if (lstatSync(path).ino !== inode) throw Object.assign(new Error('replaced'), { errcode: 5 });
			connection++;
			if (id !== fileId) {
				generation++;
				ownOther = 0;
			}
			fileId = id;
			openProblem = null;
			needsReopening = false;
		} catch (error) {
			shut();
			throw error;
		}
	};

	/** Takes in why something failed. */
	const failed = (error: unknown, isWriting: boolean): typeof busy | typeof unusable => {
		if (error instanceof NotNow) return unusable;
		if (isBusy(error)) {
			busySince ??= performance.now();
			return busy;
		}
		if (isMoved(error)) {
			shut();
			return busy;
		}
		if (isCorrupt(error)) {
			shut();
			try {
				const aside = setAside(path, inode);
				if (aside !== null) onDamaged(aside);
				openProblem = null;
				return busy;
			} catch (reason) {
				openProblem = fileProblem(path, reason);
				return unusable;
			}
		}
		if (database !== null && isWriting) {
			writeProblem = fileProblem(path, error);
			// Rights that were given meanwhile only count for a file that is opened after that.
			needsReopening = !isFull(error);
			nextHealAt = performance.now() + healMs;
		} else {
			openProblem = fileProblem(path, error);
			shut();
		}
		return unusable;
	};

	/** @throws why there is none, as `open`. */
	const openDatabase = (): DatabaseSync => {
		if (database === null) {
			if (openProblem !== null && performance.now() < nextOpenAt) throw new NotNow();
			open();
		}
		return database as unknown as DatabaseSync;
	};

	const waitForLocks = (opened: DatabaseSync, ms: number) => {
		if (ms !== lockWaitMs) opened.exec(`PRAGMA busy_timeout = ${ms}`);
		lockWaitMs = ms;
	};

	const rollBack = () => {
		try {
			database?.exec('ROLLBACK');
		} catch {
			// A full disk ends the transaction by itself.
		}
	};

	const isReplaced = () => lstatSync(path, { throwIfNoEntry: false })?.ino !== inode;

	const transact = <Value>(work: (transaction: Transaction) => Value, waitMs: number): Value => {
		const opened = openDatabase();
		waitForLocks(opened, waitMs);
		opened.exec('BEGIN IMMEDIATE');
		try {
			// Written to a file that is no longer at that path, it would be lost, and its journal would be taken for the new file's.
			if (isReplaced()) throw Object.assign(new Error('replaced'), { errcode: 1032 });
			const transaction = createTransaction(sql, writers);
			const value = work(transaction);
			transaction.finish();
			waitForLocks(opened, commitWaitMs);
			opened.exec('COMMIT');
			if (transaction.isOther()) ownOther++;
			return value;
		} catch (error) {
			rollBack();
			// What was added in it is gone.
			writers = new Map();
			throw error;
		}
	};

	const file: SiteFile = {
		path,
		generation: () => generation,
		connection: () => connection,
		ownOther: () => ownOther,
		read(work, waitMs = 0) {
			if (isClosed) return unusable;
			try {
				waitForLocks(openDatabase(), waitMs);
				const value = work(sql);
				if (writeProblem === null) busySince = null;
				return { ok: true, value };
			} catch (error) {
				return failed(error, false);
			}
		},
		write(work, waitMs = 0) {
			if (isClosed) return unusable;
			for (let isSecond = false; ; isSecond = true) {
				try {
					const value = transact(work, waitMs);
					writeProblem = null;
					busySince = null;
					return { ok: true, value };
				} catch (error) {
					const outcome = failed(error, true);
					if (isSecond || !isMoved(error)) return outcome;
				}
			}
		},
		look() {
			if (isClosed) return;
			try {
				if (database === null || isReplaced()) open();
			} catch (error) {
				failed(error, false);
			}
			if (writeProblem === null || performance.now() < nextHealAt) return;
			nextHealAt = performance.now() + healMs;
			try {
				if (needsReopening) open();
			} catch (error) {
				failed(error, false);
				return;
			}
			// The cheapest thing that shows whether it can be written again.
			file.write((transaction) => transaction.sql("UPDATE site SET value = value WHERE name = 'id'").run());
		},
		problem() {
			if (openProblem !== null) return openProblem;
			if (writeProblem !== null) return writeProblem;
			return busySince === null ? null : lockProblem(path, performance.now() - busySince);
		},
		close() {
			isClosed = true;
			shut();
		},
	};
	return file;
}

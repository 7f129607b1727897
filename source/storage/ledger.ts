import { renameSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { BudgetRefusal, UsedBudget } from '../domain/evidence.ts';
import { canonicalAddress } from '../domain/target.ts';
import { inOneSentence, type UserError } from '../domain/user-error.ts';
import {
	addUpBudget,
	type BudgetInUse,
	isQuestion,
	type PlannedProbe,
	type ProbeKind,
	penaltySeconds,
	type Reservation,
	refuseProbe,
	usedBudget,
	windowMs,
} from '../probes/probe-budget.ts';
import { isSameFile } from './shared-files.ts';
import { explainDatabase, isBusy, isCorrupt, openDatabase } from './sqlite.ts';

/** Whose budget a reservation is of: the address that probes, and the address and port that are probed. */
export type LedgerKey = {
	readonly source: string;
	readonly address: string;
	readonly port: number;
	/** All addresses of the target's name: they may be one machine, so what is used of one counts for all. */
	readonly siblings: readonly string[];
};

/** How a connection ended, so that no more stays reserved than the target will hold against us. */
export type ReservationEnd = 'not-reached' | 'unfinished' | 'query-refused' | 'query-accepted' | 'open';

/** One connection: a reservation, or one for each key that is asked for on it. */
export type LedgerEntry = { readonly ids: readonly number[]; readonly used: UsedBudget };

/** Every connection to a target is reserved here before it is made. Shared by all vpmon processes of a host; survives them. */
export type Ledger = {
	/** Reserves one probe, or says why it must not leave now. A connection costs its seconds once; each key on it may be refused. */
	reserve(key: LedgerKey, probe: PlannedProbe): Promise<LedgerEntry | BudgetRefusal>;
	/** @param refused how many of the keys were refused or not answered, with `query-refused`. */
	release(entry: LedgerEntry, kind: ProbeKind, how: ReservationEnd, refused?: number): Promise<void>;
	/** What is used now of all targets, by all processes; null when it cannot be read. */
	inUse(): Promise<BudgetInUse | null>;
	close(): void;
};

const schemaVersion = 1;
const lockPatienceMs = 2000; // How long another process may hold the file before a probe is given up.
const lockPauseMs = 5;

/** A ledger and the file behind it. */
export type OpenLedger = Ledger & {
	/** Which file it is: reservations of another one have other ids. */
	readonly fileId: string;
	/** False once somebody took the file away or put another in its place. */
	isInPlace(): boolean;
};

/**
 * Opens the ledger in a directory. SQLite does the locking: its locks go with the process that held them, so a kill -9 leaves
 * neither a stuck lock nor half a reservation. `synchronous` is off because penalties do not outlive a power failure by much.
 *
 * @param onDamaged told where a damaged file was set aside; a new one was begun.
 * @throws UserError with what is wrong with the file, whose it is and what to do.
 */
export async function openLedger(
	directory: string,
	onDamaged: (aside: string) => void = () => {},
): Promise<OpenLedger> {
	const file = join(directory, `ledger-${schemaVersion}.sqlite`);
	try {
		return await openFile(file);
	} catch (error) {
		if (!isCorrupt(error)) throw explainDatabase(file, error);
	}
	try {
		// What cannot be read cannot be kept; it is set aside, not lost.
		const aside = `${file}.corrupt-${Date.now()}`;
		renameSync(file, aside);
		const opened = await openFile(file);
		onDamaged(aside);
		return opened;
	} catch (error) {
		throw explainDatabase(file, error);
	}
}

async function openFile(file: string): Promise<OpenLedger> {
	const { database, id } = await openDatabase(file);
	try {
		await prepareTable(database);
		return {
			...(await whenFree(() => createLedger(database, file))),
			fileId: `${id.dev} ${id.ino} ${id.bornAt}`,
			isInPlace: () => isSameFile(file, id),
		};
	} catch (error) {
		database.close();
		throw error;
	}
}

async function prepareTable(database: DatabaseSync): Promise<void> {
	database.exec('PRAGMA busy_timeout = 0');
	await whenFree(() => database.exec('PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = OFF'));
	const make = () =>
		database.exec(`
			CREATE TABLE IF NOT EXISTS booking (
				id INTEGER PRIMARY KEY,
				source TEXT NOT NULL,
				address TEXT NOT NULL,
				port INTEGER NOT NULL,
				at INTEGER NOT NULL,
				kind TEXT NOT NULL,
				seconds REAL NOT NULL
			) STRICT;
			CREATE INDEX IF NOT EXISTS booking_target ON booking (source, address, port);
			CREATE INDEX IF NOT EXISTS booking_at ON booking (at);
		`);
	await locked(database, make);
}

function createLedger(database: DatabaseSync, file: string): Ledger {
	const select = database.prepare(
		`SELECT at, kind, seconds FROM booking
		WHERE source = ? AND address IN (SELECT value FROM json_each(?)) AND port = ? AND at > ?`,
	);
	const insert = database.prepare(
		'INSERT INTO booking (source, address, port, at, kind, seconds) VALUES (?, ?, ?, ?, ?, ?)',
	);
	const update = database.prepare('UPDATE booking SET at = ?, kind = ?, seconds = ? WHERE id = ?');
	const remove = database.prepare('DELETE FROM booking WHERE id = ?');
	const expire = database.prepare('DELETE FROM booking WHERE at < ?');
	const selectAll = database.prepare('SELECT source, address, port, at, kind, seconds FROM booking WHERE at > ?');
	const bringBack = database.prepare('UPDATE booking SET at = ? WHERE at > ?');

	return {
		async reserve(key, probe) {
			const { kind, keys = 1 } = probe;
			try {
				return await locked(database, () => {
					const now = Date.now();
					// Reservations from the future come from a clock that was set back: they begin to run off now.
					bringBack.run(now, now);
					const reservations = readReservations(select, key, now);
					const refusal = refuseProbe(reservations, probe, now);
					if (refusal !== null) return refusal;
					expire.run(now - windowMs);
					const state = isQuestion(kind) ? 'open-query' : 'unfinished';
					const address = canonicalAddress(key.address);
					const ids = Array.from({ length: keys }, (_, index) => {
						const seconds = index === 0 ? penaltySeconds[kind] : 0;
						return Number(insert.run(key.source, address, key.port, now, state, seconds).lastInsertRowid);
					});
					return { ids, used: usedBudget(reservations, now) };
				});
			} catch (error) {
				return ledgerRefusal(explainDatabase(file, error));
			}
		},

		async release({ ids: [first = 0, ...more] }, kind, how, refused = 1) {
			try {
				await locked(database, () => {
					// The target counts from the end of a connection, and a slow one lasts.
					const now = Date.now();
					if (how === 'not-reached' || how === 'open') remove.run(first);
					else if (how === 'unfinished') update.run(now, 'unfinished', penaltySeconds.unfinished, first);
					else update.run(now, how === 'query-refused' ? 'refused-query' : 'unfinished', penaltySeconds[kind], first);
					for (const [index, id] of more.entries()) {
						if (how === 'query-refused' && index + 1 < refused) update.run(now, 'refused-query', 0, id);
						else remove.run(id);
					}
				});
			} catch {
				// The reservation stays as it was made: too high, never too low.
			}
		},

		async inUse() {
			try {
				const now = Date.now();
				const rows = await locked(database, () => selectAll.all(now - windowMs));
				const reservations = rows as unknown as Array<Reservation & LedgerKey>;
				return addUpBudget(Map.groupBy(reservations, targetOf).values(), now);
			} catch {
				return null;
			}
		},

		close: () => database.close(),
	};
}

function targetOf({ source, address, port }: LedgerKey): string {
	return `${source} ${address} ${port}`;
}

function addressesOf({ address, siblings }: LedgerKey): string[] {
	return [...new Set([address, ...siblings].map(canonicalAddress))];
}

function readReservations(select: StatementSync, key: LedgerKey, now: number): Reservation[] {
	const addresses = addressesOf(key);
	return select.all(key.source, JSON.stringify(addresses), key.port, now - windowMs) as unknown as Reservation[];
}

/** Why nothing is asked while the ledger cannot be used. */
export function ledgerRefusal(error: UserError): BudgetRefusal {
	const detail = `the probe budget's ledger cannot be used: ${inOneSentence(error)}`;
	return { reason: 'ledger', freeAt: null, detail };
}

/**
 * One transaction at a time over all processes; waits without blocking the event loop. From BEGIN to COMMIT nothing is waited for:
 * another reservation of this process would begin in the middle.
 */
function locked<Value>(database: DatabaseSync, work: () => Value): Promise<Value> {
	return whenFree(() => {
		// Exclusive from the start: with less, somebody who only tries can stand in the way of a commit.
		database.exec('BEGIN EXCLUSIVE');
		try {
			const value = work();
			database.exec('COMMIT');
			return value;
		} catch (error) {
			database.exec('ROLLBACK');
			throw error;
		}
	});
}

/** Tries for as long as another process may hold the file. */
async function whenFree<Value>(attempt: () => Value): Promise<Value> {
	const giveUpAt = performance.now() + lockPatienceMs;
	while (true) {
		try {
			return attempt();
		} catch (error) {
			if (!isBusy(error) || performance.now() > giveUpAt) throw error;
			await new Promise((resolve) => setTimeout(resolve, lockPauseMs));
		}
	}
}

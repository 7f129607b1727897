import { cleanLine } from '../../domain/clean.ts';
import type { Writer } from '../../domain/measurement.ts';
import type { BootClock } from './boot-clock.ts';
import { notAfter, readWriter, writerColumns } from './foreign-writer.ts';
import type { ClaimedBy } from './site-memory.ts';
import type { Sql, Transaction } from './transaction.ts';

/** A longer lease is not believed: it could only be renewed, never outlast its holder by so much. */
export const maxLeaseMs = 120_000;

export const isFix = (key: string) => key.startsWith('fix ');

/** What this program holds. */
export type HeldClaim = {
	readonly key: string;
	/** Another one for each time that the key is claimed. */
	readonly token: string;
	readonly what: string;
	readonly leaseMs: number;
	/** Milliseconds since 1970. */
	readonly since: number;
};

/** In force: of this boot, not run out, and not further ahead than a lease can be. */
const inForce = `boot = ? AND until > ? AND until <= ? + ${maxLeaseMs}`;
const selection = `SELECT c.key, substr(c.what, 1, 1000) AS what, CAST(c.until AS REAL) AS until,
	CAST(c.since AS REAL) AS since, ${writerColumns}
	FROM claim c JOIN writer w ON w.id = c.writer WHERE octet_length(c.key) <= 2000 AND ${inForce}`;

/** Claims in force whose key begins so, of all programs but one. */
export function selectClaims(sql: Sql, clock: BootClock, prefix: string, butOf: number, wallNow: number): ClaimedBy[] {
	const now = clock.now();
	const rows = sql(`${selection} AND substr(c.key, 1, ?) = ? AND c.instance != ? ORDER BY c.key LIMIT 10000`).all(
		...[clock.boot, now, now, prefix.length, prefix, butOf],
	);
	return rows.map((row) => readClaim(row, now, wallNow)).filter((claim) => claim !== null);
}

/** The claim in force of one of these keys, whoever holds it. */
export function findClaim(sql: Sql, clock: BootClock, keys: readonly string[], wallNow: number): ClaimedBy | null {
	const now = clock.now();
	const rows = sql(`${selection} AND c.key IN (SELECT value FROM json_each(?)) LIMIT 1`).all(
		...[clock.boot, now, now, JSON.stringify(keys)],
	);
	return rows.map((row) => readClaim(row, now, wallNow)).find((claim) => claim !== null) ?? null;
}

function readClaim(row: Readonly<Record<string, unknown>>, now: number, wallNow: number): ClaimedBy | null {
	const by = readWriter(row);
	if (by === null || typeof row.until !== 'number') return null;
	const what = cleanLine(String(row.what).slice(0, 300));
	return { ok: false, key: String(row.key), what, by, since: notAfter(wallNow, row.since), leftMs: row.until - now };
}

export function dropExpired({ sql, markOther }: Transaction, clock: BootClock): void {
	const now = clock.now();
	const gone = sql(`DELETE FROM claim WHERE NOT (${inForce}) RETURNING substr(key, 1, 4) AS kind`).all(
		...[clock.boot, now, now],
	);
	if (gone.some(({ kind }) => kind === 'fix ')) markOther();
}

/** Takes or renews it. One that somebody else took over meanwhile stays theirs. */
export function writeClaim(
	{ sql, writerId }: Transaction,
	clock: BootClock,
	held: HeldClaim,
	self: Writer,
	instance: number,
): void {
	sql(
		`INSERT INTO claim (key, token, what, boot, until, lease_ms, since, writer, instance)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (key) DO UPDATE SET until = excluded.until WHERE token = excluded.token`,
	).run(
		...[held.key, held.token, held.what.slice(0, 300), clock.boot, Math.round(clock.now() + held.leaseMs)],
		...[Math.round(held.leaseMs), Math.round(held.since), writerId(self), instance],
	);
}

export function deleteClaim({ sql, markOther }: Transaction, { key, token }: HeldClaim): void {
	sql('DELETE FROM claim WHERE key = ? AND token = ?').run(key, token);
	if (isFix(key)) markOther();
}

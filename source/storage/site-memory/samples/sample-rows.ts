import type { Sql } from '../transaction.ts';
import {
	hoursBlockS,
	hoursBlocks,
	maxBlockBytes,
	recentBlockS,
	recentBlocks,
	startOf,
	unpackRecent,
} from './blocks.ts';
import type { PackedSample } from './sample.ts';

/**
 * The number of a block's row is when it began, then the Safe's number: what comes is added at the table's end, page by page, and what
 * is old goes from its beginning.
 */
export const maxSafes = 2 ** 24;

export const recentRow = (safe: number, start: number) => (start / recentBlockS) * maxSafes + safe;
export const hoursRow = (safe: number, start: number) => (start / hoursBlockS) * maxSafes + safe;

export function findSafe(sql: Sql, identity: string): number | null {
	const row = sql('SELECT CAST(id AS REAL) AS id FROM sampled_safe WHERE identity = ?').get(identity);
	const id = row?.id;
	// A number beyond it would be in the blocks of another time.
	return typeof id === 'number' && id > 0 && id < maxSafes ? id : null;
}

export function readRecentBlock(sql: Sql, safe: number, start: number): PackedSample[] {
	const text = `SELECT samples FROM recent_samples WHERE id = ? AND length(samples) <= ${maxBlockBytes}`;
	const blob = sql(text).get(recentRow(safe, start))?.samples;
	return blob instanceof Uint8Array ? unpackRecent(blob, start) : [];
}

export function readHoursBlock(sql: Sql, safe: number, start: number): Uint8Array | null {
	const text = `SELECT hours FROM sampled_hours WHERE id = ? AND length(hours) <= ${maxBlockBytes}`;
	const blob = sql(text).get(hoursRow(safe, start))?.hours;
	return blob instanceof Uint8Array ? blob : null;
}

const maxIdentityBytes = 2000;

export function readSampledSafes(sql: Sql): string[] {
	const text = `SELECT identity FROM sampled_safe WHERE octet_length(identity) <= ${maxIdentityBytes} LIMIT 100000`;
	return sql(text)
		.all()
		.map(({ identity }) => String(identity));
}

/** Removes what is kept of a Safe. Returns how many rows. */
export function removeSamples(sql: Sql, identity: string, now: number): number {
	const safe = findSafe(sql, identity);
	let rows = 0;
	const run = (text: string, value: string | number) => {
		rows += Number(sql(text).run(value).changes);
	};
	if (safe !== null) {
		// One block more on each side: clocks differ, and may have been set back.
		for (let back = -1; back <= recentBlocks; back++) {
			const start = startOf(now, recentBlockS) - back * recentBlockS;
			run('DELETE FROM recent_samples WHERE id = ?', recentRow(safe, start));
		}
		for (let back = -1; back <= hoursBlocks; back++) {
			const start = startOf(now, hoursBlockS) - back * hoursBlockS;
			run('DELETE FROM sampled_hours WHERE id = ?', hoursRow(safe, start));
		}
	}
	run('DELETE FROM sampled_safe WHERE identity = ?', identity);
	return rows;
}

import type { Transaction } from '../transaction.ts';
import { hoursBlockS, hoursBlocks, keptHoursS, recentBlockS, recentBlocks, startOf } from './blocks.ts';
import { hoursRow, recentRow } from './sample-rows.ts';

const sliceRows = 200;
const daySeconds = 86_400;

/**
 * Removes some of what is too old, or further ahead than any clock. Blocks of Safes that are measured go as new ones come: this is for
 * the others.
 *
 * @param now seconds since 1970.
 * @returns whether there may be more.
 */
export function cleanSamples({ sql }: Transaction, now: number): boolean {
	const recent = startOf(now, recentBlockS);
	const hours = startOf(now, hoursBlockS);
	const removed = [
		remove('recent_samples', '<', recentRow(0, recent - recentBlocks * recentBlockS)),
		remove('recent_samples', '>=', recentRow(0, recent + 2 * recentBlockS)),
		remove('sampled_hours', '<', hoursRow(0, hours - hoursBlocks * hoursBlockS)),
		remove('sampled_hours', '>=', hoursRow(0, hours + 2 * hoursBlockS)),
	];
	const today = Math.floor(now / daySeconds);
	sql('DELETE FROM sampled_safe WHERE last_day < ?').run(today - 2 * (keptHoursS / daySeconds));
	sql('UPDATE sampled_safe SET last_day = ?1 WHERE last_day > ?1').run(today);
	return removed.some((rows) => rows === sliceRows);

	function remove(table: string, comparison: '<' | '>=', row: number): number {
		const some = `SELECT id FROM ${table} WHERE id ${comparison} ? ORDER BY id LIMIT ${sliceRows}`;
		return Number(sql(`DELETE FROM ${table} WHERE id IN (${some})`).run(row).changes);
	}
}

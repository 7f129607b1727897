import type { Transaction } from '../transaction.ts';
import {
	hourS,
	hoursBlockS,
	hoursBlocks,
	type PackedHour,
	packRecent,
	recentBlockS,
	recentBlocks,
	startOf,
	withHours,
} from './blocks.ts';
import { holdsS, summariseHour } from './hour.ts';
import type { PackedSample } from './sample.ts';
import { findSafe, hoursRow, maxSafes, readHoursBlock, readRecentBlock, recentRow } from './sample-rows.ts';

type Sql = Transaction['sql'];

/** Keeps samples of one Safe, and sums up the hours that are over with them. One that began in the same second is there already. */
export function writeSamples({ sql }: Transaction, identity: string, samples: readonly PackedSample[]): void {
	const newest = samples.at(-1)?.at;
	if (newest === undefined) return;
	const safe = findSafe(sql, identity) ?? addSafe(sql, identity);
	if (safe === null) return;
	const days = Math.floor(newest / 86_400);
	sql('UPDATE sampled_safe SET last_day = ? WHERE id = ? AND last_day < ?').run(days, safe, days);
	const blocks = new RecentBlocks(sql, safe);
	const before = blocks.lastBefore(samples[0]?.at ?? newest);
	const changed = samples.filter((sample) => blocks.add(sample));
	if (changed.length === 0) return;
	blocks.write();
	const touched = [...changed.map(({ at }) => at), ...(before === null ? [] : [before.at])];
	const hours = new Set(touched.map((at) => startOf(at, hourS)));
	const underWay = startOf(Math.max(newest, before?.at ?? 0), hourS);
	hours.delete(underWay);
	const whole = [...hours].flatMap((hour): Array<[number, PackedHour]> => {
		const summary = summariseHour(blocks.around(hour), hour);
		return summary === null ? [] : [[hour, summary]];
	});
	for (const [start, some] of Map.groupBy(whole, ([hour]) => startOf(hour, hoursBlockS))) {
		const blob = withHours(readHoursBlock(sql, safe, start), start, new Map(some));
		sql('INSERT OR REPLACE INTO sampled_hours (id, hours) VALUES (?, ?)').run(hoursRow(safe, start), blob);
		sql('DELETE FROM sampled_hours WHERE id = ?').run(hoursRow(safe, start - hoursBlocks * hoursBlockS));
	}
}

function addSafe(sql: Sql, identity: string): number | null {
	const added = sql('INSERT OR IGNORE INTO sampled_safe (identity, last_day) VALUES (?, 0) RETURNING id');
	const id = Number(added.get(identity)?.id);
	return id > 0 && id < maxSafes ? id : null;
}

/** The blocks of one Safe that are read and changed in one transaction. */
class RecentBlocks {
	readonly #blocks = new Map<number, PackedSample[]>();
	readonly #changed = new Set<number>();
	readonly #sql: Sql;
	readonly #safe: number;

	constructor(sql: Sql, safe: number) {
		this.#sql = sql;
		this.#safe = safe;
	}

	/** False where there is one of that second. */
	add(sample: PackedSample): boolean {
		const start = startOf(sample.at, recentBlockS);
		const block = this.#at(start);
		const index = block.findLastIndex(({ at }) => at <= sample.at);
		if (block[index]?.at === sample.at) return false;
		block.splice(index + 1, 0, sample);
		this.#changed.add(start);
		return true;
	}

	lastBefore(at: number): PackedSample | null {
		const start = startOf(at, recentBlockS);
		for (let back = 0; back < recentBlocks; back++) {
			const found = this.#at(start - back * recentBlockS).findLast((sample) => sample.at < at);
			if (found !== undefined) return found;
		}
		return null;
	}

	/** The samples of an hour, and those just before it. */
	around(hour: number): readonly PackedSample[] {
		const start = startOf(hour, recentBlockS);
		const earlier = hour === start ? this.#at(start - recentBlockS) : [];
		return [...earlier, ...this.#at(start)].filter(({ at }) => at >= hour - holdsS);
	}

	write(): void {
		for (const start of this.#changed) {
			const [row, blob] = [recentRow(this.#safe, start), packRecent(this.#at(start), start)];
			this.#sql('INSERT OR REPLACE INTO recent_samples (id, samples) VALUES (?, ?)').run(row, blob);
			const old = recentRow(this.#safe, start - recentBlocks * recentBlockS);
			this.#sql('DELETE FROM recent_samples WHERE id = ?').run(old);
		}
	}

	#at(start: number): PackedSample[] {
		const block = this.#blocks.get(start) ?? readRecentBlock(this.#sql, this.#safe, start);
		this.#blocks.set(start, block);
		return block;
	}
}

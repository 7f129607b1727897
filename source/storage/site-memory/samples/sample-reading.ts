import type { Sql } from '../transaction.ts';
import {
	hourS,
	hoursBlockS,
	keptHoursS,
	keptRecentS,
	type PackedHour,
	recentBlockS,
	startOf,
	unpackHours,
} from './blocks.ts';
import { failingSeconds, holdsS, summariseHour } from './hour.ts';
import { type PackedSample, type Sample, type SampledHour, type Samples, standingOf, unscaleMs } from './sample.ts';
import { findSafe, readHoursBlock, readRecentBlock } from './sample-rows.ts';

export type StoredSamples = {
	readonly recent: readonly PackedSample[];
	readonly hours: ReadonlyArray<PackedHour & { readonly at: number }>;
};

const nothing: StoredSamples = { recent: [], hours: [] };

/** What the file holds of a Safe. Times are seconds since 1970. */
export function readSamples(sql: Sql, identity: string, since: number, now: number): StoredSamples {
	const safe = findSafe(sql, identity);
	if (safe === null) return nothing;
	const recent: PackedSample[] = [];
	// The hour before is looked at too: it may not be summed up yet.
	for (let start = startOf(now - keptRecentS, recentBlockS); start <= now; start += recentBlockS) {
		recent.push(...readRecentBlock(sql, safe, start));
	}
	const hours: Array<PackedHour & { at: number }> = [];
	for (let start = startOf(Math.max(since, now - keptHoursS), hoursBlockS); start <= now; start += hoursBlockS) {
		const blob = readHoursBlock(sql, safe, start);
		if (blob !== null) hours.push(...unpackHours(blob, start));
	}
	return { recent, hours };
}

/** With what is not in the file yet, as it is told. */
export function toldSamples(
	{ recent, hours }: StoredSamples,
	pending: readonly PackedSample[],
	since: number,
	now: number,
): Samples {
	const bySecond = new Map([...pending, ...recent].map((sample) => [sample.at, sample]));
	const all = [...bySecond.values()].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
	const summed = new Map(hours.map((hour) => [hour.at, hour]));
	for (const hour of new Set(all.map(({ at }) => startOf(at, hourS)))) {
		if (summed.has(hour)) continue;
		const summary = summariseHour(
			all.filter(({ at }) => at >= hour - holdsS && at < hour + hourS + holdsS),
			hour,
		);
		if (summary !== null) summed.set(hour, { ...summary, at: hour });
	}
	const from = Math.max(since, now - keptHoursS);
	return {
		recent: all.filter(({ at }) => at >= Math.max(since, now - keptRecentS)).flatMap(toldSample),
		hours: [...summed.values()]
			.filter(({ at }) => at + hourS > from && at <= now)
			.sort((a, b) => a.at - b.at)
			.flatMap(toldHour),
	};
}

function toldSample({ at, code, scaledMs }: PackedSample): Sample[] {
	const standing = standingOf(code);
	return standing === null ? [] : [{ ...standing, at: at * 1000, ms: unscaleMs(scaledMs) }];
}

function toldHour(hour: PackedHour & { readonly at: number }): SampledHour[] {
	const worst = standingOf(hour.code);
	if (worst === null) return [];
	return [{ at: hour.at * 1000, worst, failingSeconds: failingSeconds(hour), medianMs: unscaleMs(hour.scaledMs) }];
}

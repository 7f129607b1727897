import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Measurement } from '../../domain/measurement.ts';
import type { ChangeFeed } from './change-feed.ts';
import { readMeasurement, selectOf } from './measurement-reading.ts';
import type { SiteFile } from './site-file.ts';

const sliceRows = 200;
const gradualSliceRows = 40;
/** Another program's write takes a few milliseconds. */
const waitMs = 100;

/** Reads all measurements of some connector hosts, and says to the feed from where on changes are news. */
export function createLoader(file: SiteFile, clock: () => number, feed: ChangeFeed) {
	/** Before the rows: what comes while they are read is then told twice rather than never. */
	const begin = () => {
		if (feed.hasBegun()) return;
		const outcome = file.read(
			(sql) => sql("SELECT CAST(value AS REAL) AS value FROM site WHERE name = 'revision'").get(),
			waitMs,
		);
		feed.beginAt(outcome.ok ? Number((outcome.value as { value: number } | undefined)?.value ?? 0) : 0);
	};

	const readSlice = (sources: readonly string[], after: number, rows: number) => {
		const outcome = file.read((sql) => {
			const found = selectOf(sql, sources, after, rows);
			const now = clock();
			const read = found.map((row) => readMeasurement(row, sql, now)).filter((one) => one !== null);
			return { read, next: found.length < rows ? null : (found.at(-1)?.id ?? null) };
		}, waitMs);
		return outcome.ok ? outcome.value : null;
	};

	return {
		sources(): readonly string[] {
			const text = 'SELECT DISTINCT source FROM measurement WHERE octet_length(source) <= 400 LIMIT 1000';
			const outcome = file.read((sql) => sql(text).all(), waitMs);
			return outcome.ok ? outcome.value.map(({ source }) => String(source)) : [];
		},
		load(sources: readonly string[]): readonly Measurement[] {
			begin();
			const measurements: Measurement[] = [];
			for (let after: number | null = 0; after !== null; ) {
				const slice = readSlice(sources, after, sliceRows);
				if (slice === null) {
					// The rest comes as changes.
					feed.restart();
					break;
				}
				measurements.push(...slice.read);
				after = slice.next;
			}
			return measurements.toSorted((a, b) => a.beganAt - b.beganAt);
		},
		async loadGradually(
			sources: readonly string[],
			take: (measurements: readonly Measurement[]) => void,
		): Promise<void> {
			begin();
			for (let after: number | null = 0; after !== null; ) {
				const slice = readSlice(sources, after, gradualSliceRows);
				if (slice === null) return feed.restart();
				if (slice.read.length > 0) take(slice.read);
				after = slice.next;
				await nextTurn();
			}
		},
	};
}

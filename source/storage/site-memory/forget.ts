import type { MeasurementKey } from '../../domain/measurement.ts';
import { removeSamples } from './samples/sample-rows.ts';
import type { SiteFile } from './site-file.ts';

const waitMs = 1000; // A person asked for it and waits.

/** @returns how many rows went; 0 where the file cannot be written. */
export function forgetRows(
	file: SiteFile,
	keys: readonly MeasurementKey[],
	safes: readonly string[],
	now: number,
): number {
	const outcome = file.write(({ sql, markOther }) => {
		let rows = 0;
		for (const { source, origin, address, port } of keys) {
			const text = 'DELETE FROM measurement WHERE source = ? AND origin = ? AND address = ? AND port = ?';
			rows += Number(sql(text).run(source, origin, address, port).changes);
		}
		for (const safe of safes) {
			for (const table of ['note', 'reported_error']) {
				rows += Number(sql(`DELETE FROM ${table} WHERE safe = ?`).run(safe).changes);
			}
			rows += removeSamples(sql, safe, Math.floor(now / 1000));
		}
		if (safes.length > 0) markOther();
		return rows;
	}, waitMs);
	return outcome.ok ? outcome.value : 0;
}

export function isOfKeys(keys: readonly MeasurementKey[]): (key: MeasurementKey) => boolean {
	const textOf = ({ source, origin, address, port }: MeasurementKey) => JSON.stringify([source, origin, address, port]);
	const texts = new Set(keys.map(textOf));
	return (key) => texts.has(textOf(key));
}

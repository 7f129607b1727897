import type { SafeResult } from '../domain/check.ts';
import { compareCounted } from '../domain/numbers.ts';

/**
 * Which Safes of a group to try again, so that few connections tell most: targets that are apart, and of those near each other the
 * one that was not looked at for longest; so trying again and again goes through all of them. Pure.
 */
export function chooseSamples(safes: readonly SafeResult[], most: number): SafeResult[] {
	const byTarget = Map.groupBy(safes, ({ connector, target }) => `${connector} ${target}`);
	const targets = [...byTarget]
		.sort(([a], [b]) => compareCounted(a, b))
		// One connection measures a target for all its Safes.
		.flatMap(([, [first]]) => first ?? []);
	const count = Math.min(most, targets.length);
	return Array.from({ length: count }, (_, part) => {
		const share = targets.slice(
			Math.floor((part * targets.length) / count),
			Math.floor(((part + 1) * targets.length) / count),
		);
		return share.reduce((oldest, safe) => (measuredAt(safe) < measuredAt(oldest) ? safe : oldest));
	});
}

/** Of the row whose measurement stands for a connection; '' when never measured, which is before all times. */
function measuredAt({ checks }: SafeResult): string {
	return checks.port.measuredAt ?? '';
}

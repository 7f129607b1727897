import type { Session } from '../engine/session/session.ts';
import type { ReadableStore } from '../engine/store.ts';

/** So many intervals without any progress are no slowness any more. */
const mostIntervals = 3;

/** Tells whether background sweeps go on: why not, or null. Nothing is expected where probes leave on demand only. */
export function watchHealth(session: ReadableStore<Session>): { problem(): string | null; stop(): void } {
	let progressAt = performance.now();
	let before = session.get().sweep;
	const stop = session.subscribe(() => {
		const { sweep } = session.get();
		if (sweep !== before) progressAt = performance.now();
		before = sweep;
	});
	return {
		problem() {
			const { probe, sweepEveryMs } = session.get().inventory.settings;
			const silentMs = performance.now() - progressAt;
			if (probe !== 'background' || silentMs < mostIntervals * sweepEveryMs) return null;
			return `no Safe was measured for ${Math.round(silentMs / 1000)} s; a sweep is due every ${Math.round(sweepEveryMs / 1000)} s`;
		},
		stop,
	};
}

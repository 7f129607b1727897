import type { PartName } from '../report/report-data.ts';
import { type Part, partNames } from '../report/report-data.ts';

/** How far a part of a report is. */
export type PartState = {
	readonly name: PartName;
	readonly state: 'waiting' | 'running' | 'done' | 'failed';
	/** Why it failed, or what it waits for. */
	readonly reason: string | null;
	readonly ms: number | null;
};

export type Parts = {
	/**
	 * Works on a part until it is done or its time is up: whatever hangs, its place in the report says so then.
	 *
	 * @param work is told when nobody waits for it any more.
	 */
	run<Value>(
		name: PartName,
		timeoutMs: number,
		work: (signal: AbortSignal) => Promise<Part<Value>>,
	): Promise<Part<Value>>;
	states(): readonly PartState[];
};

/** @param signal ends all parts at once. */
export function createParts(signal: AbortSignal, onProgress: (states: readonly PartState[]) => void): Parts {
	const states = new Map<PartName, PartState>(
		partNames.map((name) => [name, { name, state: 'waiting', reason: null, ms: null }]),
	);
	const put = (name: PartName, state: PartState['state'], reason: string | null, ms: number | null) => {
		states.set(name, { name, state, reason, ms });
		onProgress([...states.values()]);
	};
	return {
		states: () => [...states.values()],
		async run(name, timeoutMs, work) {
			const started = performance.now();
			const stop = new AbortController();
			put(name, 'running', null, null);
			const { promise: ended, resolve: end } = Promise.withResolvers<{ ok: false; reason: string }>();
			const timer = setTimeout(() => end({ ok: false, reason: `not done within ${timeoutMs / 1000} s` }), timeoutMs);
			const onAbort = () => end({ ok: false, reason: 'cancelled' });
			signal.addEventListener('abort', onAbort, { once: true });
			if (signal.aborted) onAbort();
			try {
				// A part that breaks must not take the others with it.
				const result = await Promise.race([
					work(stop.signal).catch((error: unknown) => ({ ok: false as const, reason: String(error) })),
					ended,
				]);
				put(
					name,
					result.ok ? 'done' : 'failed',
					result.ok ? null : result.reason,
					Math.round(performance.now() - started),
				);
				return result;
			} finally {
				clearTimeout(timer);
				signal.removeEventListener('abort', onAbort);
				stop.abort();
			}
		},
	};
}

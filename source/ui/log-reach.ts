import type { LogBuffer } from '../logs/log-buffer.ts';
import type { LogLine } from '../logs/log-line.ts';
import { firstAbove } from './log-window.ts';

/**
 * The lines that a person can walk through, by their sequence numbers: what the ring keeps, and while paused also what it kept when
 * the pause began, so that nothing that is read goes away under one's eyes.
 */
export type Reach = {
	/** Sequence numbers; `newest` is below `oldest` where there is no line. */
	readonly oldest: number;
	readonly newest: number;
	/** How many lines between these two are gone. */
	readonly gone: number;
	/** The nearest line at or before a sequence number, and at or after it; null past the ends. */
	up(sequence: number): LogLine | null;
	down(sequence: number): LogLine | null;
};

/**
 * @param held ascending.
 * @param since leaves out lines before this time (milliseconds since 1970); a line without time goes with the one before it.
 */
export function reachOf(buffer: LogBuffer, held: readonly LogLine[], since: number | null): Reach {
	const sequenceOf = ({ sequence }: LogLine) => sequence;
	const heldOnly = firstAbove(held, buffer.oldest - 1, sequenceOf);
	const newest = Math.max(buffer.newest, held.at(-1)?.sequence ?? 0);
	const first = heldOnly > 0 ? (held[0]?.sequence ?? 0) : buffer.oldest;
	const reach = {
		oldest: first,
		newest,
		gone: newest - first + 1 - heldOnly - buffer.length,
		up(sequence: number) {
			const at = Math.min(sequence, newest);
			const line = buffer.at(at) ?? held[firstAbove(held, at, sequenceOf) - 1] ?? null;
			return line === null || line.sequence < reach.oldest ? null : line;
		},
		down(sequence: number) {
			const at = Math.max(sequence, reach.oldest);
			if (at >= buffer.oldest) return buffer.at(at) ?? null;
			return held[firstAbove(held, at - 1, sequenceOf)] ?? buffer.at(buffer.oldest) ?? null;
		},
	};
	if (since === null) return reach;
	for (let line = reach.down(reach.oldest); line !== null; line = reach.down(line.sequence + 1)) {
		if (line.time !== null && line.time >= since) break;
		reach.oldest = line.sequence + 1;
	}
	return reach;
}

import type { DecodedLine } from './log-line.ts';

/**
 * How far a log was read: the position of the newest line, and how many lines have that very position, so that neither is one shown
 * twice after a resume nor a twin of it lost.
 */
export type LogPlace = {
	/** To resume after; null before the first line. */
	readonly position: string | null;
	/** A stream begins that repeats the line it resumes after. */
	resume(): void;
	/** Whether the line is new. */
	take(line: DecodedLine): boolean;
};

/** `ordered`: positions are time stamps that sort as text, and a resumed stream begins with the line of the last one. */
export function createPlace(ordered: boolean): LogPlace {
	let position: string | null = null;
	let taken = 0;
	let resumedFrom: string | null = null;
	let toSkip = 0;
	return {
		get position() {
			return position;
		},
		resume() {
			resumedFrom = position;
			toSkip = taken;
		},
		take(line) {
			if (line.position === null) return true;
			if (!ordered) {
				position = line.position;
				return true;
			}
			if (resumedFrom !== null) {
				if (line.position < resumedFrom) return false;
				if (line.position === resumedFrom && toSkip-- > 0) return false;
			}
			if (line.position === position) taken++;
			// What one of two streams hands over late is taken, and does not turn back the place.
			else if (position === null || line.position > position) {
				position = line.position;
				taken = 1;
			}
			return true;
		},
	};
}

import type { LogLine } from '../logs/log-line.ts';
import type { LogPattern } from './log-pattern.ts';

/** How far back the log goes, in steps: `[` further, `]` less far. Milliseconds; the first is whatever is kept. */
export const logRanges = [null, 15 * 60_000, 3_600_000, 6 * 3_600_000, 24 * 3_600_000, 7 * 24 * 3_600_000] as const;

/** A log that stands still. */
export type LogPause = {
	readonly connector: string;
	/** Sequence number of the line at the bottom. */
	readonly bottom: number;
	/** The newest line when it began. */
	readonly began: number;
	/** The lines that were kept when it began: they stay readable when they fall off the ring. */
	readonly held: readonly LogLine[];
	/** The line that a search, an error or another pane led to. */
	readonly mark: number | null;
};

/** What a person looks at in Logs. */
export type LogView = {
	/** Null follows. */
	readonly pause: LogPause | null;
	readonly pattern: LogPattern | null;
	/** Keys go into the search. */
	readonly typing: LogTyping | null;
	/** Only lines that match are shown, with some around them. */
	readonly onlyMatches: boolean;
	readonly wrap: boolean;
	readonly time: boolean;
	/** Columns scrolled to the right, without wrap. */
	readonly column: number;
	/** Which of `logRanges`, and the time it means (milliseconds since 1970). */
	readonly range: number;
	readonly since: number | null;
	/** The connector whose log stays whatever is selected. */
	readonly pinned: string | null;
	/** Older lines are being read. */
	readonly isReading: boolean;
	/** What a key did that takes more room than the footer has: under the lines, until the next key. */
	readonly said: string | null;
};

export type LogTyping = {
	readonly text: string;
	/** Why the text is no pattern. */
	readonly problem: string | null;
	/** Enter shows the lines that match alone. */
	readonly wantsOnly: boolean;
	/** What esc goes back to. */
	readonly before: Pick<LogView, 'pause' | 'pattern' | 'onlyMatches'>;
};

export const firstLogView: LogView = {
	pause: null,
	pattern: null,
	typing: null,
	onlyMatches: false,
	wrap: true,
	time: true,
	column: 0,
	range: 0,
	since: null,
	pinned: null,
	isReading: false,
	said: null,
};

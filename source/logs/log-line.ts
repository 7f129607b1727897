import { cleanText } from '../domain/clean.ts';
import { parseJsonLine } from './json-line.ts';
import { kindOfLevel, levelOfText } from './level.ts';

/** One line of a connector's log, ready to be shown: cleaned and without secrets. */
export type LogLine = {
	/** Counts up by one for every line taken in, so that a gap is a line dropped. */
	readonly sequence: number;
	/** Milliseconds since 1970; null where the source gives no time. */
	readonly time: number | null;
	readonly text: string;
	/** `notice` lines are vpmon's own: a stream that ended, was resumed, cannot be read. */
	readonly kind: 'log' | 'error' | 'warning' | 'notice';
};

/** What a source makes of a raw line. */
export type DecodedLine = {
	readonly time: number | null;
	readonly text: string;
	readonly kind: LogLine['kind'];
	/** Where the source can resume after this line: a cursor or a time stamp. */
	readonly position: string | null;
};

// logfmt with its time in front.
const timeField = /^(?:time|ts)="?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))/;

/** What a line's own text says of it: how bad it is, and when it was written, where it says so. */
export function describeText(text: string): Pick<LogLine, 'kind' | 'time'> {
	const clean = text.includes('\u001b') ? cleanText(text) : text;
	const json = parseJsonLine(clean);
	if (json !== null) return { kind: kindOfLevel(json.level ?? levelOfText(json.message ?? '')), time: json.time };
	const time = clean.startsWith('t') ? Date.parse(timeField.exec(clean)?.[1] ?? '') : Number.NaN;
	return { kind: kindOfLevel(levelOfText(clean)), time: Number.isNaN(time) ? null : time };
}

export function kindOfText(text: string): LogLine['kind'] {
	return describeText(text).kind;
}

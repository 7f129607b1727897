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

const errorWords =
	/\b(?:ERROR|ERR|FATAL|CRIT(?:ICAL)?|PANIC|EMERG|ALERT|SEVERE)\b|\blevel=(?:error|fatal|panic)\b|"level":\s*"(?:error|fatal|panic)"/i;
const warningWords = /\bWARN(?:ING)?\b|\blevel=warn(?:ing)?\b|"level":\s*"warn(?:ing)?"/i;

/** The level a plain line names near its beginning. */
export function kindOfText(text: string): LogLine['kind'] {
	const head = text.slice(0, 120);
	if (errorWords.test(head)) return 'error';
	return warningWords.test(head) ? 'warning' : 'log';
}

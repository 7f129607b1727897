import { withCommas } from '../domain/numbers.ts';
import { formatLogTime } from '../domain/time.ts';
import type { LogLine } from '../logs/log-line.ts';
import { readableLine } from '../logs/readable.ts';
import type { LogPattern } from './log-pattern.ts';
import { masked } from './masking.ts';
import { paint, paintMaybe, type Style, type Theme } from './theme.ts';
import { columnsOf, wrap } from './width.ts';

const mostRowsOfALine = 6;
/** Characters in front of a match that lies past the end of what is shown of its line. */
const leadOfMatch = 20;

/** How the lines of a log are drawn. */
export type LogLook = {
	readonly theme: Theme;
	readonly columns: number;
	readonly wrap: boolean;
	readonly time: boolean;
	/** Columns scrolled to the right, without wrap. */
	readonly column: number;
	readonly pattern: LogPattern | null;
	/** Sequence number of the line with a sign in front. */
	readonly mark: number | null;
};

const kindStyles: Readonly<Record<LogLine['kind'], Style | null>> = {
	error: 'red',
	warning: 'yellow',
	notice: 'cyan',
	log: null,
};

/** What is drawn, searched and copied of a line. */
export function textOf(line: LogLine): string {
	const { text } = readableLine(line);
	return line.kind === 'notice' ? `── ${text} ──` : text;
}

/** A line outside of Logs: wrapped, with its time. */
export function logLines(theme: Theme, line: LogLine, columns: number): string[] {
	return drawLogLine({ theme, columns, wrap: true, time: true, column: 0, pattern: null, mark: null }, line);
}

/** A line of the log as rows of the pane; a very long one is cut, and says so. */
export function drawLogLine(look: LogLook, line: LogLine): string[] {
	const { theme, columns } = look;
	const { time } = readableLine(line);
	// Yesterday's lines must not look like today's.
	const clock = look.time && time !== null ? `${formatLogTime(time, Date.now())} ` : '';
	const sign = line.sequence === look.mark ? paint(theme, 'bold', '▶') : ' ';
	const lead = sign + paint(theme, 'dim', clock);
	const room = columns - 1 - clock.length;
	const style = kindStyles[line.kind];
	// Before it is cut: half a name is half too much.
	const text = masked(textOf(line));
	if (!look.wrap) {
		const { text: shown, start, before } = columnsOf(text, look.column, room);
		return [lead + before + paintMatches(look, style, shown, start, text)];
	}
	const cut = cutForDisplay(text, (columns - 3) * mostRowsOfALine, look.pattern);
	const [first = ''] = wrap(cut, room);
	const rest = cut.slice(first.length).trimStart();
	const later = rest === '' ? [] : wrap(rest, columns - 3);
	let start = 0;
	return [first, ...later].map((part, index) => {
		// Parts follow each other in the text; only blanks between them are gone, and their own indent is not in it.
		const own = cut.indexOf(part.trimStart(), start) - (part.length - part.trimStart().length);
		start = own + part.length;
		return (index === 0 ? lead : '   ') + paintMatches(look, style, part, own, cut);
	});
}

/** A part of a text, from `start` on, with what the search finds in the text standing out. */
function paintMatches(
	{ theme, pattern }: LogLook,
	style: Style | null,
	part: string,
	start: number,
	text: string,
): string {
	if (pattern === null) return paintMaybe(theme, style, part);
	let result = '';
	let at = 0;
	for (const [from, to] of pattern.rangesIn(text)) {
		const [begin, end] = [Math.max(at, from - start), Math.min(part.length, to - start)];
		if (end <= begin) continue;
		result += paintMaybe(theme, style, part.slice(at, begin)) + paint(theme, 'inverse', part.slice(begin, end));
		at = end;
	}
	return result + paintMaybe(theme, style, part.slice(at));
}

function cutForDisplay(text: string, most: number, pattern: LogPattern | null): string {
	if (text.length <= most) return text;
	const said = ` … cut, ${withCommas(text.length)} characters`;
	const room = Math.max(1, most - said.length);
	const match = pattern?.rangesIn(text)[0];
	const from = match === undefined || match[1] <= room ? 0 : Math.max(0, match[0] - leadOfMatch);
	// Not between the halves of a character.
	const shown = text.slice(from, from + room).replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '');
	return (from === 0 ? '' : '… ') + shown + said;
}

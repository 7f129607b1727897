import { formatLogTime } from '../domain/time.ts';
import type { LogBuffer } from '../logs/log-buffer.ts';
import type { LogLine } from '../logs/log-line.ts';
import { readableLine } from '../logs/readable.ts';
import { paint, paintMaybe, type Style, type Theme } from './theme.ts';
import { wrap } from './width.ts';

const mostRowsOfALine = 6;

/** The lines in the window; the one with the anchor's number is the last while paused. */
export function visibleLines(buffer: LogBuffer, height: number, anchor: number | null): LogLine[] {
	if (anchor === null) return buffer.last(height);
	// Sequence numbers have no gaps, so a line's place follows from the newest one's. What fell off the ring is gone.
	const newest = buffer.last(1)[0]?.sequence ?? 0;
	const behind = newest - anchor;
	const end = behind >= buffer.length ? Math.min(height, buffer.length) : buffer.length - behind;
	return buffer.slice(end - height, end);
}

const kindStyles: Readonly<Record<LogLine['kind'], Style | null>> = {
	error: 'red',
	warning: 'yellow',
	notice: 'cyan',
	log: null,
};

/** A line of the log as lines of the pane; a very long one is cut, and says so. */
export function logLines(theme: Theme, line: LogLine, columns: number): string[] {
	const { time, text } = readableLine(line);
	// Yesterday's lines must not look like today's.
	const clock = time === null ? '' : `${formatLogTime(time, Date.now())} `;
	const shown = line.kind === 'notice' ? `── ${text} ──` : text;
	const cut = cutForDisplay(shown, (columns - 3) * mostRowsOfALine);
	const [first = ''] = wrap(cut, columns - 1 - clock.length);
	const rest = cut.slice(first.length).trimStart();
	const style = kindStyles[line.kind];
	const indented = rest === '' ? [] : wrap(rest, columns - 3);
	return [
		` ${paint(theme, 'dim', clock)}${paintMaybe(theme, style, first)}`,
		...indented.map((part) => `   ${paintMaybe(theme, style, part)}`),
	];
}

function cutForDisplay(text: string, most: number): string {
	if (text.length <= most) return text;
	const said = ` … cut, ${text.length.toLocaleString('en')} characters`;
	// Not between the halves of a character.
	return text.slice(0, Math.max(1, most - said.length)).replace(/[\ud800-\udbff]$/, '') + said;
}

import { basename } from 'node:path';
import { cleanLine } from '../domain/clean.ts';
import { describeText } from './log-line.ts';
import type { LineCount, LogSource } from './log-source.ts';

const leadingTime = /^\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)\]?[ \t]*/;

/** A log file, followed by name through renames and truncation (`tail -F`). */
export function fileSource(path: string): LogSource {
	return {
		name: `file ${basename(path)}`,
		mergesStreams: false,
		tailCommand: (lines) => ['tail', '-n', countOf(lines), '--', path],
		// tail -F itself goes on over rotations; when it was killed, what came meanwhile is told by the line that says so.
		followCommand: (lines, after) => ['tail', '-n', after === null ? countOf(lines) : '0', '-F', '--', path],
		decode(line, stream) {
			if (stream === 'stderr') return null;
			const match = leadingTime.exec(line);
			const time = match?.[1] === undefined ? Number.NaN : Date.parse(match[1].replace(',', '.').replace(' ', 'T'));
			// The time is shown in its own column, in the reader's zone.
			const text = Number.isNaN(time) ? line : line.slice(match?.[0].length);
			const own = describeText(text);
			return {
				time: Number.isNaN(time) ? own.time : time,
				text,
				kind: own.kind,
				position: 'read',
			};
		},
		isComplaint: (line) => /cannot open|inaccessible|permission denied/i.test(line),
		explain(stderr, outcome) {
			if (outcome === 'not-found') return 'tail is not installed here';
			if (/no such file/i.test(stderr)) return `there is no file ${path} yet`;
			if (/permission denied/i.test(stderr)) return `no permission to read ${path}`;
			return cleanLine(stderr).slice(0, 200) || 'tail ended';
		},
	};
}

/** tail(1): `+1` is from the first line on. */
function countOf(lines: LineCount): string {
	return lines === 'all' ? '+1' : String(lines);
}

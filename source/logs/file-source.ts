import { basename } from 'node:path';
import { cleanLine } from '../domain/clean.ts';
import { countOf, createFileDecoder, followFile } from './file-follow.ts';
import { type DecodedLine, describeText } from './log-line.ts';
import type { LogSource } from './log-source.ts';

const leadingTime = /^\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)\]?[ \t]*/;

/** A log file, followed by name through renames and truncation. */
export function fileSource(path: string): LogSource {
	return {
		name: `file ${basename(path)}`,
		mergesStreams: false,
		patience: 10_000,
		tailCommand: (lines) => ['tail', '-n', countOf(lines), '--', path],
		async refusal(host, options) {
			// tail(1) waits for who writes to a pipe, and reads a device without end.
			const { outcome, stdout } = await host.run(['find', '-L', path, '-prune', '!', '-type', 'f'], options);
			return outcome === 'done' && stdout.trim() !== '' ? refusedText(path) : null;
		},
		followCommand: (lines, after) => followFile(path, lines, after),
		decode: (line, stream) => (stream === 'stderr' ? null : decodeLine(line)),
		createDecoder: () => createFileDecoder(decodeLine),
		isComplaint: (line) => /can(?:no|')t open|no such file|permission denied|no plain file/i.test(line),
		explain(stderr, outcome) {
			if (outcome === 'not-found') return 'tail is not installed here';
			if (/no such file/i.test(stderr)) return `there is no file ${path} yet`;
			if (/no plain file/.test(stderr)) return refusedText(path);
			if (/permission denied/i.test(stderr)) return `no permission to read ${path}`;
			return cleanLine(stderr).slice(0, 200) || 'tail ended';
		},
		whyEmpty: async () => `${path} is empty`,
	};
}

const refusedText = (path: string) => `${path} is no plain file; a log is read from one`;

function decodeLine(line: string): DecodedLine {
	const match = leadingTime.exec(line);
	const time = match?.[1] === undefined ? Number.NaN : Date.parse(match[1].replace(',', '.').replace(' ', 'T'));
	// The time is shown in its own column, in the reader's zone.
	const text = Number.isNaN(time) ? line : line.slice(match?.[0].length);
	const own = describeText(text);
	return { time: Number.isNaN(time) ? own.time : time, text, kind: own.kind, position: null };
}

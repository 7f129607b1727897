import * as v from 'valibot';
import { cleanLine } from '../domain/clean.ts';
import { parseJson } from '../domain/json.ts';
import { type DecodedLine, kindOfText, type LogLine } from './log-line.ts';
import type { LogSource } from './log-source.ts';

// systemd.journal-fields(7). A field can be a string, bytes where it is not UTF-8, null where it was too long, or a list of these.
const bytes = v.array(v.number());
const field = v.union([v.string(), bytes, v.null()]);
const entry = v.looseObject({
	MESSAGE: v.optional(v.union([field, v.array(field)])),
	PRIORITY: v.optional(v.string()),
	__REALTIME_TIMESTAMP: v.optional(v.string()),
	__CURSOR: v.optional(v.string()),
});

/** Characters; nothing shorter was cut. */
const longestEntry = 1024 * 1024;
const showTimeout = 5000; // Milliseconds.

/** `journalctl -u`, from the live journal or from saved journal files. */
export function journalSource(unit: string, directory: string | null): LogSource {
	const where = directory === null ? [] : ['--directory', directory];
	const base = ['journalctl', ...where, '-u', unit, '--output', 'json', '--all', '--no-pager'];
	return {
		name: `journal ${unit}`,
		mergesStreams: false,
		tailCommand: (lines) => [...base, '-n', String(lines)],
		followCommand: (lines, after) => [
			...base,
			'--follow',
			...(after === null ? ['-n', String(lines)] : ['--after-cursor', after, '-n', 'all']),
		],
		// systemd.time(7): @ and seconds since 1970.
		since: (command, time) => [...command, '--since', `@${Math.floor(time / 1000)}`],
		decode: (line, stream) => (stream === 'stderr' ? null : decodeEntry(line)),
		isComplaint: (line) => /no journal files|permission|not seeing messages|failed/i.test(line),
		explain(stderr, outcome) {
			if (outcome === 'not-found') return 'journalctl is not installed here';
			if (directory !== null && /no journal files were found/i.test(stderr)) {
				return `there are no journal files in ${directory}`;
			}
			if (/no journal files were (?:found|opened)/i.test(stderr)) {
				return 'no journal can be read here: join the group systemd-journal, or run vpmon with sudo';
			}
			if (/not seeing messages|permission/i.test(stderr))
				return 'only your own journal can be read: join the group systemd-journal, or run vpmon with sudo';
			if (/no such file/i.test(stderr)) return `there is no journal in ${directory ?? 'the usual place'}`;
			return cleanLine(stderr).slice(0, 200) || 'journalctl ended';
		},
		async whyEmpty(host) {
			if (directory !== null) return `the journal in ${directory} has no entry of ${unit}`;
			const { stdout } = await host.run(['systemctl', 'show', '--property=LoadState', unit], {
				timeoutMs: showTimeout,
			});
			if (stdout.trim() === 'LoadState=not-found')
				return `there is no unit ${unit} here: systemctl list-units --type=service lists the names`;
			return `the journal has no entry of ${unit}: it has logged nothing yet`;
		},
	};
}

function decodeEntry(line: string): DecodedLine | null {
	const parsed = v.safeParse(entry, parseJson(line));
	if (!parsed.success) return line.length > longestEntry ? tooLong(line) : null;
	const { MESSAGE, PRIORITY, __REALTIME_TIMESTAMP: micros, __CURSOR: cursor } = parsed.output;
	const text = messageText(MESSAGE);
	return {
		time: micros === undefined ? null : Math.floor(Number(micros) / 1000),
		text,
		kind: kindOf(PRIORITY) ?? kindOfText(text),
		position: cursor ?? null,
	};
}

/** An entry that was cut is no JSON any more; that there was one is told all the same. */
function tooLong(line: string): DecodedLine {
	const cursor = /"__CURSOR"\s*:\s*"([^"]+)"/.exec(line)?.[1] ?? null;
	return { time: null, text: '(a message too long to be read)', kind: 'log', position: cursor };
}

type Field = v.InferOutput<typeof field>;

function messageText(message: Field | readonly Field[] | undefined): string {
	if (message === undefined || message === null) return '(a message without text)';
	if (typeof message === 'string') return message;
	if (message.every((part) => typeof part === 'number')) return Buffer.from(message as number[]).toString('utf8');
	return (message as readonly Field[]).map((part) => messageText(part)).join(' ');
}

/** syslog(3): 0 to 3 are errors, 4 is a warning. Services that do not set one log at 6, which says nothing. */
function kindOf(priority: string | undefined): LogLine['kind'] | null {
	const level = Number(priority ?? 6);
	if (level <= 3) return 'error';
	return level === 4 ? 'warning' : null;
}

import * as v from 'valibot';
import { parseJson } from '../domain/json.ts';
import { type DecodedLine, kindOfText, type LogLine } from './log-line.ts';

// systemd.journal-fields(7). A field can be a string, bytes where it is not UTF-8, null where it was too long, or a list of these.
const bytes = v.array(v.number());
const field = v.union([v.string(), bytes, v.null()]);
const fields = v.looseObject({
	MESSAGE: v.optional(v.union([field, v.array(field)])),
	PRIORITY: v.optional(v.string()),
	__REALTIME_TIMESTAMP: v.optional(v.string()),
	__CURSOR: v.optional(v.string()),
});

type Fields = v.InferOutput<typeof fields>;
type Field = v.InferOutput<typeof field>;

/** Characters; nothing shorter was cut. */
const longestEntry = 1024 * 1024;

/** An entry as `journalctl --output json` writes it. Null for what is none. */
export function decodeEntry(line: string): DecodedLine | null {
	const entry = usualFields(line) ?? allFields(line);
	if (entry === null) return line.length > longestEntry ? tooLong(line) : null;
	const { MESSAGE, PRIORITY, __REALTIME_TIMESTAMP: micros, __CURSOR: cursor } = entry;
	const text = messageText(MESSAGE);
	return {
		time: timeOf(micros),
		text,
		kind: kindOf(PRIORITY) ?? kindOfText(text),
		position: cursor ?? null,
	};
}

/**
 * Most entries are a message in one string among twenty fields that nobody reads: taking these four out costs half of parsing them all.
 * Null for any other entry.
 */
function usualFields(line: string): Fields | null {
	const MESSAGE = stringOf(line, '"', 'MESSAGE":"');
	const __CURSOR = stringOf(line, '"__', 'CURSOR":"');
	const __REALTIME_TIMESTAMP = stringOf(line, '"__', 'REALTIME_TIMESTAMP":"');
	if (MESSAGE === null || __CURSOR === null || __REALTIME_TIMESTAMP === null) return null;
	return { MESSAGE, __CURSOR, __REALTIME_TIMESTAMP, PRIORITY: stringOf(line, '"', 'PRIORITY":"') ?? undefined };
}

/**
 * The string behind a key, which is looked for by its rarer characters first: a search stops at each first one, and quotes are all over.
 * No quote inside a string of JSON is without a backslash, and no field's name holds one, so what reads like a key is that key.
 */
function stringOf(line: string, before: string, key: string): string | null {
	let at = line.indexOf(key);
	while (at !== -1 && !line.startsWith(before, at - before.length)) at = line.indexOf(key, at + 1);
	if (at === -1) return null;
	const start = at + key.length;
	let end = line.indexOf('"', start);
	while (end !== -1 && isEscaped(line, start, end)) end = line.indexOf('"', end + 1);
	// Parsed, not just cut out: a piece of a string would hold on to the whole line.
	const value = end === -1 ? null : parseJson(line.slice(start - 1, end + 1));
	return typeof value === 'string' ? value : null;
}

function isEscaped(line: string, start: number, at: number): boolean {
	let first = at;
	while (first > start && line[first - 1] === '\\') first--;
	return (at - first) % 2 === 1;
}

function allFields(line: string): Fields | null {
	const parsed = v.safeParse(fields, parseJson(line));
	return parsed.success ? parsed.output : null;
}

/** An entry that was cut is no JSON any more; that there was one is told all the same. */
function tooLong(line: string): DecodedLine {
	const cursor = /"__CURSOR"\s*:\s*"([^"]+)"/.exec(line)?.[1] ?? null;
	return { time: null, text: '(a message too long to be read)', kind: 'log', position: cursor };
}

/** Null for what no clock shows: a damaged journal may hold anything. */
function timeOf(micros: string | undefined): number | null {
	return micros !== undefined && /^\d{1,16}$/.test(micros) ? Math.floor(Number(micros) / 1000) : null;
}

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

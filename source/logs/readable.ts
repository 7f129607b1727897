import { cleanLine } from '../domain/clean.ts';
import { removeRandomTokens, removeSecretsAgain } from '../redact/secrets/secret-lines.ts';
import { removedSecret } from '../redact/secrets/spans.ts';
import { parseJsonLine } from './json-line.ts';
import { type Level, levelOfText } from './level.ts';
import type { LogLine } from './log-line.ts';

/** A line as a person reads it; the line itself stays as it came, for search, report and evidence. */
export type ReadableLine = {
	/** Milliseconds since 1970. */
	readonly time: number | null;
	readonly text: string;
};

const longestValue = 200; // Characters of one field.
const longestNested = 80;
const deepest = 2;
/** A logger's own time is left out where it is that of the line, written and read a moment later. */
const sameMoment = 2000; // Milliseconds.

// What is on the screen is asked for with every frame.
const known = new WeakMap<LogLine, ReadableLine>();

/** A JSON line as level, message, then its other fields as key=value; a level that only the journal told stands in front as a word. */
export function readableLine(line: LogLine): ReadableLine {
	let readable = known.get(line);
	if (readable === undefined) {
		readable = line.kind === 'notice' ? line : make(line);
		known.set(line, readable);
	}
	return readable;
}

function make(line: LogLine): ReadableLine {
	// Where a secret was taken out with its quotes, the line is no JSON any more.
	const json = parseJsonLine(line.text) ?? parseJsonLine(line.text.replace(bareSecret, JSON.stringify(removedSecret)));
	if (json === null) {
		const hasWord = levelOfText(line.text) !== null;
		const text = removeRandomTokens(line.text);
		return { time: line.time, text: hasWord || line.kind === 'log' ? text : `${wordOfKind(line.kind)} ${text}` };
	}
	const { time, message, rest } = json;
	const level = json.level ?? wordOfKind(line.kind);
	const isOther = time !== null && line.time !== null && Math.abs(time - line.time) > sameMoment;
	const parts = [
		...(level === null ? [] : [level]),
		...(message === null ? [] : [message]),
		...(isOther ? [`time=${new Date(time).toISOString()}`] : []),
		...rest.map(([key, value]) => `${key}=${formatValue(value, 0)}`),
	];
	// Inside JSON every character can be written as \u001b or \u0077: what was hidden so comes out only now.
	return { time: line.time ?? time, text: removeSecretsAgain(cleanLine(parts.join(' ')), line.text) };
}

const bareSecret = new RegExp(
	String.raw`(?<=[:,[]\s{0,8})${removedSecret.replace(/[[\]]/g, String.raw`\$&`)}(?=\s{0,8}[,}\]])`,
	'g',
);

function wordOfKind(kind: LogLine['kind']): Level | null {
	if (kind === 'error') return 'ERROR';
	return kind === 'warning' ? 'WARN' : null;
}

function formatValue(value: unknown, depth: number): string {
	if (typeof value !== 'object' || value === null) return formatScalar(value);
	if (depth >= deepest) return '…';
	const inner = Array.isArray(value)
		? value.map((part) => formatValue(part, depth + 1)).join(',')
		: Object.entries(value)
				.map(([key, part]) => `${key}=${formatValue(part, depth + 1)}`)
				.join(' ');
	const short = cut(inner, longestNested);
	return Array.isArray(value) ? `[${short}]` : `{${short}}`;
}

function formatScalar(value: unknown): string {
	const text = cut(String(value), longestValue);
	return typeof value === 'string' && (text === '' || /[\s"=]/.test(text)) ? JSON.stringify(text) : text;
}

function cut(text: string, most: number): string {
	return text.length > most ? `${text.slice(0, most)}…` : text;
}

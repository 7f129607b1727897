import { parseJson } from '../domain/json.ts';
import { type Level, levelOfNumber, levelOfPriority, levelOfWord } from './level.ts';

/** A line that is a JSON object, as loggers write it, taken apart. */
export type JsonLine = {
	/** Milliseconds since 1970; null where no field holds a time. */
	readonly time: number | null;
	readonly level: Level | null;
	readonly message: string | null;
	/** All other fields, in their order. */
	readonly rest: ReadonlyArray<readonly [key: string, value: unknown]>;
};

/** A longer object is shown as it came: nobody reads its fields in a line. */
const longestObject = 256 * 1024; // Characters.

// The names that zap, slog, zerolog, logrus, pino, bunyan, log4j, python-json-logger, GELF and the Elastic Common Schema use.
const timeKeys = ['time', 'ts', 'timestamp', '@timestamp', 't', 'asctime', '@t'];
const levelKeys = ['level', 'lvl', 'severity', 'log.level', 'levelname', 'loglevel', '@l'];
const messageKeys = ['msg', 'message', '@m', 'short_message', 'MESSAGE'];

/** Null for a line that is not one whole JSON object. */
export function parseJsonLine(text: string): JsonLine | null {
	if (text.charCodeAt(0) !== 0x7b || text.length > longestObject || !/\}\s*$/.test(text.slice(-8))) return null;
	const parsed = parseJson(text);
	if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return null;
	const fields = parsed as Record<string, unknown>;
	const found = <Value>(keys: readonly string[], read: (value: unknown) => Value | null) => {
		for (const key of keys) {
			const value = Object.hasOwn(fields, key) ? read(fields[key]) : null;
			if (value !== null) return { key, value };
		}
		return null;
	};
	const time = found(timeKeys, readTime);
	const level =
		found(levelKeys, (value) => readLevel(value, 'short_message' in fields)) ?? found(['PRIORITY'], readPriority);
	const message = found(messageKeys, (value) => (typeof value === 'string' && value !== '' ? value : null));
	const used = new Set([time?.key, level?.key, message?.key]);
	return {
		time: time?.value ?? null,
		level: level?.value ?? null,
		message: message?.value ?? null,
		rest: Object.entries(fields).filter(([key]) => !used.has(key)),
	};
}

function readLevel(value: unknown, isGelf: boolean): Level | null {
	if (typeof value === 'string') return levelOfWord(value);
	if (typeof value !== 'number') return null;
	return isGelf ? levelOfPriority(value) : levelOfNumber(value);
}

function readPriority(value: unknown): Level | null {
	return value === null || value === '' ? null : levelOfPriority(Number(value));
}

// 2001-09-09 in seconds, milliseconds, microseconds and nanoseconds: each unit is told by its size.
const oneBillion = 1e9;

function readTime(value: unknown): number | null {
	if (typeof value === 'number') {
		for (const perMillisecond of [1e-3, 1, 1e3, 1e6]) {
			const least = oneBillion * 1e3 * perMillisecond;
			if (value >= least && value < least * 100) return Math.round(value / perMillisecond);
		}
		return null;
	}
	if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(value)) return null;
	const time = Date.parse(
		value
			.replace(',', '.')
			.replace(' ', 'T')
			.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'),
	);
	return Number.isNaN(time) ? null : time;
}

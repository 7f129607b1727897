import { InvalidArgumentError } from 'commander';
import { type CheckId, checkIds } from './domain/check.ts';
import { parseListen } from './domain/listen-address.ts';
import { parseSince } from './domain/time.ts';

// What may follow a flag: each takes the text and gives the value, or says what was expected.

export const seconds = (text: string) => {
	const value = Number(text);
	if (text.trim() === '' || !Number.isFinite(value) || value < 0 || value > 3600)
		throw new InvalidArgumentError('Expected seconds from 0 to 3600.');
	return value;
};
const unitMs = { '': 1000, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds; a bare number counts seconds. */
export const duration = (text: string) => {
	const [, number = '', unit = ''] = /^(\d{1,9}(?:\.\d{1,9})?)\s*(ms|s|m|h|d)?$/.exec(text.trim()) ?? [];
	if (number === '') throw new InvalidArgumentError('Expected a time such as 10s, 5m or 1h.');
	return Number(number) * unitMs[unit as keyof typeof unitMs];
};
/** A timeout shorter than this would only measure vpmon itself. */
const shortestTimeout = 0.5;

export const timeout = (text: string) => {
	const value = seconds(text);
	if (value < shortestTimeout) throw new InvalidArgumentError(`Expected seconds from ${shortestTimeout} to 3600.`);
	return value;
};
export const count = (text: string) => {
	const value = Number(text);
	if (!Number.isInteger(value) || value < 1 || value > 1000)
		throw new InvalidArgumentError('Expected a whole number from 1 to 1000.');
	return value;
};
export const port = (text: string) => {
	const value = Number(text);
	if (!/^\d{1,5}$/.test(text) || value < 1 || value > 65_535)
		throw new InvalidArgumentError('Expected a port from 1 to 65535.');
	return value;
};
export const listenAddress = (text: string) => {
	const address = parseListen(text);
	if (address === null) throw new InvalidArgumentError('Expected host:port, such as 127.0.0.1:9466 or [::1]:9466.');
	return address;
};
export const lineCount = (text: string) => {
	if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
	return Number(text);
};
export const since = (text: string) => {
	const time = parseSince(text, Date.now());
	if (time === null)
		throw new InvalidArgumentError('Expected 10m, 2h, 3d or an ISO time such as 2026-11-22T08:00:00Z.');
	return time;
};
export const checkList = (text: string): CheckId[] => {
	const given = text.split(',').map((part) => part.trim());
	const bad = given.find((part) => !checkIds.some((id) => id === part));
	if (bad !== undefined)
		throw new InvalidArgumentError(`${JSON.stringify(bad)} is no check; expected ${checkIds.join(', ')}.`);
	return given as CheckId[];
};

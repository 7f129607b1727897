import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dockerSource } from '../../source/logs/docker-source.ts';
import { decodeEntry } from '../../source/logs/journal-entry.ts';
import { parseJsonLine } from '../../source/logs/json-line.ts';
import { levelOfText } from '../../source/logs/level.ts';
import { splitLines } from '../../source/logs/line-splitter.ts';
import { describeText } from '../../source/logs/log-line.ts';
import { readableLine } from '../../source/logs/readable.ts';
import { createLineGate } from '../../source/logs/safe-text.ts';
import { controlPieces, harmful, holds, propertyTimeout, textOf } from '../helpers/properties.ts';

const logPieces = [
	...controlPieces,
	'{',
	'}',
	'"',
	'\\',
	'\\u001b[31m',
	':',
	',',
	'"level":"error"',
	'"msg":"',
	'"time":',
	'"MESSAGE":"',
	'"MESSAGE":[27,93,48]',
	'"__CURSOR":"s=1"',
	'"__REALTIME_TIMESTAMP":"',
	'"PRIORITY":"3"',
	'1790000000000000',
	'1e999',
	'-1',
	'2026-11-22T08:00:00.123456789Z ',
	'2026-13-45T99:99:99Z ',
	'level=',
	'ERROR',
	'<3>',
	'I1122 08:00:00.1 1 x.go:1]',
	'password=hunter2',
	'-----BEGIN OPENSSH PRIVATE KEY-----',
	'time="2026-11-22T08:00:00Z"',
];
const line = fc.oneof(
	textOf(logPieces),
	fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify(value)),
);
/** A time is one that a clock can show, or none. */
const isTime = (time: number | null) => time === null || !Number.isNaN(new Date(time).getTime());

test(
	'bytes become the same lines whatever pieces they come in, and every byte is counted',
	() =>
		holds(
			fc.asyncProperty(
				fc.array(
					fc.oneof(
						fc.uint8Array({ maxLength: 12 }),
						textOf(logPieces, 4).map((text) => Buffer.from(text)),
					),
					{
						maxLength: 12,
					},
				),
				async (chunks) => {
					const whole = Buffer.concat(chunks);
					const lines: string[] = [];
					let counted = 0;
					await splitLines(
						Readable.from(
							chunks.map((chunk) => Buffer.from(chunk)),
							{ objectMode: false },
						),
						(text, bytes) => {
							lines.push(text);
							counted += bytes;
						},
					);
					const expected: string[] = [];
					for (let start = 0; start < whole.length; ) {
						const found = whole.indexOf(10, start);
						const end = found === -1 ? whole.length : found;
						expected.push(whole.subarray(start, whole[end - 1] === 13 && end > start ? end - 1 : end).toString());
						start = end + 1;
					}
					expect(lines).toEqual(expected);
					expect(counted).toBe(whole.length);
				},
			),
			300,
		),
	propertyTimeout,
);

test(
	'whatever a log says can be shown: no control character, no time that no clock has',
	() => {
		const docker = dockerSource('x');
		return holds(
			fc.property(line, fc.option(fc.double()), (text, time) => {
				levelOfText(text);
				const described = describeText(text);
				expect(isTime(described.time)).toBe(true);
				expect(isTime(parseJsonLine(text)?.time ?? null)).toBe(true);
				for (const decoded of [decodeEntry(text), docker.decode(text, 'stdout')]) {
					if (decoded === null) continue;
					expect(isTime(decoded.time)).toBe(true);
					const shown = createLineGate()(decoded.text);
					if (shown === null) continue;
					expect(shown).not.toMatch(/\n/);
					expect(shown).not.toMatch(harmful);
					const readable = readableLine({ sequence: 1, time: decoded.time, text: shown, kind: decoded.kind });
					expect(readable.text).not.toMatch(/\n/);
					expect(readable.text).not.toMatch(harmful);
				}
				const shown = createLineGate()(text);
				if (shown !== null)
					expect(
						readableLine({ sequence: 1, time: isTime(time) ? time : null, text: shown, kind: 'error' }).text,
					).not.toMatch(harmful);
			}),
			1500,
		);
	},
	propertyTimeout,
);

const fieldValue = fc.oneof(textOf(logPieces, 4), fc.constant(null), fc.array(fc.nat(255), { maxLength: 6 }));

test(
	'an entry of the journal is read as JSON has it, in whatever order its fields stand',
	() =>
		holds(
			fc.property(
				textOf(logPieces, 6),
				fc.array(fc.tuple(fc.constantFrom('A', '_MESSAGE', 'X__CURSOR', 'MESSAGE_ID', 'SYSLOG_RAW'), fieldValue), {
					maxLength: 4,
				}),
				fc.nat(2e9),
				fc.nat(7),
				fc.infiniteStream(fc.nat(10)),
				(message, others, seconds, priority, order) => {
					const known = [
						['MESSAGE', message],
						['__CURSOR', `s=${message}`],
						['__REALTIME_TIMESTAMP', `${seconds}000123`],
						['PRIORITY', String(priority)],
					] as const;
					const entries = [...known, ...others].map((entry) => ({ entry, at: order.next().value as number }));
					const fields = Object.fromEntries(entries.sort((a, b) => a.at - b.at).map(({ entry }) => entry));
					expect(decodeEntry(JSON.stringify(fields))).toMatchObject({
						text: message,
						time: seconds * 1000,
						position: `s=${message}`,
					});
				},
			),
			500,
		),
	propertyTimeout,
);

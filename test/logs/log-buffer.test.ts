import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { journalSource } from '../../source/logs/journal-source.ts';
import { splitLines } from '../../source/logs/line-splitter.ts';
import { LogBuffer } from '../../source/logs/log-buffer.ts';

const line = (text: string) => ({ time: null, text, kind: 'log', position: null }) as const;

test('keeps the last lines, and counts what fell off', () => {
	const buffer = new LogBuffer();
	for (let index = 1; index <= 25_000; index++) buffer.add(line(`line ${index}`));
	expect(buffer.length).toBe(10_000);
	expect(buffer.taken).toBe(25_000);
	expect(buffer.dropped).toBe(15_000);
	expect(buffer.last(2).map(({ text, sequence }) => [text, sequence])).toEqual([
		['line 24999', 24_999],
		['line 25000', 25_000],
	]);
	expect(buffer.slice(0, 1)[0]?.text).toBe('line 15001');
});

test('is bounded by characters too; a line of 1 MB is whole, a longer one is cut and says so', () => {
	const buffer = new LogBuffer();
	for (let index = 0; index < 400; index++) buffer.add(line('x'.repeat(60_000)));
	expect(buffer.length).toBeLessThan(150);
	expect(buffer.dropped).toBe(400 - buffer.length);
	buffer.add(line('y'.repeat(1_000_000)));
	expect(buffer.last(1)[0]?.text).toBe('y'.repeat(1_000_000));
	buffer.add(line('z'.repeat(5_000_000)));
	expect(buffer.last(1)[0]?.text).toMatch(/^z{1048576} … cut, 5000000 characters$/);
	for (let index = 0; index < 20; index++) buffer.add(line('w'.repeat(1_000_000)));
	expect(buffer.length).toBe(8);
});

test('makes foreign text harmless on the way in', () => {
	const buffer = new LogBuffer();
	buffer.add(line('\u001b]0;title\u0007hello \u001b[31mred\u001b[0m password=hunter2'));
	expect(buffer.last(1)[0]?.text).toBe('hello red password=[secret removed]');
});

test('lines come whole out of pieces: CRLF, split characters, no end', async () => {
	const stream = new PassThrough();
	const lines: string[] = [];
	const done = splitLines(stream, (text) => lines.push(text));
	const euro = Buffer.from('€');
	stream.write('one\r\ntw');
	stream.write('o\n');
	stream.write(euro.subarray(0, 1));
	stream.write(euro.subarray(1));
	stream.write(Buffer.from([10, 0xff, 10]));
	stream.end('last');
	await done;
	expect(lines).toEqual(['one', 'two', '€', '\ufffd', 'last']);
});

test('no line is lost where somebody else resumes the stream, as Node does with those of a child that exits', async () => {
	const stream = new PassThrough({ highWaterMark: 1 << 20 });
	const lines: string[] = [];
	const done = splitLines(stream, (text) => {
		lines.push(text);
		stream.resume();
	});
	const expected = Array.from({ length: 20_000 }, (_, index) => `line ${index}`);
	for (let first = 0; first < expected.length; first += 4000)
		stream.write(`${expected.slice(first, first + 4000).join('\n')}\n`);
	stream.end();
	await done;
	expect(lines).toEqual(expected);
});

test('of a line without end the first 8 MB are kept, and it says so', async () => {
	const stream = new PassThrough();
	const lines: [number, string, number][] = [];
	const done = splitLines(stream, (text, bytes) => lines.push([text.length, text.slice(-25), bytes]));
	for (let index = 0; index < 100; index++) stream.write('z'.repeat(100_000));
	stream.end('\nnext\n');
	await done;
	expect(lines).toEqual([
		[8 * 1024 * 1024 + ' … cut, 10000001 bytes'.length, 'zzz … cut, 10000001 bytes', 10_000_001],
		[4, 'next', 5],
	]);
});

test('a line of 1 MB comes whole, also as the bytes that the journal makes of it', async () => {
	const stream = new PassThrough();
	const lines: string[] = [];
	const done = splitLines(stream, (text) => lines.push(text));
	const message = Array.from({ length: 1_000_000 }, (_, index) => 65 + (index % 26));
	const entry = JSON.stringify({ MESSAGE: [...message, 255], __REALTIME_TIMESTAMP: '1763800000000000' });
	stream.end(`${entry}\n${'y'.repeat(1_000_000)}\r\nlast`);
	await done;
	expect(lines.map((text) => text.length)).toEqual([entry.length, 1_000_000, 4]);
	expect(journalSource('agent', null).decode(lines[0] ?? '', 'stdout')?.text).toHaveLength(1_000_001);
});

test('between two pieces others have their turn, however much there is to read', async () => {
	const stream = new PassThrough({ highWaterMark: 1024 * 1024 });
	let lines = 0;
	const done = splitLines(stream, () => lines++);
	for (let index = 0; index < 20; index++) stream.write('x\n'.repeat(1000));
	stream.end();
	const seen: number[] = [];
	while (lines < 20_000) {
		await new Promise((resolve) => setImmediate(resolve));
		seen.push(lines);
	}
	await done;
	expect(new Set(seen).size).toBeGreaterThan(15);
});

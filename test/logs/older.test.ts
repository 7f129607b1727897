import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLocalHost } from '../../source/hosts/local-host.ts';
import { fileSource } from '../../source/logs/file-source.ts';
import { followLog } from '../../source/logs/follow.ts';
import { LogBuffer } from '../../source/logs/log-buffer.ts';
import { readOlder } from '../../source/logs/older.ts';

const host = createLocalHost();
let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const linesFrom = (first: number, last: number) =>
	Array.from({ length: last - first + 1 }, (_, index) => `INFO line ${first + index}\n`).join('');

async function follow(lines: number) {
	const file = join(directory, 'connector.log');
	writeFileSync(file, linesFrom(1, lines));
	const source = fileSource(file);
	const buffer = new LogBuffer();
	const following = followLog(host, source, buffer, () => {});
	await vi.waitFor(() => expect(buffer.length).toBe(Math.min(500, lines)), 5000);
	following.stop();
	return { file, buffer, older: async () => (await readOlder(host, source, buffer, { timeoutMs: 5000 })).said };
}

const numbers = (buffer: LogBuffer) => buffer.slice(0, buffer.length).map(({ text }) => Number(/\d+$/.exec(text)?.[0]));

test('older lines come in front, each once, until there are none', async () => {
	const { file, buffer, older } = await follow(3200);
	expect(numbers(buffer)[0]).toBe(2701);
	// What came meanwhile moves the place.
	appendFileSync(file, linesFrom(3201, 3300));
	expect(await older()).toBe('1900 older lines');
	expect(await older()).toBe('800 older lines');
	expect(await older()).toBe('there is nothing older');
	expect(numbers(buffer)).toEqual(Array.from({ length: 3200 }, (_, index) => index + 1));
	const sequences = buffer.slice(0, buffer.length).map(({ sequence }) => sequence);
	expect(sequences.every((sequence, index) => index === 0 || sequence === (sequences[index - 1] ?? 0) + 1)).toBe(true);
});

test('lines that are gone from the log are not made up', async () => {
	const { file, buffer, older } = await follow(1000);
	writeFileSync(file, linesFrom(5001, 5100));
	expect(await older()).toBe('older lines are gone, or the log moves too fast to join them');
	expect(buffer.length).toBe(500);
});

test('the ring takes no more than it holds', async () => {
	const { buffer, older } = await follow(13_000);
	for (let index = 0; index < 5; index++) await older();
	expect(buffer.length).toBe(10_000);
	expect(await older()).toMatch(/^no room for older lines/);
	expect(numbers(buffer)[0]).toBe(3001);
});

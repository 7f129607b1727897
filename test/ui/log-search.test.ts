import { expect, test } from 'vitest';
import { LogBuffer } from '../../source/logs/log-buffer.ts';
import { parsePattern } from '../../source/ui/log-pattern.ts';
import { reachOf } from '../../source/ui/log-reach.ts';
import { LogSearch } from '../../source/ui/log-search.ts';

function bufferOf(lines: number): LogBuffer {
	const buffer = new LogBuffer();
	for (let index = 1; index <= lines; index++)
		buffer.add({
			time: null,
			text: index % 100 === 0 ? `failed ${index}` : `ok ${index}`,
			kind: 'log',
			position: null,
		});
	return buffer;
}

function searchIn(buffer: LogBuffer, text: string, start: number): LogSearch {
	const parsed = parsePattern(text);
	if (!parsed.ok) throw new Error(parsed.reason);
	expect(buffer.length).toBeGreaterThan(0);
	return new LogSearch(parsed.pattern, start);
}

test('it goes on in small pieces, nearest lines first, so that no key waits for it', () => {
	const buffer = bufferOf(10_000);
	const search = searchIn(buffer, 'failed', 10_000);
	const reach = reachOf(buffer, [], null);
	let pieces = 1;
	for (; !search.catchUp(reach, 0); pieces++) {
		// No piece is more than 250 lines.
		expect(search.matches.length).toBeLessThanOrEqual(pieces * 3 + 1);
		expect(search.matches.at(-1)).toBe(10_000);
	}
	expect(pieces).toBe(40);
	expect(search.matches).toEqual(Array.from({ length: 100 }, (_, index) => (index + 1) * 100));
});

test('new lines are searched as they come, older ones when they are read, and what falls off the ring is forgotten', () => {
	const buffer = bufferOf(1000);
	const search = searchIn(buffer, 'failed', 500);
	expect(search.catchUp(reachOf(buffer, [], null), 1000)).toBe(true);
	expect(search.matches).toHaveLength(10);
	buffer.prepend([{ time: null, text: 'failed before', kind: 'log', position: null }]);
	expect(search.catchUp(reachOf(buffer, [], null), 1000)).toBe(true);
	expect(search.matches[0]).toBe(0);
	for (let index = 1001; index <= 10_600; index++)
		buffer.add({ time: null, text: index % 1000 === 0 ? 'failed' : 'ok', kind: 'log', position: null });
	search.catchUp(reachOf(buffer, [], null), 1000);
	expect(search.matches).toEqual([700, 800, 900, 1000, ...Array.from({ length: 9 }, (_, index) => (index + 2) * 1000)]);
});

test('lines that a pause holds are searched too', () => {
	const buffer = bufferOf(200);
	const held = buffer.last(200);
	for (let index = 0; index < 15_000; index++) buffer.add({ time: null, text: 'x', kind: 'log', position: null });
	const search = searchIn(buffer, 'failed', 200);
	search.catchUp(reachOf(buffer, held, null), 1000);
	expect(search.matches).toEqual([100, 200]);
	expect(reachOf(buffer, held, null).gone).toBe(5000);
});

import { expect, test } from 'vitest';
import { LogBuffer } from '../../source/logs/log-buffer.ts';
import { describeText, type LogLine } from '../../source/logs/log-line.ts';
import { logLines } from '../../source/ui/log-lines.ts';
import { widthOf } from '../../source/ui/width.ts';
import { plain } from '../helpers/plain.ts';

const theme = { color: true, ascii: false };
function taken(text: string): LogLine {
	const buffer = new LogBuffer();
	buffer.add({ ...describeText(text), text, position: null });
	return buffer.last(1)[0] as LogLine;
}
const drawn = (text: string, columns = 60) => logLines(theme, taken(text), columns);

// Measured by the clock on machines that do other things too.
test('a line of 1 MB is cut for display only, and says so', { retry: 3 }, () => {
	const text = `begin ${'x'.repeat(1_000_000)}`;
	expect(taken(text).text).toBe(text);
	const started = performance.now();
	const lines = drawn(text).map(plain);
	expect(performance.now() - started).toBeLessThan(500);
	expect(lines.length).toBeLessThanOrEqual(8);
	expect(lines.join(' ')).toContain('… cut, 1,000,006 characters');
	for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(60);
});

test('whatever comes, no row is wider than the pane, and only our own colours are in it', () => {
	const nasty = [
		`z${'\u0301'.repeat(5000)}algo`,
		'日本語のログ'.repeat(100),
		'👩‍💻'.repeat(200),
		'\u001b[8mhidden\u001b[0m \u001b]0;title\u0007 \u009b31m\u202eevil\u2066 \u0000\tend\r',
		'{"msg":"\\u001b[2J\\u202e\\u0000\\r\\n","level":"error"}',
		`${'a'.repeat(353)}👩‍💻${'b'.repeat(400)}`,
	];
	for (const text of nasty) {
		for (const line of drawn(text)) {
			expect([line, widthOf(plain(line)) <= 60]).toEqual([line, true]);
			expect(line.replace(/\u001b\[(?:1|2|22|31|33|36|39)m/g, '')).not.toMatch(
				/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffd]|[\ud800-\udbff](?![\udc00-\udfff])/,
			);
		}
	}
});

test('the level is a word in its colour', () => {
	expect(drawn('{"level":"error","msg":"dial failed"}').join('')).toBe(' \u001b[31mERROR dial failed\u001b[39m');
	expect(drawn('level=warn msg=slow').join('')).toBe(' \u001b[33mlevel=warn msg=slow\u001b[39m');
});

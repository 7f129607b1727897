import { expect, test } from 'vitest';
import { LogBuffer } from '../../source/logs/log-buffer.ts';
import type { LogLine } from '../../source/logs/log-line.ts';
import { describeText } from '../../source/logs/log-line.ts';
import { readableLine } from '../../source/logs/readable.ts';

/** Through the buffer, as every line comes. */
function taken(text: string, more: Partial<LogLine> = {}): LogLine {
	const buffer = new LogBuffer();
	buffer.add({ ...describeText(text), text, position: null, ...more });
	return buffer.last(1)[0] as LogLine;
}
const shown = (text: string, more?: Partial<LogLine>) => readableLine(taken(text, more)).text;

test('level and message first, then the other fields; the line itself stays', () => {
	const text =
		'{"ts":1763798400.123,"safe":"app-12","level":"error","attempt":2,"msg":"dial failed","err":"i/o timeout"}';
	const line = taken(text);
	expect(readableLine(line)).toEqual({
		time: 1_763_798_400_123,
		text: 'ERROR dial failed safe=app-12 attempt=2 err="i/o timeout"',
	});
	expect(line.text).toBe(text);
});

test('nested fields are short, empty and odd ones are seen', () => {
	expect(
		shown('{"msg":"x","a":{"b":1,"c":{"d":{"e":1}}},"list":[1,"two"],"none":null,"empty":"","q":"say \\"hi\\""}'),
	).toBe('x a={b=1 c={d=…}} list=[1,two] none=null empty="" q="say \\"hi\\""');
	const long = shown(JSON.stringify({ msg: 'x', a: 'y'.repeat(5000), b: { c: 'z'.repeat(5000) } }));
	expect(long.length).toBeLessThan(320);
	expect(long).toContain('y…');
	expect(long).toContain('z…');
});

test('a time of its own is only shown where it is another one', () => {
	const text = '{"time":"2025-11-22T08:00:00.123Z","level":"info","msg":"x"}';
	const same = { time: Date.parse('2025-11-22T08:00:00.130Z') };
	expect(shown(text, same)).toBe('INFO x');
	expect(shown(text, { time: Date.parse('2025-11-22T09:00:00Z') })).toBe('INFO x time=2025-11-22T08:00:00.123Z');
});

test('what is no JSON object stays as it is', () => {
	for (const text of ['plain', '{"cut":', '[1,2]', '{}x', 'level=error msg=x', '{not json}'])
		expect(shown(text)).toBe(text);
});

test('a level that only the journal told is a word too; one that is there is not said twice', () => {
	expect(shown('disk full', { kind: 'error' })).toBe('ERROR disk full');
	expect(shown('slow', { kind: 'warning' })).toBe('WARN slow');
	expect(shown('FATAL: disk full', { kind: 'error' })).toBe('FATAL: disk full');
	expect(shown('{"msg":"disk full"}', { kind: 'error' })).toBe('ERROR disk full');
	expect(shown('stream lost for 3 s, resumed', { kind: 'notice' })).toBe('stream lost for 3 s, resumed');
});

test('nothing hides inside JSON escapes: control sequences, bidi overrides, secrets', () => {
	expect(shown('{"msg":"a\\u001b]52;c;ZXZpbA==\\u0007b\\u202ec\\nd","k\\u001b[2J":"\\u009b31mv"}')).toBe('abc d k=v');
	expect(shown('{"msg":"pass\\u0077ord=hunter2 x"}')).not.toContain('hunter2');
	expect(shown('{"pass\\u0077ord":"hunter2"}')).not.toContain('hunter2');
});

test('a line with a secret in it is still readable', () => {
	const text = shown('{"level":"warn","msg":"retry","password":"hunter2","url":"postgres://a:hunter2@db"}');
	expect(text).toMatch(/^WARN retry password=/);
	expect(text).not.toContain('hunter2');
	expect(text).toContain('url="postgres://a:');
});

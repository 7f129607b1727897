import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LogLine } from '../../source/logs/log-line.ts';
import { jumpToTime } from '../../source/ui/log-actions.ts';
import { widthOf } from '../../source/ui/width.ts';
import { type RenderedScreen, renderScreen } from '../helpers/render-screen.tsx';
import { readScenario, type StartedScenario, startScenario } from '../helpers/scenarios.ts';

let directory: string;
let scenario: StartedScenario | undefined;
let app: RenderedScreen | undefined;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
});
afterEach(async () => {
	app?.unmount();
	await scenario?.close();
	app = undefined;
	scenario = undefined;
	rmSync(directory, { recursive: true });
});

const start = Date.parse('2026-11-22T08:00:00Z');

/** Logs has the keys, in a log with a line a second. */
async function open(lines: number, size: { columns?: number; rows?: number } = {}) {
	scenario = await startScenario(readScenario('healthy'));
	const { engine } = scenario;
	app = await renderScreen(engine, { ...size, reportsDirectory: directory });
	const rendered = app;
	const buffer = engine.logs.buffer('dc1');
	const add = (text: string, kind: LogLine['kind'] = 'log', time: number | null = null) =>
		buffer.add({ time, text, kind, position: null });
	for (let index = 0; index < lines; index++) add(`line ${index}`, 'log', start + index * 1000);
	await app.press('\t\t');
	/** The rows of the pane, without its title and its time. */
	const rows = () => {
		const all = rendered.frame().split('\n');
		const beside = all[2]?.includes('│') ?? false;
		const from = all.findIndex((line) => line.includes('─ Logs ─'));
		const below = all.slice(from + 1, -1);
		return below.map((line) => (beside ? line.slice(line.indexOf('│') + 1) : line).trimEnd());
	};
	const title = () => /─ Logs ─.*$/m.exec(rendered.frame())?.[0] ?? '';
	return { app, engine, buffer, add, rows, title };
}

test('the search marks what it finds, counts it, and goes from one to the next and round', async () => {
	const { app, add, rows, title } = await open(1000);
	add('session failed safe=app-12', 'error');
	for (let index = 0; index < 200; index++) add(`after ${index}`);
	add('session failed safe=app-13');
	for (let index = 0; index < 200; index++) add(`later ${index}`);
	await app.press('/sess');
	await vi.waitFor(() => expect(title()).toContain('2 of 2 /sess▏'), 5000);
	// Found while it is typed, nearest first: no enter needed.
	await vi.waitFor(() => expect(rows().find((row) => row.startsWith('▶'))).toContain('safe=app-13'), 5000);
	await app.press('ion\r');
	await vi.waitFor(() => expect(title()).toContain('2 of 2 /session'), 5000);
	await app.press('N');
	await vi.waitFor(() => expect(rows().find((row) => row.startsWith('▶'))).toContain('safe=app-12'), 5000);
	await vi.waitFor(() => expect(title()).toContain('1 of 2'), 5000);
	await app.press('N');
	await app.see('past the first match: round from the other end');
	await vi.waitFor(() => expect(rows().find((row) => row.startsWith('▶'))).toContain('safe=app-13'), 5000);
	await app.press('nn');
	await vi.waitFor(() => expect(title()).toContain('2 of 2'), 5000);
	await app.press('\u001b');
	await vi.waitFor(() => expect(title()).not.toContain('/session'), 5000);
	await vi.waitFor(() => expect(title()).toContain('PAUSED'), 5000);
	await app.press('\u001b');
	await vi.waitFor(() => expect(title()).not.toContain('PAUSED'), 5000);
});

test('esc while typing leaves everything as it was', async () => {
	const { app, title, rows } = await open(1000);
	await app.press('kkk');
	const before = rows();
	await app.press('/line 5');
	await vi.waitFor(() => expect(rows()).not.toEqual(before), 5000);
	await app.press('\u001b');
	await vi.waitFor(() => expect(rows()).toEqual(before), 5000);
	await vi.waitFor(() => expect(title()).toContain('PAUSED, 0 new'), 5000);
});

test('what is no pattern is said, and the pane does not go blank', async () => {
	const { app, title, rows } = await open(100);
	await app.press('/');
	await app.press('/(/');
	await vi.waitFor(() => expect(title()).toContain('unterminated group'), 5000);
	await vi.waitFor(() => expect(rows()[0]).toContain('line '), 5000);
	await app.press('\r');
	await app.see('this is no pattern: unterminated group');
	await app.press('\u0015/line [0-9]$/\r');
	await vi.waitFor(() => expect(title()).toContain('10 of 10'), 5000);
});

test('a search over 10,000 lines of JSON ends by itself, and its count with it', async () => {
	const { app, add, title } = await open(0);
	for (let index = 0; index < 10_000; index++)
		add(JSON.stringify({ level: 'info', ts: 1_795_334_400 + index, msg: `session ${index} opened`, safe: 'app-1' }));
	await app.see('session 9999 opened');
	await app.press('/session 77 ');
	await app.see('1 of 1 /session 77');
	await vi.waitFor(() => expect(title()).toContain('1 of 1 /session 77 ▏'), 5000);
});

test('only matches are shown with two lines around each, gaps as --, and what comes is shown when it matches', async () => {
	const { app, add, rows, title } = await open(1000);
	await app.press('&');
	await app.press('/line (100|500)$/');
	await app.press('\r');
	await vi.waitFor(() => expect(title()).toMatch(/ 2 of 2 only \/\/li/), 5000);
	const texts = () => rows().map((row) => row.replace(/^.*(?=line|--|later)/, '').trim());
	await vi.waitFor(
		() =>
			expect(texts().slice(0, 11)).toEqual([
				...['line 98', 'line 99', 'line 100', 'line 101', 'line 102', '--'],
				...['line 498', 'line 499', 'line 500', 'line 501', 'line 502'],
			]),
		5000,
	);
	await app.press('&');
	await vi.waitFor(() => expect(texts()).toContain('line 495'), 5000);
	await app.press('\u001b\u001b');
	await app.press('/later\r');
	await app.see('no match');
	await app.press('&');
	await app.see('No line matches "later"; & shows all lines.');
	for (let index = 0; index < 20; index++) add(`more ${index}`);
	add('later');
	await app.see('1 match');
	expect(texts().slice(0, 3)).toEqual([
		expect.stringContaining('more 18'),
		expect.stringContaining('more 19'),
		'later',
	]);
});

test('! in front shows the lines without it', async () => {
	const { app, rows } = await open(0);
	const { add } = { add: app.screen.engine.logs.buffer('dc1') };
	for (let index = 0; index < 100; index++)
		add.add({ time: null, kind: 'log', position: null, text: index % 10 === 5 ? `failed ${index}` : 'heartbeat ok' });
	await app.press('&!heartbeat\r');
	await vi.waitFor(() => expect(rows().filter((row) => row.includes('failed'))).toHaveLength(6), 5000);
});

test('e and E go from error to error, and say when there is none', async () => {
	const { app, add, rows } = await open(300);
	await app.press('E');
	await app.see('no error in the lines that are kept');
	add('first failure', 'error');
	for (let index = 0; index < 300; index++) add(`x ${index}`);
	add('second failure', 'error');
	const marked = () => rows().find((row) => row.startsWith('▶')) ?? '';
	await app.press('E');
	await vi.waitFor(() => expect(marked()).toContain('second failure'), 5000);
	await app.press('E');
	await vi.waitFor(() => expect(marked()).toContain('first failure'), 5000);
	await app.press('e');
	await vi.waitFor(() => expect(marked()).toContain('second failure'), 5000);
	await app.press('e');
	await app.see('past the last error: round from the other end');
	await vi.waitFor(() => expect(marked()).toContain('first failure'), 5000);
});

test('a pause holds what is read, whatever falls off the ring, and says what is gone between', async () => {
	const { app, add, rows, title } = await open(5000);
	await app.press(' ');
	const before = rows();
	for (let index = 0; index < 25_000; index++) add(`flood ${index}`);
	await app.see('PAUSED, 25,000 new (15,000 gone)');
	await vi.waitFor(() => expect(rows()).toEqual(before), 5000);
	// Scrolling in what is held goes on.
	await app.press('\u001b[5~');
	await vi.waitFor(() => expect(rows().at(-1)).toContain('line 4966'), 5000);
	await vi.waitFor(() => expect(rows().length).toBe(before.length), 5000);
	await app.press('\u001b[6~\u001b[6~');
	await vi.waitFor(() => expect(rows().some((row) => row.includes('── 15,000 lines are gone ──'))).toBe(true), 5000);
	await vi.waitFor(() => expect(rows().some((row) => row.includes('flood 15000'))).toBe(true), 5000);
	await vi.waitFor(() => expect(title()).toContain('PAUSED'), 5000);
	await app.press('G');
	await app.see('flood 24999');
});

test('w, t and the arrows: long lines are wrapped or scrolled, also wide ones, and nothing leaves its column', async () => {
	const { app, add, rows, title } = await open(0);
	add(`begin ${'0123456789'.repeat(12)} end`, 'log', start);
	add('ログの行は長い'.repeat(20), 'log', start);
	add('👩‍💻 done', 'log', start);
	await app.see('begin');
	await vi.waitFor(() => expect(rows()[1]).toMatch(/^ {3}\S/), 5000);
	await vi.waitFor(() => expect(title()).toContain('UTC'), 5000);
	await app.press('w');
	await vi.waitFor(() => expect(rows()[0]).toMatch(/begin 0123.*…$/), 5000);
	await vi.waitFor(() => expect(rows()[1]).toMatch(/ログ.*…$/), 5000);
	await vi.waitFor(() => expect(rows()[2]).toContain('👩 done'), 5000);
	for (let step = 0; step < 3; step++) {
		await app.press('\u001b[C');
		for (const row of rows()) expect(widthOf(row)).toBeLessThanOrEqual(45);
		await vi.waitFor(() => expect(rows()[0]).toMatch(/^ (?:22 Nov )?08:00:00 …/), 5000);
		await vi.waitFor(() => expect(rows()[1]).toMatch(/^ (?:22 Nov )?08:00:00 …/), 5000);
	}
	await app.press('\u001b[C'.repeat(20));
	await vi.waitFor(() => expect(rows()[1]).not.toMatch(/…$/), 5000);
	await app.press('t');
	await vi.waitFor(() => expect(rows()[0]).not.toContain('08:00:00'), 5000);
	await vi.waitFor(() => expect(title()).not.toContain('UTC'), 5000);
	await app.press('w');
	await vi.waitFor(() => expect(rows()[0]).toMatch(/^ begin/), 5000);
});

test('s saves all lines that are kept, readable by the person only, with times and without secrets', async () => {
	const { app, add, rows } = await open(3000);
	add('{"msg":"login","pass\\u0077ord":"hunter2-very-long"}', 'log', start);
	await app.press('s');
	await app.see('saved, readable by you');
	const [name = ''] = readdirSync(directory);
	await vi.waitFor(() => expect(rows().join('').replace(/\s/g, '')).toContain(join(directory, name)), 5000);
	expect(name).toMatch(/^vpmon-log-\d{8}T\d{6}Z-[\da-f]{8}\.log$/);
	expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
	const text = readFileSync(join(directory, name), 'utf8');
	expect(text.split('\n')).toHaveLength(3002);
	expect(text.startsWith('2026-11-22T08:00:00.000Z line 0\n')).toBe(true);
	expect(text).not.toContain('hunter2');
	await app.press('k');
	await vi.waitFor(() => expect(app.frame()).not.toContain('saved, readable'), 5000);
});

test('what cannot be saved says why', async () => {
	const { app } = await open(10);
	rmSync(directory, { recursive: true });
	// A file where the directory should be.
	const { writeFileSync, mkdirSync } = await import('node:fs');
	writeFileSync(directory, '');
	await app.press('s');
	await app.see('The log could not be saved');
	rmSync(directory);
	mkdirSync(directory);
});

test('y copies the marked line, else all in view', async () => {
	const { app, add } = await open(100);
	await app.press('y');
	await app.see('copied 33 lines');
	const [first = '', ...rest] = app.copied[0]?.split('\n') ?? [];
	expect(first).toBe('2026-11-22T08:01:07.000Z line 67');
	expect(rest).toHaveLength(32);
	add('boom', 'error', start + 100_000);
	await app.press('E');
	await app.press('y');
	await app.see('copied the marked line');
	await vi.waitFor(() => expect(app.copied[1]).toBe('2026-11-22T08:01:40.000Z boom'), 5000);
});

test('another pane can show the log as it was at a time, paused there, also when its panel is hidden', async () => {
	const { app } = await open(1000);
	await app.press('LL');
	await vi.waitFor(() => expect(app.frame()).not.toContain('─ Logs'), 5000);
	await jumpToTime(app.screen, 'dc1', start + 500_400);
	await app.see('PAUSED');
	const rows = app.frame().split('\n');
	const at = rows.findIndex((row) => row.includes('line 501'));
	expect(rows[at]).toContain('▶');
	expect(at).toBeGreaterThan(rows.length / 3);
	expect(at).toBeLessThan((rows.length * 2) / 3);
	await app.press('G');
	await app.see('line 999');
});

test('a time before what is kept shows the oldest lines and says so', async () => {
	const { app } = await open(1000);
	await jumpToTime(app.screen, 'dc1', start - 1000);
	await app.see('the log that is kept begins later than that');
	await vi.waitFor(() => expect(app.frame()).toMatch(/line 0\s/), 5000);
});

test('a log without lines says so in a sentence', async () => {
	const { app } = await open(0);
	await app.see('Reading the log of dc1.');
	app.screen.engine.session.learn({ kind: 'log followed', connector: 'dc1', state: { phase: 'following' } });
	await app.see('dc1 has logged nothing yet.');
	app.screen.engine.session.learn({
		kind: 'log followed',
		connector: 'dc1',
		state: { phase: 'waiting', reason: 'docker is not installed here' },
	});
	await app.see('docker is not installed here');
});

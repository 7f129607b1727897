import { afterEach, expect, test } from 'vitest';
import { jumpToTime } from '../../source/ui/log-actions.ts';
import { type RenderedScreen, renderScreen } from '../helpers/render-screen.tsx';
import { readScenario, type StartedScenario, startScenario } from '../helpers/scenarios.ts';

let scenario: StartedScenario | undefined;
let app: RenderedScreen | undefined;
afterEach(async () => {
	app?.unmount();
	await scenario?.close();
	app = undefined;
	scenario = undefined;
});

const start = Date.parse('2026-11-22T08:00:00Z');

/** A log with a line a second. */
async function open(lines: number, size: { columns?: number; rows?: number } = {}) {
	scenario = await startScenario(readScenario('healthy'));
	const { engine } = scenario;
	app = await renderScreen(engine, size);
	const buffer = engine.logs.buffer('dc1');
	const add = (text: string, time: number | null = null, kind: 'log' | 'error' = 'log') =>
		buffer.add({ time, text, kind, position: null });
	for (let index = 0; index < lines; index++) add(`line ${index}`, start + index * 1000);
	return { app, engine, buffer, add };
}

test('another pane can show the log as it was at a time, paused there, also when its panel is hidden', async () => {
	const { app } = await open(1000);
	await app.press('LL');
	expect(app.frame()).not.toContain('─ Logs');
	await jumpToTime(app.screen, 'dc1', start + 500_400);
	await app.see('PAUSED');
	const rows = app.frame().split('\n');
	const at = rows.findIndex((row) => row.includes('line 501'));
	expect(at).toBeGreaterThan(rows.length / 3);
	expect(at).toBeLessThan((rows.length * 2) / 3);
	await app.press('G');
	await app.see('line 999');
});

test('a time before what is kept shows the oldest lines and says so', async () => {
	const { app } = await open(1000);
	await jumpToTime(app.screen, 'dc1', start - 1000);
	await app.see('the log that is kept begins later than that');
	expect(app.frame()).toMatch(/line 0\s/);
});

test('y copies what is in view with its times, and says how much', async () => {
	const { app } = await open(100);
	await app.press('\t\ty');
	await app.see('copied 33 lines');
	const [first = '', ...rest] = app.copied[0]?.split('\n') ?? [];
	expect(first).toBe('2026-11-22T08:01:07.000Z line 67');
	expect(rest).toHaveLength(32);
	await app.press('\t');
	await app.press('y');
	await app.see('y acts in Logs: tab there first');
});

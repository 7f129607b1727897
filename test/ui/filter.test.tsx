import { afterEach, expect, test } from 'vitest';
import { type RenderedScreen, renderScreen } from '../helpers/render-screen.tsx';
import { readScenario, type StartedScenario, startScenario } from '../helpers/scenarios.ts';

let scenario: StartedScenario | undefined;
let app: RenderedScreen | undefined;
afterEach(async () => {
	app?.unmount();
	await scenario?.close();
});

async function open(size: { columns?: number; rows?: number } = {}) {
	scenario = await startScenario(readScenario('one-dead-network'));
	await scenario.engine.run(null, { trigger: 'command' });
	app = await renderScreen(scenario.engine, size);
	return app;
}

const list = (screen: RenderedScreen) => {
	const lines = screen.frame().split('\n');
	return lines.slice(
		lines.findIndex((line) => line.includes('─ Safes ─')),
		lines.findIndex((line) => line.includes('─ Checks ─')),
	);
};

test('esc while a filter is typed comes back to the line and the place of the list', async () => {
	const screen = await open({ columns: 80, rows: 18 });
	await screen.press('\r');
	await screen.press('jjjjjjjjkk');
	const before = list(screen);
	expect(before.join('\n')).toContain('▶✖ app-06');
	await screen.press('/');
	await screen.press('app-1');
	expect(list(screen)).not.toEqual(before);
	await screen.press('\u001b');
	expect(list(screen)).toEqual(before);
});

test('esc comes back to a group and to the pane that had the focus', async () => {
	const screen = await open();
	await screen.press('jk');
	await screen.press('\t');
	const before = screen.screen.view.get();
	await screen.press('/web');
	expect(screen.frame()).toMatch(/▶✔ web/);
	await screen.press('\u001b');
	const { focus, safe, entry, filter } = screen.screen.view.get();
	expect({ focus, safe, entry, filter }).toEqual({
		focus: before.focus,
		safe: before.safe,
		entry: before.entry,
		filter: '',
	});
	expect(screen.frame()).toMatch(/▶✖ 11 Safes/);
});

test('enter keeps the filter and its first line, or the one that is chosen in it, also when esc shows all again', async () => {
	const screen = await open();
	await screen.press('/all five\r');
	expect(screen.frame()).toMatch(/▶✔ near/);
	await screen.press('\u001b');
	expect(screen.frame()).toContain('2 causes explain');
	expect(screen.frame()).toMatch(/▶✔ near/);
	await screen.press('/all five\rj');
	expect(screen.frame()).toMatch(/▶✔ edge/);
	await screen.press('/zzz');
	await screen.press('\u001b');
	expect(screen.frame()).toContain('/all five: 3 of');
	expect(screen.frame()).toMatch(/▶✔ edge/);
	await screen.press('\u001b');
	expect(screen.frame()).toMatch(/▶✔ edge/);
});

test('where nothing matches, esc comes back as well', async () => {
	const screen = await open();
	await screen.press('j');
	expect(screen.frame()).toMatch(/▶✖ db/);
	await screen.press('/zzz\r');
	await screen.see('No Safe matches');
	await screen.press('\u001b');
	expect(screen.frame()).toMatch(/▶✖ db/);
});

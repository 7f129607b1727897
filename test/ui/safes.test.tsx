import { afterEach, expect, test, vi } from 'vitest';
import { pressKey } from '../../source/ui/keys.ts';
import { learnSameAs } from '../helpers/learn.ts';
import { renderScreen } from '../helpers/render-screen.tsx';
import { readScenario, type StartedScenario, startScenario } from '../helpers/scenarios.ts';

let close: (() => Promise<void>) | undefined;
afterEach(async () => {
	await close?.();
	close = undefined;
});

async function open(name: string, size: { columns?: number; rows?: number } = {}) {
	const scenario: StartedScenario = await startScenario(readScenario(name));
	await scenario.engine.run(null, { trigger: 'command' });
	const app = await renderScreen(scenario.engine, size);
	close = async () => {
		app.unmount();
		await scenario.close();
	};
	return { app, ...scenario };
}

/** All of the dead network is back: the group is gone. */
function recover({ session }: StartedScenario['engine']) {
	for (const name of session.get().safes.keys()) if (name.startsWith('app-')) learnSameAs(session, name, 'web');
	session.flush();
}

test('a dead network is one line, its contrast is counted, and Enter lists its Safes', async () => {
	const { app } = await open('one-dead-network');
	await app.see('2 causes explain all 12 failures');
	expect(app.frame()).toMatch(/▶✖ 11 Safes +port timeout +10\.20\.4\.0\/24 via dmz +✔✖––– {2}\d\d:\d\d/);
	expect(app.frame()).toMatch(/ ✖ db +host key changed/);
	expect(app.frame()).toContain('Contrast 11 of 12 there, 0 of 3 elsewhere');
	expect(app.frame()).toContain('Shared   connector dmz, network 10.20.4.0/24');
	expect(app.frame()).toContain('Safes    app-01, app-02, app-03');
	await app.press('\r');
	await app.see('port timeout ─ 11 Safes');
	expect(app.frame()).toMatch(/▶✖ 11 Safes/);
	await app.press('jj');
	expect(app.frame()).toMatch(/▶✖ app-02/);
	await app.see('Checks ─ app-02');
	// One level back, with the group selected as it was.
	await app.press('\u001b');
	await app.see('2 causes explain');
	expect(app.frame()).toMatch(/▶✖ 11 Safes/);
});

test('r on a group tries three of it that lie apart, and says what came of it', async () => {
	const { app, host } = await open('one-dead-network');
	// The hint is true of the first line too, which nobody chose.
	await app.see('r try three');
	const before = host.opened.length;
	await app.press('r');
	await app.see('trying app-01, app-04 and app-08 of 11');
	await app.see(/3 of 11 measured \d\d:\d\d:\d\d: still port timeout/);
	expect(host.opened.slice(before).sort()).toEqual(['10.20.4.1:22', '10.20.4.4:22', '10.20.4.8:22']);
});

test('a digit on a group opens the evidence of one that stands for it', async () => {
	const { app } = await open('one-dead-network');
	await app.press('2');
	await app.see('2 Port ─ app-01');
	await app.press('\u001b');
	expect(app.frame()).toMatch(/▶✖ 11 Safes/);
});

test('keys for one Safe say so on folded ones, which Enter lists and esc folds again', async () => {
	const { app, engine, host } = await open('one-dead-network', { columns: 80, rows: 24 });
	recover(engine);
	await app.see('14 Safes');
	await app.press('G');
	expect(app.frame()).toMatch(/▶✔ 14 Safes +all five pass/);
	await app.see('All five checks pass');
	const before = host.opened.length;
	for (const key of ['r', 'x', '2', '!']) {
		await app.press(key);
		await app.see('these are 14 Safes: enter lists them');
	}
	expect(host.opened.length).toBe(before);
	await app.press('\r');
	await app.see('all five pass ─ 14 Safes');
	expect(app.frame()).toMatch(/▶✔ app-01/);
	await app.press('\u001b');
	expect(app.frame()).toMatch(/▶✔ 14 Safes +all five pass/);
});

test('z gives the focused pane the whole screen, tab goes through the panes, esc ends it', async () => {
	const { app } = await open('one-dead-network');
	await app.press('z');
	expect(app.frame()).toContain('─ Safes ─');
	expect(app.frame()).not.toContain('─ Checks ─');
	expect(app.frame()).not.toContain('─ Logs ─');
	expect(app.frame().split('\n')).toHaveLength(36);
	await app.press('\t');
	expect(app.frame()).toContain('─ Checks ─');
	expect(app.frame()).not.toContain('─ Safes ─');
	await app.press('\t');
	expect(app.frame()).toContain('─ Logs ─');
	await app.resize(80, 24);
	expect(app.frame().split('\n')).toHaveLength(24);
	await app.press('\u001b');
	expect(app.frame()).toContain('─ Safes ─');
	expect(app.frame()).toContain('─ Checks ─');
});

test('the selection stays on the same line while the list is sorted anew', async () => {
	const { app, engine } = await open('one-dead-network');
	await app.press('j');
	expect(app.frame()).toMatch(/▶✖ db /);
	// What follows moves up.
	recover(engine);
	await app.see('1 of 15 fail');
	expect(app.frame()).toMatch(/▶✖ db /);
});

test('a key that was meant for a line that is gone acts on nothing, and says so', async () => {
	const { app, engine, host } = await open('one-dead-network');
	await app.press('j');
	const before = host.opened.length;
	const { inventory } = engine.session.get();
	const safes = inventory.safes.filter(({ name }) => name !== 'db');
	// Gone between the frame and the key.
	engine.session.learn({ kind: 'inventory replaced', inventory: { ...inventory, safes } });
	pressKey(app.screen, 'r');
	await app.see('the list changed just now');
	expect(host.opened.length).toBe(before);
	await app.press('r');
	await vi.waitFor(() => expect(host.opened.length).toBeGreaterThan(before));
});

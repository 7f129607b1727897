import { afterEach, expect, test, vi } from 'vitest';
import { learnRefused, safeNamed, someone } from '../helpers/learn.ts';
import { type RenderedScreen, renderScreen } from '../helpers/render-screen.tsx';
import { readScenario, type StartedScenario, startScenario } from '../helpers/scenarios.ts';

let scenario: StartedScenario | undefined;
let app: RenderedScreen | undefined;
afterEach(async () => {
	app?.unmount();
	await scenario?.close();
});

async function open(name: string, size: { columns?: number; rows?: number; ascii?: boolean } = {}) {
	const { ascii = false, ...frame } = size;
	scenario = await startScenario(readScenario(name));
	await scenario.engine.run(null, { trigger: 'command' });
	app = await renderScreen(scenario.engine, { ...frame, theme: { color: false, ascii } });
	const { engine, host } = scenario;
	const [name0 = ''] = [...engine.session.get().safes.keys()];
	/** Marks a Safe as one whose rows 2 to 5 are being measured. */
	const mark = (safe = name0) =>
		engine.session.learn({ kind: 'measuring started', safe: safeNamed(engine.session, safe) });
	return { app, engine, host, mark };
}

test.each([
	[120, 36, false],
	[80, 24, false],
	[80, 24, true],
] as const)(
	'at %ix%i, ascii %s, what is measured again stays as it is, but for the last column and the title',
	async (columns, rows, ascii) => {
		const { app, mark } = await open('host-key-changed', { columns, rows, ascii });
		const still = () =>
			app
				.frame()
				.split('\n')
				.filter((line) => !/[─-] Checks [─-]/.test(line))
				.map((line) => line.replace(/[↻@](?=│|\s*$)/, ' ').trimEnd());
		const before = still();
		mark();
		await app.see('measuring for 2 s');
		expect(still()).toEqual(before);
		expect(app.frame()).toMatch(ascii ? /4 Host key +x .*@/ : /4 Host key +✖ .*↻/);
		expect(app.frame()).toMatch(/offered ED25519 SHA256:[\w+/]{43}/);
	},
);

test('a group keeps its sign while members of it are measured', async () => {
	const { app, engine, mark } = await open('one-dead-network');
	for (const name of engine.session.get().safes.keys()) if (name.startsWith('app-')) mark(name);
	await app.see('─ ↻ 11 · enter lists them');
	expect(app.frame()).toMatch(/▶✖ 11 Safes +port timeout .* ✔✖––– .*↻/);
	expect(app.frame()).toMatch(/✖ 12 {2}\? 0 /);
});

test('only what was never measured has the sign of that, and the header counts it apart', async () => {
	scenario = await startScenario(readScenario('one-dead-network'));
	app = await renderScreen(scenario.engine);
	expect(app.frame()).toMatch(/✖ 0 {2}\? 0 {2}! 0 {2}○ 0 {2}✔ 0 {2}… 15/);
	expect(app.frame()).toMatch(/▶… .*not measured yet .*……………/);
	await scenario.engine.run(null, { trigger: 'command' });
	await app.see(/✖ 12 {2}\? 0 /);
	expect(app.frame()).not.toMatch(/✔ 3 {2}…/);
});

test('r ends in what was measured after it, with the time, until a verdict changes', async () => {
	const { app, engine } = await open('port-refused');
	const [name = ''] = engine.session.get().safes.keys();
	await app.press('r');
	await app.see(new RegExp(`${name} measured \\d\\d:\\d\\d:\\d\\d: still port refused`));
	learnRefused(engine.session, name, someone, 'timeout');
	await vi.waitFor(() => expect(app?.frame()).not.toContain('still port refused'));
	await app.press('R');
	await app.see(/all measured \d\d:\d\d:\d\d: 1 fails/);
});

test('r is remembered while something is measured already, and a held key asks once more only', async () => {
	const { app, engine, host } = await open('port-timeout');
	const [name = ''] = engine.session.get().safes.keys();
	const before = host.opened.length;
	const underWay = engine.run([name], { trigger: 'key' });
	await vi.waitFor(() => expect(engine.session.safe(name)?.running).not.toBeNull());
	await app.press('rrrrrrrr');
	await underWay;
	await app.see(/measured .*: still port timeout/);
	expect(host.opened.length - before).toBeLessThanOrEqual(3);
	expect(host.opened.length - before).toBeGreaterThan(1);
	expect(app.frame()).not.toContain('being measured:');
});

test('R in a sweep is done after it, and says so only until then', async () => {
	const { app, engine, host } = await open('one-dead-network');
	const before = host.opened.length;
	const sweep = engine.run(null, { trigger: 'command' });
	await vi.waitFor(() => expect(host.opened.length).toBeGreaterThan(before));
	await app.press('RRR');
	await app.see('a sweep is under way: measured again after it');
	await sweep;
	await app.see(/(all|\d+ of 15) measured \d\d:\d\d:\d\d: 12 fail, as before/);
	expect(app.frame()).not.toContain('a sweep is under way');
});

test('what the probe budget refuses is said once, with the time it is free', async () => {
	const { app, engine } = await open('host-key-changed', { columns: 160 });
	const footer = () => app.frame().split('\n').at(-1) ?? '';
	// Each of them leaves unfinished connections behind, of which a key may make four in ten minutes.
	for (let presses = 0; presses < 4 && !footer().includes('free at'); presses++) {
		await app.press('r');
		await vi.waitFor(() => expect(footer()).toMatch(/measured \d/), 8000);
	}
	expect(footer()).toMatch(/measured \d+ s before your key press; free at \d\d:\d\d:\d\d/);
	expect(footer().match(/free at/g)).toHaveLength(1);
	const [state] = [...engine.session.get().safes.values()];
	expect(state?.result.verdict).toBe('fail');
});

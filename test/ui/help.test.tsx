import { afterEach, expect, test } from 'vitest';
import { listKeys } from '../../source/ui/help-list.ts';
import { actsIn, bindingOf, type Place, placesOf } from '../../source/ui/key-binding.ts';
import { keymap } from '../../source/ui/keymap.ts';
import { panes } from '../../source/ui/view.ts';
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

async function open(name: string, size: { columns?: number; rows?: number } = {}) {
	scenario = await startScenario(readScenario(name));
	await scenario.engine.run(null, { trigger: 'command' });
	app = await renderScreen(scenario.engine, size);
	return app;
}

const places: readonly Place[] = [...panes, 'help', 'evidence', 'report'];

test('no two keys have one chord in one place, and every key has its words', () => {
	for (const place of places) {
		const chords = keymap.filter((binding) => actsIn(binding, place)).flatMap(({ keys }) => keys);
		expect([place, chords.filter((chord, index) => chords.indexOf(chord) !== index)]).toEqual([place, []]);
	}
	for (const { title, help, id } of keymap)
		expect([id, title.length > 0, help.length > 0, title.length <= 15]).toEqual([id, true, true, true]);
});

test('a chord is looked up where the person is', () => {
	expect(bindingOf(keymap, 'space', 'logs')).toMatchObject({ acts: true, binding: { id: 'pause' } });
	expect(bindingOf(keymap, 'space', 'safes')).toMatchObject({ acts: false, binding: { id: 'pause' } });
	expect(bindingOf(keymap, 'ctrl-y', 'safes')).toBeNull();
});

test('the search finds a key as it is pressed, its name, and its words, in this order', () => {
	expect(listKeys('r')[0]?.id).toBe('rerun');
	expect(listKeys('R')[0]?.id).toBe('rerun-all');
	expect(listKeys('!')[0]?.id).toBe('words');
	expect(listKeys('report').map(({ id }) => id)[0]).toBe('report');
	expect(listKeys('escalation report')[0]?.id).toBe('report');
	expect(listKeys('zzz')).toEqual([]);
	expect(listKeys('').length).toBe(keymap.length);
});

test('help lists every key of the table by group; q quits, from inside too', async () => {
	const app = await open('healthy', { columns: 110, rows: 140 });
	await app.press('?');
	const frame = app.frame().replace(/\s+/g, ' ');
	for (const binding of keymap) {
		const place = placesOf(binding);
		expect(frame).toContain(binding.title);
		expect(frame).toContain(`${place === null ? '' : `in ${place}: `}${binding.help}`.slice(0, 40));
	}
	await app.press('q');
	expect(app.quitted).toBe(true);
});

test('in the help enter runs the marked key, and a key shows what it does', async () => {
	const app = await open('host-key-changed');
	await app.press('?');
	await app.press('x');
	expect(app.frame()).toMatch(/▶x +report +collect the escalation report/);
	await app.press('!');
	expect(app.frame()).toMatch(/▶! +error text/);
	expect(app.frame()).toContain('enter run it');
	await app.press('\r');
	await app.see('Error text ─ db-primary');
	expect(app.frame()).not.toContain('─ Help');
});

test('a search narrows the list as it is typed; enter runs the first; esc goes back by steps', async () => {
	const app = await open('host-key-changed');
	await app.press('?/');
	await app.press('error');
	expect(app.frame()).toContain('/error▏');
	expect(app.frame()).toMatch(/▶! +error text/);
	expect(app.frame()).not.toContain('escalation report');
	await app.press('\u001b');
	await app.see('escalation report');
	await app.press('\u001b');
	await app.see('Connectors');
	await app.press(':evid\r');
	await app.see("Is the target's host key the one VaultPAM stored?");
	// Over the evidence the help comes and goes.
	await app.press('?');
	await app.see('─ Help');
	await app.press('\u001b');
	await app.see("Is the target's host key the one VaultPAM stored?");
	await app.press(':zzz');
	await app.see('No key has these words: "zzz"');
	expect(app.quitted).toBe(false);
});

test('a key of one pane that is run from the help acts there', async () => {
	const app = await open('healthy');
	await app.press(':pause\r');
	await app.see('PAUSED');
	expect(app.screen.view.get().focus).toBe('logs');
});

test('arrows move through the whole help, also behind its keys', async () => {
	const app = await open('healthy', { columns: 80, rows: 24 });
	await app.press('?G');
	await app.see('probe: on-demand in settings');
	await app.press('g');
	expect(app.frame()).toMatch(/▶r +re-run/);
	for (let count = 0; count < 3; count++) await app.press('\u001b[6~');
	expect(app.frame()).not.toMatch(/▶r +re-run/);
});

test('the footer says which key came through, and why one cannot act', async () => {
	const app = await open('host-key-changed');
	const footer = () => app.frame().split('\n').at(-1) ?? '';
	await app.press('L');
	expect(footer()).toContain('→ L logs  ');
	await app.press('j');
	expect(footer()).not.toContain('→');
	await app.press(' ');
	expect(footer()).toContain('space acts in Logs: tab there first');
	await app.press('4');
	await app.press('/');
	expect(footer()).toContain('/ does not act here: esc first');
	await app.press('\u001b');
	await app.press('/zzz\r');
	await app.press('x');
	expect(footer()).toContain('no Safe is selected');
});

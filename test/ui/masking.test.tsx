import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SafesEvent } from '../../source/domain/event.ts';
import { addressesOf } from '../../source/engine/session/read.ts';
import { createNumbering } from '../../source/redact/names/pseudonym.ts';
import { createSiteMask } from '../../source/redact/names/site-mask.ts';
import { listKeys } from '../../source/ui/help-list.ts';
import { masked, setMask } from '../../source/ui/masking.ts';
import { titleOf } from '../../source/ui/terminal-title.ts';
import { cell, truncate, truncateMiddle, widthOf, wrap } from '../../source/ui/width.ts';
import { type RenderedScreen, renderScreen } from '../helpers/render-screen.tsx';
import { readScenario, type StartedScenario, startScenario } from '../helpers/scenarios.ts';

let scenario: StartedScenario | undefined;
let app: RenderedScreen | undefined;
let home: string;
beforeEach(() => {
	home = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
});
afterEach(async () => {
	app?.unmount();
	await scenario?.close();
	setMask(null);
	app = undefined;
	scenario = undefined;
	rmSync(home, { recursive: true, force: true });
});

async function open(name: string, size: { columns?: number; rows?: number } = {}) {
	scenario = await startScenario(readScenario(name));
	await scenario.engine.run(null, { trigger: 'command' });
	const { engine } = scenario;
	const mask = createSiteMask(engine.session.get().inventory, createNumbering(), { hide: 'all' });
	app = await renderScreen(engine, { ...size, reportsDirectory: home, mask });
	return { app, engine };
}

/** Everything by which the site of a scenario is known. */
function identities(engine: StartedScenario['engine']): string[] {
	const { inventory, safes } = engine.session.get();
	const known = inventory.safes.flatMap((safe) => [
		safe.name,
		safe.host,
		safe.username,
		...(safe.hostKey === null ? [] : [safe.hostKey.fingerprint]),
		...addressesOf(engine.session, safe),
	]);
	const seen = JSON.stringify([...safes.values()]).match(/SHA256:[\w+/]{43}/g) ?? [];
	return [...new Set([...known, ...seen])].filter((name) => !['root', '127.0.0.1'].includes(name));
}

function leaksIn(text: string, names: readonly string[]): string[] {
	const flat = text.toLowerCase();
	// A name that was cut leaves a piece of it.
	const pieces = names
		.flatMap((name) => [name, name.slice(0, 6), name.slice(-6)])
		.filter((piece) => piece.length > 5 && piece !== 'SHA256');
	return [...names, ...pieces].filter((piece) => flat.includes(piece.toLowerCase()));
}

const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

for (const [columns, rows] of [
	[120, 36],
	[80, 24],
	[60, 15],
] as const) {
	// It walks the whole screen: many frames, on machines that do other things too.
	test(`masked, no pane and no dialog shows who it is, at ${columns}x${rows}`, { timeout: 90_000 }, async () => {
		const { app, engine } = await open('host-key-changed', { columns, rows });
		const [safe] = engine.session.get().inventory.safes;
		if (safe === undefined) throw new Error('the scenario has a Safe');
		const names = identities(engine);
		expect(names.length).toBeGreaterThan(5);
		const happened: SafesEvent = {
			kind: 'safes',
			at: at(90),
			connector: safe.connector,
			safes: [safe.name],
			from: { verdict: 'pass', cause: null },
			to: { verdict: 'fail', cause: 'port-refused' },
			rows: [],
			summary: `refused by ${safe.host}:${safe.port}`,
		};
		engine.session.learn({ kind: 'events recalled', events: [happened] });
		const buffer = engine.logs.buffer(safe.connector);
		const write = (text: string) => buffer.add({ time: Date.now(), text, kind: 'error', position: null });
		write(`session failed safe=${safe.name} user=${safe.username} addr=${safe.host}:${safe.port}`);
		write(`{"level":"error","msg":"dial ${safe.host}","safe":"${safe.name}"}`);
		write(`${'x'.repeat(50)} ${safe.host} ${'y'.repeat(2000)} ${safe.name}`);
		// Bare it does show them: the test can fail.
		await app.see(safe.name);
		expect(leaksIn(app.frame(), names)).not.toEqual([]);
		await app.press('m');
		await app.see('MASKED');
		const seen: string[] = [];
		const look = (where: string) => {
			expect([where, leaksIn(app.frame(), names)]).toEqual([where, []]);
			// And nothing is torn by pseudonyms that are shorter or longer.
			for (const line of app.frame().split('\n')) expect([where, line.length <= columns]).toEqual([where, true]);
			seen.push(app.frame());
		};
		look('all panes');
		for (const pane of ['checks', 'logs', 'connectors', 'safes']) {
			await app.press('\t');
			look(pane);
		}
		await app.press('L');
		look('wide logs');
		await app.press('L');
		look('no logs');
		await app.press('L');
		for (const digit of '12345') {
			await app.press(digit);
			look(`evidence ${digit}`);
			for (let page = 0; page < 2; page++) {
				await app.press('\u001b[6~');
				look(`evidence ${digit}, further down`);
			}
		}
		await app.press('y');
		look('copy');
		for (let choice = 1; choice <= 6; choice++) {
			await app.press(`${choice}`);
			look(`copied ${choice}`);
			await app.press('y');
		}
		await app.press('\u001b');
		await app.press('\u001b');
		await app.see('Connectors');
		await app.press('H');
		look('events');
		await app.press(`/${safe.name}`);
		expect(app.frame()).toMatch(/SAFE-\d+▏? /);
		look('events, filtered');
		await app.press('\r');
		await app.press('\u001b\u001b');
		await app.press('a');
		await app.press(`${safe.username}@${safe.host}`);
		look('a target as it is typed');
		await app.press('\u001b');
		await app.press('?');
		look('help');
		await app.press('\u001b');
		await app.press('!');
		await app.press(`ssh: handshake failed with ${safe.host}: host key mismatch for ${safe.name}`);
		look('error text');
		await app.press('\r');
		look('error text kept');
		await app.press(`/${safe.name}\r`);
		look('filtered');
		expect(app.frame()).toMatch(/▶✖ SAFE-\d/);
		await app.press('\u001b');
		await app.press('x');
		await app.see('Not written yet');
		look('report');
		await app.press('\u001b[6~');
		look('report, further down');
		// What is written is masked too, not only what is drawn.
		await app.press('\r');
		await app.see('Written,');
		look('report written');
		const report = readdirSync(home).find((file) => file.endsWith('.md')) ?? '';
		expect(leaksIn(readFileSync(join(home, report), 'utf8'), names)).toEqual([]);
		await app.press('\u001b');
		await app.press('\t\ty');
		await app.see('copied masked');
		expect(leaksIn(app.copied.join('\n'), names)).toEqual([]);
		await app.press('s');
		await vi.waitFor(() => expect(readdirSync(home).some((file) => file.endsWith('.log'))).toBe(true));
		const saved = readdirSync(home).filter((file) => file.endsWith('.log'));
		expect(saved).toHaveLength(1);
		expect(leaksIn(readFileSync(join(home, saved[0] ?? ''), 'utf8'), names)).toEqual([]);
		expect(app.copied.length).toBeGreaterThan(4);
		expect(leaksIn(titleOf(engine.session.get()), names)).toEqual([]);
		expect(seen.join()).toMatch(/SAFE-\d[\s\S]*USER-\d/);
		await app.press('m');
		await app.see('names and addresses are shown again');
		expect(leaksIn(app.frame(), names)).not.toEqual([]);
		expect(listKeys('mask')[0]?.id).toBe('mask');
	});
}

test('text is masked before it is measured and cut', () => {
	setMask((text) => text.replaceAll('a-very-long-name-of-a-host', 'HOST-1').replaceAll('日本', 'SAFE-1'));
	const name = 'a-very-long-name-of-a-host';
	expect(widthOf(name)).toBe(6);
	expect(truncate(`${name}:22`, 8)).toBe('HOST-1:…');
	expect(cell(name, 10)).toBe('HOST-1    ');
	expect(truncateMiddle(`${name}.${name}`, 40)).toBe('HOST-1.HOST-1');
	expect(wrap(`on ${name}: 日本`, 10)).toEqual(['on HOST-1:', 'SAFE-1']);
});

test('a new inventory is masked from its first frame on', async () => {
	const { app, engine } = await open('host-key-changed');
	const { createLiveMask } = await import('../../source/engine/live-mask.ts');
	const before = process.env.XDG_STATE_HOME;
	process.env.XDG_STATE_HOME = home;
	const mask = await createLiveMask(engine);
	process.env.XDG_STATE_HOME = before;
	const { inventory } = engine.session.get();
	setMask(mask);
	expect(masked('to brand-new-safe')).toBe('to brand-new-safe');
	const [safe] = inventory.safes;
	if (safe === undefined) throw new Error('the scenario has a Safe');
	engine.session.learn({
		kind: 'inventory replaced',
		inventory: { ...inventory, safes: [...inventory.safes, { ...safe, name: 'brand-new-safe' }] },
	});
	expect(masked('to brand-new-safe')).toMatch(/^to SAFE-\d+$/);
	void app;
});

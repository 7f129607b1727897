import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { addTarget } from '../../source/commands/add-target.ts';
import { withoutTarget } from '../../source/engine/coverage.ts';
import { readCsv } from '../../source/inventory/csv.ts';
import { findColumns } from '../../source/inventory/csv-columns.ts';
import { loadInventory } from '../../source/inventory/file.ts';
import { planImport } from '../../source/inventory/import-safes.ts';
import { createNumbering } from '../../source/redact/names/pseudonym.ts';
import { createSiteMask } from '../../source/redact/names/site-mask.ts';
import { setMask } from '../../source/ui/masking.ts';
import { type RenderedScreen, renderScreen } from '../helpers/render-screen.tsx';
import { readScenario, type StartedScenario, startScenario } from '../helpers/scenarios.ts';

let scenario: StartedScenario | undefined;
let app: RenderedScreen | undefined;
const directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
afterEach(async () => {
	app?.unmount();
	await scenario?.close();
	setMask(null);
	app = undefined;
	scenario = undefined;
});
afterAll(() => rmSync(directory, { recursive: true }));

const listed = Array.from({ length: 40 }, (_, index) => ({ id: `01HXZ${1000 + index}`, name: `vault-${index + 1}` }));
const coverage = { url: '', safes: 42, withoutTarget: listed, readAt: '2026-11-22T02:07:01Z', problem: null };

test('enter on those that only VaultPAM knows lists them: they scroll, are filtered, and a gives one its target', async () => {
	const file = join(directory, 'vpmon.yaml');
	writeFileSync(
		file,
		'version: 1\nconnectors: [{name: dc1, runtime: none}]\nsafes:\n  - {name: first, host: db1.example, username: deploy}\n',
		{ mode: 0o600 },
	);
	scenario = await startScenario(readScenario('shared-target'));
	const { engine } = scenario;
	await engine.run(null, { trigger: 'command' });
	app = await renderScreen(engine, {
		addTarget: (typed, safe) => addTarget(loadInventory(file), typed, safe),
	});
	engine.session.learn({ kind: 'coverage read', coverage });
	await app.see(/\? 40 Safes +no target known +in VaultPAM only/);
	// What is counted are the Safes of the inventory.
	expect(app.frame()).toMatch(/ · 3 Safes +✖ 1 +\? 0 +! 0 /);
	await app.press('j');
	await app.see('─ 40 Safes · in VaultPAM only');
	expect(app.frame()).toMatch(/Safes +vault-1, vault-2, .* … and \d+ more/);
	expect(app.frame()).toContain('not among the 3 Safes counted above');
	// Nothing is there to be measured.
	await app.press('r');
	await app.see('without a target nothing can be measured: enter lists them');

	await app.press('\r');
	await app.see('─ In VaultPAM only ─ 40 Safes');
	expect(app.frame()).toContain('vpmon import FILE.csv');
	expect(app.frame()).toMatch(/▶\? vault-1 +id 01HXZ1000/);
	expect(app.frame()).not.toContain('vault-40');
	await app.press('G');
	await app.see(/▶\? vault-40 /);
	await app.press('/VAULT-3');
	await app.see('/VAULT-3▏ 11 of 40');
	await app.press('q');
	await app.see('No Safe in VaultPAM only has these words: "VAULT-3q"');
	expect(app.quitted).toBe(false);
	await app.press('\u007f\r');
	await app.press('jj');
	await app.see(/▶\? vault-31 /);
	await app.press('y');
	await app.see('11 Safes as CSV');
	const csv = app.copied.at(-1) ?? '';
	expect(csv.split('\n').slice(0, 2)).toEqual(['name,id,host,port,username', 'vault-3,01HXZ1002,,,']);
	// Filled in, it is what vpmon import takes.
	const { header, lines } = readCsv(Buffer.from(csv.replaceAll(',,,', ',db1.example,22,deploy')), 'safes.csv');
	const { places, unused } = findColumns(header.cells, 'safes.csv');
	const defaults = { connector: 'dc1', assumed: null, port: 22, credential: { type: 'password' } } as const;
	const known = { safes: [], connectors: [{ name: 'dc1' }] };
	const { added, bad } = planImport(lines, places, header.cells.length, known, defaults, (path) => path);
	expect([added.length, bad, unused]).toEqual([11, [], []]);
	expect(added[0]).toMatchObject({ name: 'vault-3', id: '01HXZ1002', host: 'db1.example', username: 'deploy' });

	await app.press('a');
	await app.see(`─ Add a target ─ of vault-31 to`);
	await app.press('\u001b');
	await app.see(/▶\? vault-31 /);
	// That target has another Safe too.
	await app.press('a');
	await app.press('deploy@db1.example\t\t\u0015dc1\r');
	await app.see(`vault-31 stands in ${file} now`);
	expect(readFileSync(file, 'utf8')).toContain('vault-31');
	expect(loadInventory(file).safes.map(({ name, id, host }) => [name, id, host])).toEqual([
		['first', null, 'db1.example'],
		['vault-31', '01HXZ1030', 'db1.example'],
	]);
	expect(withoutTarget(listed, loadInventory(file).safes)).toHaveLength(39);
});

test('at 80x24 and 60x15 it is whole; with a list that is old, that is said; masked, no name and no id is there', async () => {
	scenario = await startScenario(readScenario('healthy'));
	const { engine } = scenario;
	await engine.run(null, { trigger: 'command' });
	engine.session.learn({ kind: 'coverage read', coverage: { ...coverage, problem: 'it answered HTTP 503' } });
	const { inventory } = engine.session.get();
	const mask = createSiteMask(inventory, createNumbering(), { hide: 'all', elsewhere: listed });
	app = await renderScreen(engine, { columns: 80, rows: 24, mask });
	await app.press('m');
	await app.press('/vault\r');
	for (const [columns, rows] of [
		[80, 24],
		[60, 15],
	] as const) {
		await app.resize(columns, rows);
		await app.see(/▶\? 40 Safes +no target known/);
		expect(app.frame()).toMatch(/SAFE-\d/);
		await app.press('\r');
		await app.see('In VaultPAM only ─ ');
		if (rows === 24) expect(app.frame()).toContain('Not read again: it answered HTTP 503');
		expect(app.frame()).toMatch(/▶\? SAFE-\d+ *\n/);
		expect(app.frame()).not.toMatch(/vault-\d|01HXZ/);
		expect(app.frame().split('\n')).toHaveLength(rows);
		for (const line of app.frame().split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
		// The words it was opened with first, then the list itself.
		await app.press('\u001b');
		await app.press('\u001b');
		await app.see('/vault: 0 of');
	}
	engine.session.learn({ kind: 'coverage read', coverage: { ...coverage, withoutTarget: [] } });
	await app.see('No Safe matches "vault"');
});

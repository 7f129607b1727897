import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addTarget } from '../../source/commands/add-target.ts';
import { loadInventory } from '../../source/inventory/file.ts';
import { type RenderedScreen, renderScreen } from '../helpers/render-screen.tsx';
import { readScenario, type StartedScenario, startScenario } from '../helpers/scenarios.ts';

let scenario: StartedScenario | undefined;
let app: RenderedScreen | undefined;
let directory: string;
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

const text = `# ours
version: 1
connectors:
  - name: dc1   # in the rack
    runtime: none
safes:
  - {name: first, host: db1.example, username: deploy}
`;

test('a adds a target to the file, whose comments stay; what is wrong is said before anything is written', async () => {
	const file = join(directory, 'vpmon.yaml');
	writeFileSync(file, text);
	const inventory = loadInventory(file);
	scenario = await startScenario(readScenario('healthy'));
	await scenario.engine.run(null, { trigger: 'command' });
	app = await renderScreen(scenario.engine, { addTarget: (typed) => addTarget(inventory, typed) });
	await app.press('a');
	await app.see('─ Add a target ─ to /etc/vpmon/vpmon.yaml');
	expect(app.frame()).toMatch(/connector +dc1/);
	await app.press('qR?x');
	expect(app.quitted).toBe(false);
	await app.press('\r\r\r');
	await app.see('"qR?x" is no target.');
	await app.press('\u001b[Z\u001b[Z');
	await app.press('\u0015deploy@db1.example\t\t\r');
	await app.see('first is that target already.');
	await app.press('\u001b[Z\u001b[Z');
	await app.press('\u0015root@10.9.8.7:2222\t\t');
	await app.press('\u0015dc9\r');
	await app.see('There is no connector named "dc9". The inventory has dc1.');
	expect(readFileSync(file, 'utf8')).toBe(text);
	await app.press('\u0015dc1\r');
	await app.see(`root@10.9.8.7:2222 stands in ${file} now`);
	const after = readFileSync(file, 'utf8');
	expect(after).toContain('# in the rack');
	expect(loadInventory(file).safes.map(({ name, port }) => [name, port])).toEqual([
		['first', 22],
		['root@10.9.8.7:2222', 2222],
	]);
	await app.press('a\u001b');
	await app.see('Connectors');
});

import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadInventory } from '../../source/inventory/file.ts';
import { createHome, vpmon } from '../helpers/cli.ts';

let home: ReturnType<typeof createHome>;
beforeEach(() => {
	home = createHome();
});
afterEach(() => home.remove());

test('without a terminal a first inventory is written, for its owner only, and never over another', async () => {
	const file = join(home.path, 'config', 'vpmon', 'vpmon.yaml');
	const dry = await vpmon(['init', '--dry-run'], home.environment);
	expect(dry.exitCode).toBe(0);
	expect(dry.stdout).toContain('version: 1');
	expect(existsSync(file)).toBe(false);
	const made = await vpmon(['init'], home.environment);
	expect(made).toMatchObject({ exitCode: 0, stdout: file });
	expect(readFileSync(file, 'utf8')).toBe(`${dry.stdout}\n`);
	expect(statSync(file).mode & 0o777).toBe(0o600);
	expect(loadInventory(file).connectors.length).toBeGreaterThan(0);
	writeFileSync(file, '# mine\n');
	const again = await vpmon(['init', '--yes'], home.environment);
	expect(again).toMatchObject({ exitCode: 2, stdout: '' });
	expect(again.stderr).toContain(`There is an inventory at ${file} already`);
	expect(readFileSync(file, 'utf8')).toBe('# mine\n');
});

test('with --read-only it prints and does not write', async () => {
	const file = join(home.path, 'config', 'vpmon', 'vpmon.yaml');
	for (const args of [
		['--read-only', 'init', '--yes'],
		['--read-only', 'init', '-i', file],
	]) {
		const refused = await vpmon(args, home.environment);
		expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
		expect(refused.stderr).toBe('vpmon: --read-only is given. Nothing was changed.\nvpmon init --dry-run prints it.');
	}
	expect((await vpmon(['--read-only', 'init', '--dry-run'], home.environment)).stdout).toContain('version: 1');
	expect(existsSync(file)).toBe(false);
});

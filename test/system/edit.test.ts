import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeEdit, planEdit } from '../../source/inventory/edit.ts';
import { loadInventory } from '../../source/inventory/file.ts';

const program = new URL('../helpers/edit-process.ts', import.meta.url).pathname;

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('fifty processes killed in the middle of their edits leave a whole file each time, the old one or the new', async () => {
	const name = (count: string) => `- {name: ${count}, host: h, username: u0} # ${count}\n`;
	const text = `version: 1\nconnectors: [{name: c}]\nsafes:\n${['first', 'middle', 'last'].map(name).join('')}# the end\n`;
	const killOne = async (path: string, from: number): Promise<number> => {
		const editor = spawn(process.execPath, [program, path, String(from)], {
			stdio: ['ignore', 'pipe', 'inherit'],
			env: { NODE_COMPILE_CACHE: join(directory, 'cache') },
		});
		await once(editor.stdout, 'data');
		await setTimeout(Math.random() * 25);
		editor.kill('SIGKILL');
		await once(editor, 'exit');
		const left = readFileSync(path, 'utf8');
		const numbers = loadInventory(path).safes.map(({ username }) => Number(username.slice(1)));
		expect(numbers).toEqual([numbers[0], 0, numbers[0]]);
		expect(left).toBe(text.replace(/(first|last)(, host: h, username: )u0/g, `$1$2u${numbers[0]}`));
		return numbers[0] ?? 0;
	};
	const lane = async (path: string) => {
		writeFileSync(path, text);
		const found = [0];
		for (let kill = 0; kill < 25; kill++) {
			const last = found.at(-1) ?? 0;
			found.push(await killOne(path, last + 1));
			expect(found.at(-1)).toBeGreaterThanOrEqual(last);
		}
		// They were in the middle of something: some edits were made, and some were not.
		expect(found.at(-1)).toBeGreaterThan(10);
	};
	const files = ['a.yaml', 'b.yaml'].map((name) => join(directory, name));
	await Promise.all(files.map(lane));
	const unfinished = () => readdirSync(directory).filter((entry) => entry.endsWith('.part'));
	for (const entry of unfinished()) utimesSync(join(directory, entry), 0, 0);
	for (const path of files)
		await makeEdit(planEdit(path, [{ kind: 'change-safe', name: 'first', fields: { port: 2 } }]));
	expect(unfinished()).toEqual([]);
	for (const path of files)
		expect(
			readdirSync(directory).filter((entry) => entry.startsWith(basename(path)) && entry.endsWith('.bak')).length,
		).toBeLessThanOrEqual(20);
}, 120_000);

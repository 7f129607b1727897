import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pseudonymFor } from '../../source/redact/names/pseudonym.ts';
import { openPseudonyms } from '../../source/storage/pseudonyms.ts';

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const nobody = { has: () => false };
const file = () => join(directory, 'stand-ins-1.sqlite');

test('the same thing has the same pseudonym after a restart, and neighbours are seen to be neighbours', async () => {
	const names = [
		['SAFE', 'db-primary'],
		['HOST', 'db1.corp.example'],
		['IP', '10.20.4.17'],
		['IP', '10.20.4.18'],
		['IP', '10.20.5.1'],
		['IP', '2a01:4f8:1:2::1'],
		['IP', '2A01:4f8:1:2:0::2'],
		['NET', '10.20.4.0/24'],
		['KEY', 'SHA256:CVsy+T6EZzua3Tx9qibU18C05CgsRwppfYZBQBjpnoQ'],
	] as const;
	const first = await openPseudonyms(directory);
	const given = names.map(([kind, name]) => pseudonymFor(first, kind, name, nobody));
	first.close();
	expect(given).toEqual(['SAFE-1', 'HOST-1', 'IP-1.1', 'IP-1.2', 'IP-2.1', 'IP-3.1', 'IP-3.2', 'NET-1', 'KEY-1']);
	const second = await openPseudonyms(directory);
	expect(names.toReversed().map(([kind, name]) => pseudonymFor(second, kind, name, nobody))).toEqual(
		given.toReversed(),
	);
	expect(pseudonymFor(second, 'SAFE', 'DB-Primary', nobody)).toBe('SAFE-1');
	expect(second.nameOf('SAFE', 1)).toBe('db-primary');
	expect(second.notice).toBeNull();
	second.close();
	expect(statSync(file()).mode & 0o777).toBe(0o600);
});

test('the directory is made for its owner alone', async () => {
	const path = join(directory, 'a', 'b');
	(await openPseudonyms(path)).close();
	expect(statSync(path).mode & 0o777).toBe(0o700);
});

test('a pseudonym is never the name of somebody, also one that was kept before', async () => {
	const pseudonyms = await openPseudonyms(directory);
	expect(pseudonymFor(pseudonyms, 'SAFE', 'web', nobody)).toBe('SAFE-1');
	const taken = new Set(['safe-1', 'safe-2', 'ip-1', 'ip-2.1']);
	expect(pseudonymFor(pseudonyms, 'SAFE', 'web', taken)).toBe('SAFE-3');
	expect(pseudonymFor(pseudonyms, 'SAFE', 'web', taken)).toBe('SAFE-3');
	expect(pseudonymFor(pseudonyms, 'IP', '10.0.0.1', taken)).toBe('IP-2.2');
	pseudonyms.close();
});

test('a damaged file is set aside, and that is said', async () => {
	const pseudonyms = await openPseudonyms(directory);
	for (let index = 0; index < 500; index++) pseudonymFor(pseudonyms, 'HOST', `host-${index}.example`, nobody);
	pseudonyms.close();
	for (const damage of [
		() => writeFileSync(file(), 'no database at all, but long enough to be taken for one'),
		() => truncateSync(file(), 9000),
	]) {
		damage();
		const after = await openPseudonyms(directory);
		expect(after.notice).toMatch(/^Pseudonyms begin anew: .* damaged and was set aside as .*corrupt-/);
		expect(pseudonymFor(after, 'HOST', 'x', nobody)).toBe('HOST-1');
		after.close();
	}
	expect(readdirSync(directory).filter((name) => name.includes('.corrupt-'))).toHaveLength(2);
});

test('what cannot be kept holds for this process, and that is said', async () => {
	const notADirectory = join(directory, 'file');
	writeFileSync(notADirectory, '');
	const without = await openPseudonyms(notADirectory);
	expect(without.notice).toMatch(/^Pseudonyms will be others next time: /);
	expect(pseudonymFor(without, 'HOST', 'x', nobody)).toBe('HOST-1');
	expect(pseudonymFor(without, 'HOST', 'x', nobody)).toBe('HOST-1');
	without.close();

	const pseudonyms = await openPseudonyms(directory);
	expect(pseudonymFor(pseudonyms, 'HOST', 'kept', nobody)).toBe('HOST-1');
	const other = new DatabaseSync(file());
	other.exec('BEGIN EXCLUSIVE');
	const started = performance.now();
	expect(pseudonymFor(pseudonyms, 'HOST', 'kept', nobody)).toBe('HOST-1');
	const given = Array.from({ length: 20 }, (_, index) => pseudonymFor(pseudonyms, 'HOST', `new-${index}`, nobody));
	expect(performance.now() - started).toBeLessThan(1500);
	expect(given[0]).toBe('HOST-1000001');
	expect(new Set(given).size).toBe(20);
	expect(pseudonyms.notice).toMatch(/another program holds their file/);
	other.exec('ROLLBACK');
	other.close();
	pseudonyms.close();
});

test.skipIf(process.getuid?.() === 0)('a file that cannot be written', async () => {
	(await openPseudonyms(directory)).close();
	chmodSync(directory, 0o500);
	const pseudonyms = await openPseudonyms(directory);
	expect(pseudonymFor(pseudonyms, 'HOST', 'x', nobody)).toMatch(/^HOST-/);
	pseudonyms.close();
	chmodSync(directory, 0o700);
});

test('processes side by side agree on every pseudonym', async () => {
	const script = `
		import { openPseudonyms } from ${JSON.stringify(new URL('../../source/storage/pseudonyms.ts', import.meta.url).href)};
		import { pseudonymFor } from ${JSON.stringify(new URL('../../source/redact/names/pseudonym.ts', import.meta.url).href)};
		const pseudonyms = await openPseudonyms(process.argv[1]);
		const names = Array.from({ length: 120 }, (_, index) => 'host-' + ((index * 37 + Number(process.argv[2]) * 53) % 120));
		const given = Object.fromEntries(names.map((name) => [name, pseudonymFor(pseudonyms, 'HOST', name, { has: () => false })]));
		process.stdout.write(JSON.stringify({ given, notice: pseudonyms.notice }));
		pseudonyms.close();
	`;
	const run = (seed: number) =>
		new Promise<{ given: Record<string, string>; notice: string | null }>((resolve, reject) => {
			const child = spawn(process.execPath, ['--input-type=module', '--eval', script, directory, String(seed)]);
			let out = '';
			child.stdout.on('data', (piece) => {
				out += piece;
			});
			child.on('error', reject);
			child.on('close', (code) => (code === 0 ? resolve(JSON.parse(out)) : reject(new Error(`exit code ${code}`))));
		});
	const results = await Promise.all([1, 2, 3].map(run));
	const [first] = results;
	expect(Object.keys(first?.given ?? {})).toHaveLength(120);
	expect(new Set(Object.values(first?.given ?? {})).size).toBe(120);
	for (const { given, notice } of results) {
		expect(notice).toBeNull();
		expect(Object.entries(given).sort()).toEqual(Object.entries(first?.given ?? {}).sort());
	}
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, tell } from './figures.ts';

/**
 * How long an inventory of 10,000 Safes takes to load, read and held against its schema, in a process of its own; and as a ratio to
 * `node -e 0` in turn. Beside it, for those that use more of YAML (anchors, folded text), the way through the whole library.
 * Budget: 0.5 s (design, section 10).
 *
 *     node bench/inventory.ts [rounds]
 */

const rounds = Number(process.argv[2] ?? 7);
const safes = 10_000;
const budget = { atMost: 500 }; // Milliseconds.

const directory = mkdtempSync(join(tmpdir(), 'vpmon-bench-'));
const file = join(directory, 'vpmon.yaml');
const loader = new URL('../source/inventory/file.ts', import.meta.url).href;

const lines = Array.from({ length: safes }, (_, index) => [
	`  - name: safe-${index}   # rack ${index % 40}`,
	`    host: db${index}.corp.example`,
	`    port: ${2000 + (index % 100)}`,
	'    username: deploy',
	'    credential:',
	'      type: ssh-key',
	'      publicKey: ./keys/db.pub',
	'    hostKey: SHA256:2kdFYHW1PKbhPgMZHQBJ3UD6UCVJBTiWEU5Yu8NF7pk',
]).flat();
const text = `version: 1\nconnectors: [{name: dc1}]\nsafes:\n${lines.join('\n')}\n`;

function run(code: string): { readonly ms: number; readonly said: string } {
	const startedAt = performance.now();
	const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
		encoding: 'utf8',
	});
	if (status !== 0) throw new Error(stderr);
	return { ms: performance.now() - startedAt, said: stdout };
}

/** Milliseconds of the load alone, without Node's start. */
function load(): number {
	const code = `import { loadInventory } from ${JSON.stringify(loader)};
		const startedAt = performance.now();
		const { safes } = loadInventory(${JSON.stringify(file)});
		console.log(JSON.stringify([safes.length, performance.now() - startedAt]));`;
	const [count, ms] = JSON.parse(run(code).said) as [number, number];
	if (count !== safes) throw new Error(`loaded ${count} Safes`);
	return ms;
}

try {
	const found = Array.from({ length: rounds }, () => {
		const bare = run('0').ms;
		writeFileSync(file, text);
		return { bare, ms: load() };
	});
	// An anchor is enough for the long way.
	writeFileSync(file, text.replace('    username: deploy', '    username: &user deploy'));
	const longWay = load();
	console.log(`${safes.toLocaleString('en')} Safes, ${(text.length / 1e6).toFixed(1)} MB of YAML, median of ${rounds}`);
	tell('10,000 Safes loaded', median(found.map((round) => round.ms)), 'ms', budget);
	tell('10,000 Safes loaded, of node -e 0', median(found.map((round) => round.ms / round.bare)), '×');
	tell('10,000 Safes loaded, with anchors', longWay, 'ms');
} finally {
	rmSync(directory, { recursive: true, force: true });
}

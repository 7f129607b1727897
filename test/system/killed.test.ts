import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseJson } from '../../source/domain/json.ts';
import { readAudit } from '../../source/storage/audit.ts';
import { openHistory } from '../../source/storage/history.ts';
import { openPseudonyms } from '../../source/storage/pseudonyms.ts';

const program = new URL('../helpers/writing-process.ts', import.meta.url).pathname;
const rounds = 8; // Two are killed in each.

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const environment = () => ({
	HOME: directory,
	XDG_CONFIG_HOME: directory,
	NODE_COMPILE_CACHE: join(directory, 'cache'),
});

/** What a process said that stands, as kind, id and more, until it was killed. */
async function killOne(writer: string): Promise<string[][]> {
	const child = spawn(process.execPath, [program, directory, writer], {
		stdio: ['ignore', 'pipe', 'inherit'],
		env: environment(),
	});
	let said = '';
	let isDoomed = false;
	for await (const piece of child.stdout) {
		said += piece;
		if (isDoomed || !said.includes('report')) continue;
		// A report takes longest: all are in the midst of something.
		isDoomed = true;
		setTimeout(() => child.kill('SIGKILL'), Math.random() * 40);
	}
	const lines = said.slice(0, said.lastIndexOf('\n')).split('\n');
	return lines.map((line) => line.split(' '));
}

const allOf = (said: readonly string[][], kind: string) => said.filter(([its]) => its === kind);
const orderOf = (id: string) => Number(id.split('-')[1]);
const preferencesDirectory = () => join(directory, 'vpmon');
const unfinished = () =>
	['reports', 'vpmon'].flatMap((folder) =>
		readdirSync(join(directory, folder))
			.filter((name) => /\.(part|tmp-)/.test(name))
			.map((name) => join(directory, folder, name)),
	);

test('processes killed at any time leave each file whole, with all that stood in it, and nothing unfinished for long', async () => {
	const said: string[][] = [];
	for (let round = 1; round <= rounds; round++) {
		const found = await Promise.all(['a', 'b'].map((which) => killOne(`${which}${round}`)));
		said.push(...found.flat());
		// The last that one of them put there, or that it was about to.
		const kept = JSON.parse(readFileSync(join(preferencesDirectory(), 'preferences.json'), 'utf8')).swept[0] as string;
		const lasts = found.map((own) => allOf(own, 'preference').at(-1)?.[1] ?? '');
		expect(lasts.map((last) => last.split('-')[0])).toContain(kept.split('-')[0]);
		const last = lasts.find((one) => one.split('-')[0] === kept.split('-')[0]) ?? '';
		expect([orderOf(last), orderOf(last) + 1]).toContain(orderOf(kept));
	}

	const pseudonyms = await openPseudonyms(directory);
	const numbers = allOf(said, 'stand-in').map(([, id, number]) => [pseudonyms.nameOf('HOST', Number(number)), id]);
	pseudonyms.close();
	expect(pseudonyms.notice).toBeNull();
	for (const [name, id] of numbers) expect(name?.endsWith(`x${id}`)).toBe(true);

	const audited = new Set(readAudit(join(directory, 'audit.jsonl')).map(({ id }) => id));
	expect(allOf(said, 'audit').filter(([, id]) => !audited.has(id ?? ''))).toEqual([]);

	const [history = ''] = readdirSync(directory).filter((name) => name.endsWith('.jsonl') && name.startsWith('events-'));
	const lines = readFileSync(join(directory, history), 'utf8').split('\n');
	const events = new Set(lines.map((line) => (parseJson(line) as { connector?: string } | null)?.connector));
	expect(allOf(said, 'event').filter(([, id]) => !events.has(id))).toEqual([]);
	expect((await openHistory(directory, '/a.yaml').read()).length).toBeGreaterThan(rounds);

	const reports = readdirSync(join(directory, 'reports')).filter((name) => name.endsWith('.md'));
	for (const name of reports) expect(readFileSync(join(directory, 'reports', name), 'utf8')).toMatch(/x\nthe end\n$/);
	expect(reports).toEqual(
		expect.arrayContaining(allOf(said, 'report').map(([, , path = '']) => path.split('/').at(-1))),
	);
	for (const kind of ['stand-in', 'preference', 'audit', 'event', 'report'])
		expect(allOf(said, kind).length, kind).toBeGreaterThan(2 * rounds - 1);

	// The next one takes away what nobody writes any more, and leaves the rest.
	writeFileSync(join(preferencesDirectory(), 'preferences.json.tmp-0123456789abcdef'), '');
	const left = unfinished();
	for (const path of left) utimesSync(path, 0, 0);
	const young = join(directory, 'reports', 'vpmon-report-20261129T082032Z-a96af467.md.part');
	writeFileSync(young, '');
	await killOne('c');
	expect(left.filter(existsSync)).toEqual([]);
	expect(existsSync(young)).toBe(true);
}, 60_000);

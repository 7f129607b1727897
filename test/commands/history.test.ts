import { appendFileSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SessionEvent, Standing } from '../../source/domain/event.ts';
import { openHistory } from '../../source/storage/history.ts';
import { openSiteMemory } from '../../source/storage/site-memory/open-site-memory.ts';
import { createHome, vpmon } from '../helpers/cli.ts';
import { problemsOf } from '../helpers/json-schema.ts';

const home = createHome();
const inventory = join(home.path, 'vpmon.yaml');
const kept = join(home.path, 'state', 'vpmon', 'history');
const now = Date.now();
const hoursAgo = (hours: number) => new Date(now - hours * 3_600_000).toISOString();
const passing: Standing = { verdict: 'pass', cause: null };
const changed: Standing = { verdict: 'fail', cause: 'host-key-mismatch' };
const event = (hours: number, safe: string, from: Standing | null, to: Standing): SessionEvent => ({
	kind: 'safes',
	at: hoursAgo(hours),
	connector: 'dc1',
	safes: [safe],
	from,
	to,
	rows: [],
	summary: 'not the stored ED25519 key \u001b[2J',
});
const run = (...args: string[]) => vpmon(['history', ...args, '-i', inventory], home.environment);

beforeAll(async () => {
	const safe = (name: string) => `{name: ${name}, host: 127.0.0.1, username: u, credential: {type: password}}`;
	writeFileSync(
		inventory,
		`version: 1\ndefaults: {connector: dc1}\nconnectors: [{name: dc1, runtime: none}]\nsafes: [${['db', 'web', 'new'].map(safe).join(', ')}]\n`,
		{ mode: 0o600 },
	);
});
afterAll(() => home.remove());

test('before anything was kept it says so, and what keeps it', async () => {
	expect(await run()).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('The screen keeps what it sees') });
});

test('since when a Safe fails, when it last passed and how often it changed; of all, what became of them; a damaged file stops nothing and is said once', async () => {
	const history = openHistory(kept, inventory);
	await history.append([
		event(90, 'web', null, passing),
		event(80, 'db', null, passing),
		event(9, 'db', passing, changed),
		event(6, 'db', changed, passing),
		event(3, 'db', passing, changed),
		event(2, 'gone', null, changed),
	]);
	for (const name of readdirSync(kept)) appendFileSync(join(kept, name), '{"half a line\nnot JSON\u0000\n');
	const db = await run('db');
	expect(db.exitCode).toBe(0);
	expect(db.stderr).toMatch(/^vpmon: the history is damaged: 2 lines set aside as .*events-.*\.jsonl\.damaged$/);
	expect(db.stdout).toMatch(/^db: host key changed since .* UTC; passed until .*; 3 changes in a day\n/);
	expect(db.stdout.split('\n').filter((line) => line.includes(' db '))).toHaveLength(4);
	expect(db.stdout).not.toContain('\u001b');
	const web = await run('web');
	expect(web.stdout).toMatch(/^web: passing since .* UTC\n/);
	expect(web.stderr).toBe('');
	const all = (await run('--since', '1d')).stdout;
	expect(all).toMatch(/: 2 Safes began to fail and still do\.\n/);
	expect(all).not.toContain('web');
	// It left the inventory, and still has its past.
	expect((await run('gone')).stdout).toContain('gone: host key changed since');
	const json = JSON.parse((await run('db', '--json')).stdout);
	expect(problemsOf('history.schema.json', json)).toEqual([]);
	expect(json).toMatchObject({
		schemaVersion: 1,
		safe: 'db',
		standing: changed,
		since: hoursAgo(3),
		lastGood: hoursAgo(3),
		changesInADay: 3,
		events: [{}, {}, {}, {}],
	});
});

test('of a Safe that nobody saw change nothing is kept; one that never was is not there', async () => {
	expect(await run('new')).toMatchObject({
		exitCode: 2,
		stderr: expect.stringContaining('Nothing is kept yet of "new"'),
	});
	expect(await run('nobody')).toMatchObject({
		exitCode: 2,
		stderr: expect.stringContaining('There is no Safe named "nobody"'),
	});
});

test('what other programs of the host told is in it too, each change once', async () => {
	const shared = await openSiteMemory(join(home.path, 'site'), { program: 'exporter', uid: 999, user: 'vpmon' });
	const path = realpathSync(inventory);
	// The first was found by one's own screen as well, a moment later.
	const own = { ...event(3, 'db', null, changed), at: new Date(now - 3 * 3_600_000 - 400).toISOString() };
	shared.putTransition('a', path, own);
	shared.putTransition('b', path, event(1, 'web', passing, changed));
	shared.close();
	const { stdout } = await run('--json');
	expect(problemsOf('history.schema.json', JSON.parse(stdout))).toEqual([]);
	const { events } = JSON.parse(stdout) as { events: SessionEvent[] };
	const newest = events.slice(-3).map((one) => (one.kind === 'safes' ? [one.safes[0], one.id ?? null] : []));
	expect(newest).toEqual([
		['db', 'a'],
		['gone', null],
		['web', 'b'],
	]);
	expect((await run('web')).stdout).toMatch(/^web: host key changed since /);
	writeFileSync(
		inventory,
		readFileSync(inventory, 'utf8').replace('version: 1', 'version: 1\nsettings: {share: false}'),
	);
	expect((await run('web')).stdout).toMatch(/^web: passing since /);
});

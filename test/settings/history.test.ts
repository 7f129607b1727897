import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SafesEvent, SessionEvent } from '../../source/domain/event.ts';
import { keepHistory } from '../../source/engine/keep-history.ts';
import { openHistory } from '../../source/settings/history.ts';
import { readScenario, startScenario } from '../helpers/scenarios.ts';

let home: string;
let directory: string;
beforeEach(() => {
	home = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	directory = join(home, 'state', 'history');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const pass = { verdict: 'pass', cause: null } as const;
const refused = { verdict: 'fail', cause: 'port-refused' } as const;
const event = (minute: number, safes: readonly string[], part: Partial<SafesEvent> = {}): SafesEvent => ({
	kind: 'safes',
	at: `2026-11-23T02:${String(minute).padStart(2, '0')}:00.000Z`,
	connector: 'dc1',
	safes,
	from: pass,
	to: refused,
	rows: [{ check: 'port', from: 'pass', to: 'fail', cause: 'port-refused', summary: 'refused "here"\nthere' }],
	summary: 'refused',
	...part,
});
const todays = () => join(directory, `events-${new Date().toISOString().slice(0, 10)}.jsonl`);

test('what is kept comes back as it was, for its own inventory, readable by its user alone', async () => {
	const all: SessionEvent[] = [
		{ kind: 'watch', at: '2026-11-23T02:00:00.000Z', begun: true },
		event(1, ['db']),
		{
			kind: 'connector',
			at: '2026-11-23T02:02:00.000Z',
			connector: 'dc1',
			from: 'online',
			to: 'offline',
			summary: 'x',
		},
		{ kind: 'sweep', at: '2026-11-23T02:03:00.000Z', done: 3, total: 9 },
	];
	const history = openHistory(directory, '/a.yaml');
	await history.append(all.slice(0, 2));
	await history.append(all.slice(2));
	await openHistory(directory, '/b.yaml').append([event(4, ['other'])]);
	expect(await openHistory(directory, '/a.yaml').read()).toEqual(all);
	expect(history.problem()).toBeNull();
	expect(statSync(todays()).mode & 0o777).toBe(0o600);
	expect(statSync(directory).mode & 0o777).toBe(0o700);
});

test('half a line, nonsense and what a newer vpmon may write are left out, and take no other line along', async () => {
	const history = openHistory(directory, '/a.yaml');
	await history.append([event(1, ['a'])]);
	appendFileSync(todays(), '{"v":1,"inventory":"/a.yaml","kind":"sa');
	await openHistory(directory, '/a.yaml').append([event(2, ['b'])]);
	appendFileSync(todays(), '\u0000\n[]\nnull\n{"inventory":"/a.yaml","kind":"moon"}\n');
	appendFileSync(
		todays(),
		`${JSON.stringify({ ...event(3, ['c']), to: { verdict: 'splendid', cause: null }, inventory: '/a.yaml' })}\n`,
	);
	expect((await history.read()).map((known) => known.kind === 'safes' && known.safes)).toEqual([['a'], ['b']]);
});

test('two processes that watch one inventory tell of one change once', async () => {
	const [one, two] = [openHistory(directory, '/a.yaml'), openHistory(directory, '/a.yaml')];
	const back = { from: refused, to: pass, rows: [] };
	await one.append([event(1, ['a', 'b'])]);
	await two.append([event(2, ['b', 'c'])]);
	await two.append([event(3, ['b'], back)]);
	await one.append([event(4, ['b'], back), event(5, ['b'])]);
	const told = (await one.read()).map((known) => (known.kind === 'safes' ? [known.safes, known.to.verdict] : null));
	expect(told).toEqual([
		[['a', 'b'], 'fail'],
		[['c'], 'fail'],
		[['b'], 'pass'],
		[['b'], 'fail'],
	]);
	await Promise.all(Array.from({ length: 50 }, (_, n) => (n % 2 ? one : two).append([event(n, [`s${n}`])])));
	expect(await one.read()).toHaveLength(54);
});

test('after thirty days a file goes, and only one of ours', async () => {
	mkdirSync(directory, { recursive: true });
	for (const name of ['events-2020-01-01.jsonl', 'events-2020-01-01.jsonl.bak', 'notes.txt'])
		writeFileSync(join(directory, name), '');
	await openHistory(directory, '/a.yaml').read();
	expect(readdirSync(directory).sort()).toEqual(['events-2020-01-01.jsonl.bak', 'notes.txt']);
});

test('what cannot be kept is said, and stops nothing', async () => {
	writeFileSync(join(home, 'state'), 'a file where the folder would be');
	const history = openHistory(directory, '/a.yaml');
	expect(await history.read()).toEqual([]);
	await history.append([event(1, ['a'])]);
	expect(history.problem()).toMatch(/ENOTDIR|EEXIST|not a directory/);
	const scenario = await startScenario(readScenario('port-refused'));
	try {
		const { session } = scenario.engine;
		const kept = keepHistory(session, async () => history);
		await kept.recall();
		await scenario.engine.run(null, { trigger: 'command' });
		await kept.end();
		expect(session.get().events.map(({ kind }) => kind)).toEqual(['watch', 'safes', 'watch']);
		expect(session.get().historyProblem).toMatch(/ENOTDIR|EEXIST|not a directory/);
	} finally {
		await scenario.close();
	}
});

test('the next session knows what the last one saw', async () => {
	const first = await startScenario(readScenario('port-refused'));
	const open = async () => openHistory(directory, '/etc/vpmon/vpmon.yaml');
	const kept = keepHistory(first.engine.session, open);
	await kept.recall();
	await first.engine.run(null, { trigger: 'command' });
	const since = [...first.engine.session.get().safes.values()].map((state) => state.since);
	await first.close();
	await kept.end();
	const second = await startScenario(readScenario('port-refused'));
	try {
		const again = keepHistory(second.engine.session, open);
		await again.recall();
		await second.engine.run(null, { trigger: 'command' });
		expect(second.engine.session.get().events.map(({ kind }) => kind)).toEqual(['watch', 'safes', 'watch', 'watch']);
		const still = [...second.engine.session.get().safes.values()].map((state) => state.since);
		// Told in whole milliseconds, a few lines apart.
		expect(Math.abs((still[0] ?? 0) - (since[0] ?? 1))).toBeLessThan(50);
		await again.end();
	} finally {
		await second.close();
	}
});

test('a disk that hangs is not waited for', async () => {
	const scenario = await startScenario(readScenario('port-refused'));
	try {
		const never = {
			read: () => new Promise<never>(() => {}),
			append: () => new Promise<never>(() => {}),
			problem: () => null,
		};
		const kept = keepHistory(scenario.engine.session, async () => never);
		const startedAt = performance.now();
		await kept.recall();
		await kept.end();
		expect(performance.now() - startedAt).toBeLessThan(4000);
	} finally {
		await scenario.close();
	}
});

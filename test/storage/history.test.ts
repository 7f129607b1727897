import {
	appendFileSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SafesEvent, SessionEvent } from '../../source/domain/event.ts';
import { keepHistory } from '../../source/engine/history/keep-history.ts';
import { openHistory } from '../../source/storage/history.ts';
import { formatLine } from '../../source/storage/history-line.ts';
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

test('damaged lines are set aside byte by byte, said once, and take no other line along', async () => {
	const said: string[] = [];
	const open = () => openHistory(directory, '/a.yaml', (notice) => said.push(notice));
	const history = open();
	await history.append([event(1, ['a'])]);
	appendFileSync(todays(), '{"v":1,"inventory":"/a.yaml","kind":"sa');
	await open().append([event(2, ['b'])]);
	appendFileSync(todays(), Buffer.from([0, 0xff, 0xc3, 10]));
	appendFileSync(todays(), '[]\nnull\n{"v":1,"inventory":"/a.yaml","kind":"moon"}\n{"v":1,"inventory":"/b.yaml","ki\n');
	// A cause and a kind that only a later vpmon knows are no damage.
	const later = { ...event(3, ['c']), to: { verdict: 'fail', cause: 'solar-flare' }, v: 1, inventory: '/a.yaml' };
	appendFileSync(todays(), `${JSON.stringify(later)}\n${JSON.stringify({ ...later, kind: 'moon' })}\n`);
	appendFileSync(todays(), '{"v":1,"inventory":"/a.yaml","kind":"watch","at":"2026-11-23T02:0');
	for (let round = 0; round < 2; round++)
		expect((await open().read()).map((known) => known.kind === 'safes' && known.safes)).toEqual([['a'], ['b']]);
	const aside = `${todays()}.damaged`;
	expect(said).toEqual([`the history is damaged: 7 lines set aside as ${aside}`]);
	const kept = readFileSync(aside);
	expect(kept.subarray(kept.indexOf(10) + 1).subarray(0, 4)).toEqual(Buffer.from([0, 0xff, 0xc3, 10]));
	expect(kept.toString().trimEnd().split('\n')).toHaveLength(7);
	expect(statSync(aside).mode & 0o777).toBe(0o600);
	// The end that was cut off is known, and what comes after it is whole.
	await history.append([event(4, ['d'])]);
	expect(await open().read()).toHaveLength(3);
	appendFileSync(todays(), '{"v":1\n');
	await open().read();
	expect(said.slice(1)).toEqual([`the history is damaged: 1 line set aside as ${aside}`]);
});

test('a line that another process is just writing is no damage', async () => {
	const said: string[] = [];
	await openHistory(directory, '/a.yaml').append([event(1, ['a'])]);
	const line = `${JSON.stringify({ v: 1, inventory: '/a.yaml', ...event(2, ['b']) })}\n`;
	appendFileSync(todays(), line.slice(0, 50));
	const reading = openHistory(directory, '/a.yaml', (notice) => said.push(notice)).read();
	setTimeout(() => appendFileSync(todays(), line.slice(50)), 20);
	expect(await reading).toHaveLength(2);
	expect(said).toEqual([]);
});

test('damaged lines that cannot be set aside are said too', async () => {
	const said: string[] = [];
	await openHistory(directory, '/a.yaml').append([event(1, ['a'])]);
	appendFileSync(todays(), 'x\n');
	mkdirSync(`${todays()}.damaged`);
	expect(await openHistory(directory, '/a.yaml', (notice) => said.push(notice)).read()).toHaveLength(1);
	expect(said).toEqual([
		expect.stringMatching(/^the history is damaged, and what is damaged cannot be set aside: .* is a directory/),
	]);
});

test('what a newer vpmon wrote is read as far as it is understood, and nothing is added to it', async () => {
	const said: string[] = [];
	const newer = `${JSON.stringify({ v: 2, inventory: '/a.yaml', ...event(1, ['a']) })}\n{"v":2,"inventory":"/a.yaml"}\n<1>\n`;
	mkdirSync(directory, { recursive: true });
	writeFileSync(todays(), newer);
	const history = openHistory(directory, '/a.yaml', (notice) => said.push(notice));
	expect(await history.read()).toEqual([event(1, ['a'])]);
	await history.append([event(2, ['b'])]);
	expect(history.problem()).toBe(`${todays()} is of a newer vpmon`);
	expect(readFileSync(todays(), 'utf8')).toBe(newer);
	expect(said).toEqual([]);
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

test('by a clock that is a year ahead nothing goes, and what was written by it is not shown', async () => {
	const start = Date.now();
	const day = (offset: number) => new Date(start + offset * 86_400_000).toISOString().slice(0, 10);
	mkdirSync(directory, { recursive: true });
	for (const offset of [0, 365]) {
		const event = { kind: 'watch', at: `${day(offset)}T00:00:00.000Z`, begun: true } as const;
		writeFileSync(join(directory, `events-${day(offset)}.jsonl`), `${formatLine('/a.yaml', event)}\n`);
	}
	const before = readdirSync(directory).sort();
	const daysRead = async () => (await openHistory(directory, '/a.yaml').read()).map(({ at }) => at.slice(0, 10));
	vi.useFakeTimers({ now: start + 366 * 86_400_000, toFake: ['Date'] });
	try {
		expect(await daysRead()).toEqual([day(365)]);
	} finally {
		vi.useRealTimers();
	}
	expect([await daysRead(), readdirSync(directory).sort()]).toEqual([[day(0)], before]);
	// Thirty newer days leave no doubt.
	const old = join(directory, 'events-2020-01-01.jsonl');
	writeFileSync(old, '');
	utimesSync(old, new Date('2020-01-01'), new Date('2020-01-01'));
	for (let offset = 1; offset < 29; offset++) writeFileSync(join(directory, `events-${day(-offset)}.jsonl`), '');
	await openHistory(directory, '/a.yaml').read();
	expect(readdirSync(directory)).not.toContain('events-2020-01-01.jsonl');
});

test('after thirty days a file goes, and only one of ours', async () => {
	mkdirSync(directory, { recursive: true });
	for (const name of [
		'events-2020-01-01.jsonl',
		'events-2020-01-01.jsonl.damaged',
		'events-2020-01-01.jsonl.bak',
		'notes.txt',
	])
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

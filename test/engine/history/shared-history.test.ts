import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SafesEvent, SessionEvent } from '../../../source/domain/event.ts';
import type { Writer } from '../../../source/domain/measurement.ts';
import { keepHistory } from '../../../source/engine/history/keep-history.ts';
import { createSession } from '../../../source/engine/session/create-session.ts';
import { createSiteSharing, noSites } from '../../../source/engine/sharing/site-sharing.ts';
import { parseInventory } from '../../../source/inventory/file.ts';
import { mergeEvents } from '../../../source/storage/event-echoes.ts';
import { openHistory } from '../../../source/storage/history.ts';
import { learnRefused } from '../../helpers/learn.ts';
import { exporter, siteMemories } from '../../helpers/site-memory.ts';

const site = siteMemories();
const anna: Writer = { program: 'screen', uid: 1001, user: 'anna' };
const file = '/etc/vpmon/vpmon.yaml';

let home: string;
let ends: Array<() => Promise<void>> = [];
beforeEach(() => {
	home = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
});
afterEach(async () => {
	for (const end of ends) await end();
	ends = [];
	rmSync(home, { recursive: true, force: true });
});

const inventoryOf = (settings: string) =>
	parseInventory(
		`version: 1
settings: {${settings}}
connectors: [{name: dc1, runtime: none}]
safes:
  - {name: a, host: 10.0.0.1, username: deploy, connector: dc1}
  - {name: b, host: 10.0.0.2, username: deploy, connector: dc1}
  - {name: secret, host: 10.0.0.3, username: deploy, connector: dc1, sensitive: true}
`,
		file,
	);

type Options = { settings?: string; isShared?: boolean };

/** A program of a user that has this inventory open. */
async function start(self: Writer, { settings = '', isShared = true }: Options = {}) {
	const inventory = inventoryOf(settings);
	const session = createSession(inventory, 'here', { self });
	const shared = isShared ? await site.open(self) : null;
	const sites = Promise.resolve(isShared ? { shared, own: null } : noSites);
	const sharing = createSiteSharing({ self, sites, isShared: () => inventory.settings.share });
	const directory = join(home, self.user);
	const kept = keepHistory(session, async () => openHistory(directory, file), sharing);
	await kept.recall();
	let isOver = false;
	const end = async () => {
		if (isOver) return;
		isOver = true;
		await kept.end();
	};
	ends.push(end);
	const lines = () =>
		readdirSync(directory, { withFileTypes: true })
			.flatMap(({ name }) => readFileSync(join(directory, name), 'utf8').split('\n'))
			.filter((line) => line.includes('"safes"'));
	const linesNow = () => {
		try {
			return lines();
		} catch {
			return [];
		}
	};
	const events = () => session.get().events.filter((event): event is SafesEvent => event.kind === 'safes');
	const history = async () => {
		const stored = shared?.transitions(file, 0).map(({ event }) => event) ?? [];
		const all = mergeEvents(await openHistory(directory, file).read(), stored);
		return all.filter((event): event is SafesEvent => event.kind === 'safes');
	};
	return { session, shared, end, lines: linesNow, events, history };
}

test('two programs of two users that find the same keep it once, show it once, and both have it in their history', async () => {
	const one = await start(exporter);
	const two = await start(anna);
	for (const { session } of [one, two]) learnRefused(session, 'a');
	for (const { session } of [one, two]) session.flush();
	await vi.waitFor(() => expect(one.lines().length + two.lines().length).toBe(1), 5000);
	await one.end();
	await two.end();
	expect(one.lines().length + two.lines().length).toBe(1);
	for (const each of [one, two]) {
		expect(each.events()).toHaveLength(1);
		expect(await each.history()).toMatchObject([{ safes: ['a'], to: { cause: 'port-refused' } }]);
	}
});

test('programs that tell of it at the same moment come to the same id', async () => {
	const one = await start(exporter);
	const two = await start(anna);
	for (const { session } of [one, two]) learnRefused(session, 'a');
	for (const { session } of [one, two]) session.flush();
	const put = vi.spyOn(two.shared as NonNullable<typeof two.shared>, 'poll').mockImplementation(() => {});
	await Promise.all([one.end(), two.end()]);
	put.mockRestore();
	expect(one.lines().length + two.lines().length).toBe(1);
	expect(two.shared?.transitions(file, 0)).toHaveLength(1);
});

test('what a program did not find itself comes from the others, at once and when it starts later', async () => {
	const one = await start(exporter);
	const two = await start(anna);
	learnRefused(one.session, 'a');
	one.session.flush();
	await one.end();
	two.shared?.poll();
	expect(two.events()).toMatchObject([{ safes: ['a'], to: { cause: 'port-refused' } }]);
	// It finds the same a moment later: nothing new.
	learnRefused(two.session, 'a');
	two.session.flush();
	expect(two.events()).toHaveLength(1);
	await two.end();
	expect(two.lines()).toEqual([]);
	const late = await start({ ...anna, user: 'ben', uid: 1002 });
	expect(late.events()).toMatchObject([{ safes: ['a'] }]);
	learnRefused(late.session, 'a');
	late.session.flush();
	expect(late.events()).toHaveLength(1);
});

test('a change back and the same change again are changes of their own', async () => {
	const one = await start(exporter);
	const two = await start(anna);
	for (const outcome of ['refused', 'timeout', 'refused'] as const) {
		const said = one.events().length + 1;
		for (const { session } of [one, two]) learnRefused(session, 'a', undefined, outcome);
		for (const { session } of [one, two]) session.flush();
		await vi.waitFor(() => expect(one.lines().length + two.lines().length).toBe(said), 5000);
		for (const { shared } of [one, two]) shared?.poll();
		await nextMillisecond();
	}
	for (const each of [one, two])
		expect((await each.history()).map(({ to }) => to.cause)).toEqual(['port-refused', 'port-timeout', 'port-refused']);
});

test('sensitive Safes are not told of, and neither is anything where nothing is shared', async () => {
	const one = await start(exporter);
	for (const name of ['a', 'secret']) learnRefused(one.session, name);
	one.session.flush();
	await one.end();
	expect(one.shared?.transitions(file, 0)).toMatchObject([{ event: { safes: ['a'] } }]);
	expect(one.lines()).toHaveLength(2);
	const alone = await start(anna, { settings: 'share: false' });
	expect(alone.events()).toEqual([]);
	learnRefused(alone.session, 'b');
	alone.session.flush();
	await alone.end();
	expect(alone.shared?.transitions(file, 0)).toHaveLength(1);
	expect(alone.lines()).toHaveLength(1);
	const closed = await start({ ...anna, user: 'ben' }, { isShared: false });
	learnRefused(closed.session, 'b');
	closed.session.flush();
	await closed.end();
	expect(closed.lines()).toHaveLength(1);
});

test('a change whose summary names a sensitive Safe or its target stays with this user', async () => {
	const one = await start(exporter);
	const change = { kind: 'connector', connector: 'dc1', from: 'online', to: 'degraded' } as const;
	const events = ['unhealthy; 10.0.0.3:22 does not answer', 'unhealthy'].map((summary, index) => ({
		...change,
		...(index === 0 ? {} : { connector: 'dc2' }),
		at: new Date().toISOString(),
		summary,
	}));
	for (const event of events) one.session.learn({ kind: 'event happened', event });
	await one.end();
	expect(one.shared?.transitions(file, 0)).toMatchObject([{ event: { connector: 'dc2' } }]);
});

test('one history of both: each change once, whatever each knew of the time before', () => {
	const change = (second: number, part: Partial<SafesEvent>): SessionEvent => ({
		kind: 'safes',
		at: `2026-11-23T02:00:0${second}.000Z`,
		connector: 'dc1',
		safes: ['a'],
		from: { verdict: 'pass', cause: null },
		to: { verdict: 'fail', cause: 'port-refused' },
		rows: [],
		summary: 'refused',
		...part,
	});
	const back = { from: { verdict: 'fail', cause: 'port-refused' }, to: { verdict: 'pass', cause: null } } as const;
	const merged = mergeEvents(
		[change(2, { from: null, safes: ['a', 'b'] }), change(5, back)],
		[change(1, { id: 'x' }), change(4, { ...back, id: 'y' }), change(6, { id: 'z' })],
	);
	expect(merged.map((event) => ('id' in event ? event.id : event.kind === 'safes' && event.safes))).toEqual([
		'x',
		['b'],
		'y',
		'z',
	]);
});

/** Times are told in whole milliseconds. */
async function nextMillisecond(): Promise<void> {
	const now = Date.now();
	await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(now), { interval: 1 });
}

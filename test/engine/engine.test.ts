import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { type CheckId, rowsOf } from '../../source/domain/check.ts';
import type { RunOptions } from '../../source/engine/engine-options.ts';
import { isOutOfReach } from '../../source/engine/session/read.ts';
import { fingerprint, publicKey } from '../helpers/keys.ts';
import type { ScenarioPort } from '../helpers/scenario-host.ts';
import { type ScenarioFile, type StartedScenario, startScenario } from '../helpers/scenarios.ts';
import { until } from '../helpers/system.ts';

let started: StartedScenario | undefined;
afterEach(async () => {
	await started?.close();
	started = undefined;
});

type SafeOptions = {
	name: string;
	host?: string;
	username?: string;
	hostKey?: string;
	exempt?: boolean;
	key?: string;
};

const safeOf = ({
	hostKey = fingerprint('host-a'),
	host = 'db1.example',
	username = 'deploy',
	key = publicKey('user-a'),
	...rest
}: SafeOptions) => ({
	host,
	username,
	credential: { type: 'ssh-key', publicKey: key },
	...(hostKey === '' ? {} : { hostKey }),
	...rest,
});

/** What a test changes between two runs. */
type World = {
	names: Record<string, readonly string[]>;
	ports: Record<string, ScenarioPort>;
	commands?: Record<string, { stdout: string }>;
	connector?: Record<string, string>;
};

const healthy: ScenarioPort = { ssh: { hostKeys: ['host-a'], users: { deploy: ['user-a'] } } };

async function start(safes: readonly SafeOptions[], part: Partial<World> = {}, concurrency = 32) {
	const world: World = { names: { 'db1.example': ['10.0.0.5'] }, ports: { '10.0.0.5:22': healthy }, ...part };
	const inventory = { version: 1, connectors: [world.connector ?? { name: 'dc1' }], safes: safes.map(safeOf) };
	started = await startScenario(
		{ title: '', inventory, host: world, expect: { exitCode: 0, safes: {} }, frame: [] } satisfies ScenarioFile,
		300,
		concurrency,
	);
	const { engine, host } = started;
	const state = (name: string) => {
		const found = engine.session.safe(name);
		if (found === undefined) throw new Error(`no Safe ${name}`);
		return found;
	};
	const row = (name: string, id: CheckId) => state(name).result.checks[id];
	const rows = (name: string) =>
		rowsOf(state(name).result)
			.slice(1)
			.map(({ verdict }) => verdict)
			.join(' ');
	const run = (trigger: RunOptions['trigger'] = 'background', only: RunOptions['only'] = null) =>
		// All targets are due.
		engine.run(null, {
			trigger,
			only,
			freshness: { passing: Date.now(), failing: Date.now(), asksAnew: trigger !== 'background' },
		});
	const [first] = engine.session.get().inventory.safes;
	if (first === undefined) throw new Error('no Safe');
	return { engine, world, host, state, row, rows, run, first };
}

test('what the budget refuses stays as it was known, with its own time and why it was not asked again', async () => {
	const { run, rows, row } = await start([{ name: 'db' }]);
	await run();
	expect(rows('db')).toBe('pass pass pass pass');
	const asked = row('db', 'ssh-key')?.measuredAt;
	// One second a connection is left, until there is none.
	for (let index = 0; index < 3; index++) await run('key');
	expect(rows('db')).toBe('pass pass pass pass');
	const again = /; as of \d\d:\d\d:\d\d, free again at \d\d:\d\d:\d\d$/;
	// The refusal is told once.
	expect(row('db', 'ssh-key')?.summary).not.toMatch(/free again|budget/);
	expect(row('db', 'ssh-key')?.measuredAt).toBe(asked);
	expect(row('db', 'port')?.summary).toMatch(again);
});

test('five users of one target: sweep after sweep none of what was learned is lost', async () => {
	const names = ['a', 'b', 'c', 'd', 'e'];
	const users = Object.fromEntries(names.map((name) => [name, ['user-a' as const]]));
	const { run, rows } = await start(
		names.map((name) => ({ name, username: name })),
		{ ports: { '10.0.0.5:22': { ssh: { hostKeys: ['host-a'], users } } } },
	);
	await run();
	const known = names.filter((name) => rows(name) === 'pass pass pass pass');
	expect(known.length).toBeGreaterThan(0);
	for (let index = 0; index < 4; index++) {
		await run();
		for (const name of known) expect(rows(name)).toBe('pass pass pass pass');
		for (const name of names) expect(rows(name)).toMatch(/^pass \w+ pass /);
	}
});

test('a changed host key stays changed over background sweeps, which ask for one type as long as that is unchanged', async () => {
	const { run, rows, host } = await start([{ name: 'db', hostKey: fingerprint('host-c') }], {
		ports: { '10.0.0.5:22': { ssh: { hostKeys: ['host-a', 'host-rsa', 'host-ecdsa'] } } },
	});
	// The background leaves two of four connections to people, of whom the first asks for the third type.
	await run();
	expect(rows('db')).toBe('pass skip unknown skip');
	expect(host.opened).toHaveLength(2);
	await run('key');
	expect(rows('db')).toBe('pass skip fail skip');
	expect(host.opened).toHaveLength(3);
	for (let index = 0; index < 3; index++) {
		await run();
		expect(rows('db')).toBe('pass skip fail skip');
	}
});

test('while its host key is unchanged, a later look costs one connection', async () => {
	const { run, rows, host } = await start([{ name: 'db', hostKey: fingerprint('host-c'), exempt: true }], {
		ports: { '10.0.0.5:22': { ssh: { hostKeys: ['host-a', 'host-rsa', 'host-ecdsa'] } } },
	});
	await run();
	await run();
	expect(rows('db')).toBe('pass skip fail skip');
	expect(host.opened).toHaveLength(4);
	await run('key');
	expect(host.opened).toHaveLength(5);
	await run('insisted');
	expect(host.opened).toHaveLength(6);
});

test('a fingerprint without type is asked for by the type it was found to have', async () => {
	const { run, host, rows } = await start([{ name: 'db', hostKey: fingerprint('host-rsa'), exempt: true }], {
		ports: { '10.0.0.5:22': { ssh: { hostKeys: ['host-a', 'host-rsa'], users: { deploy: ['user-a'] } } } },
	});
	await run('key');
	expect(host.opened).toHaveLength(2);
	await run('key');
	expect(rows('db')).toBe('pass pass pass pass');
	expect(host.opened).toHaveLength(3);
});

test('an answer of another machine is not shown beside this one’s host key', async () => {
	const { run, rows, row, world } = await start([{ name: 'db', hostKey: '', exempt: true }]);
	await run();
	expect(rows('db')).toBe('pass pass warn pass');
	world.ports['10.0.0.5:22'] = { ssh: { hostKeys: ['host-b'] } };
	await run();
	expect(row('db', 'ssh-key')?.verdict).toBe('unknown');
	await run();
	expect(row('db', 'ssh-key')).toMatchObject({ verdict: 'fail', cause: 'user-or-key-rejected' });
});

test('in the background a refused key is asked for again only when something happened', async () => {
	const { run, row, world } = await start([{ name: 'db', exempt: true }], {
		ports: { '10.0.0.5:22': { ssh: { hostKeys: ['host-a'] } } },
	});
	await run();
	const asked = row('db', 'ssh-key')?.measuredAt;
	await run();
	await run();
	expect(row('db', 'ssh-key')).toMatchObject({ cause: 'user-or-key-rejected', measuredAt: asked });
	world.ports['10.0.0.5:22'] = { tcp: 'refused' };
	await run();
	expect(row('db', 'port')?.cause).toBe('port-refused');
	world.ports['10.0.0.5:22'] = healthy;
	await run();
	expect(row('db', 'ssh-key')?.verdict).toBe('pass');
});

test('an address that could not be tried for want of budget does not make the target refused', async () => {
	const { run, row } = await start([{ name: 'db' }], {
		names: { 'db1.example': ['10.0.0.4', '10.0.0.5'] },
		ports: { '10.0.0.4:22': { tcp: 'refused' }, '10.0.0.5:22': healthy },
	});
	for (let index = 0; index < 6; index++) {
		await run('key');
		expect(row('db', 'port')?.verdict).not.toBe('fail');
	}
});

test('what is out of reach can be tried again for nothing, what answers cannot', async () => {
	const { engine, run, world, first } = await start([{ name: 'db' }]);
	for (const [port, isOut] of [
		[{ tcp: 'refused' }, true],
		[{ tcp: 'timeout' }, true],
		[{ tcp: 'unreachable' }, true],
		[{ tcp: 'reset' }, false],
		[{ close: true }, false],
	] as const) {
		world.ports['10.0.0.5:22'] = port;
		await run('insisted');
		expect([port, isOutOfReach(engine.session, first)]).toEqual([port, isOut]);
	}
});

test('a sweep that is asked for again while it runs is one sweep, and its counters add up', async () => {
	const { engine, run, host, state } = await start([
		{ name: 'a', exempt: true },
		{ name: 'b', username: 'other', exempt: true },
	]);
	await Promise.all([run('background'), run('key'), run('key')]);
	expect(host.opened).toHaveLength(2);
	expect(engine.session.get().sweep).toMatchObject({ running: false, done: 2, total: 2 });
	expect([state('a').running, state('b').running]).toEqual([null, null]);
});

test('rows left out are skipped, and what was not measured is not said to pass', async () => {
	const { run, state } = await start([{ name: 'db' }], { ports: { '10.0.0.5:22': { tcp: 'refused' } } });
	await run('command', new Set(['ssh-key']));
	expect(state('db').result).toMatchObject({ verdict: 'unknown', headline: expect.not.stringContaining('pass') });
	await run('command', new Set(['port']));
	expect(state('db').result.headline).toBe('The target refuses connections on this port.');
});

test('since stays while nothing changes, and begins with a measurement', async () => {
	const { engine, run, state } = await start([{ name: 'db', exempt: true }], {
		ports: { '10.0.0.5:22': { ssh: { hostKeys: ['host-a'] } } },
	});
	await engine.checkConnectors();
	expect(state('db').since).toBeNull();
	await run('key');
	const { since } = state('db');
	expect(since).not.toBeNull();
	await until('the clock goes on', () => Date.now() > Number(since) + 1);
	await run('key');
	expect(state('db').since).toBe(since);
});

test('a connector that is as it was is not told anew at each look, and a change is at once', async () => {
	const { engine, world, state } = await start([{ name: 'db' }], {
		connector: { name: 'dc1', runtime: 'docker', container: 'dc1' },
		commands: { 'docker inspect': { stdout: '{"State":{"Status":"running"},"Mounts":[]}' } },
	});
	const verdict = () => state('db').result.checks.connector.verdict;
	await engine.checkConnectors();
	const told = engine.session.get();
	const first = verdict();
	await engine.checkConnectors();
	expect(engine.session.get()).toBe(told);
	world.commands = { 'docker inspect': { stdout: '{"State":{"Status":"exited","ExitCode":1},"Mounts":[]}' } };
	await engine.checkConnectors();
	await until('the Safe to learn it', () => verdict() === 'fail');
	expect(first).not.toBe('fail');
	// Who asks is shown when it was looked at.
	const { measuredAt } = state('db').result.checks.connector;
	await until('the clock goes on', () => Date.now() > Date.parse(measuredAt ?? '') + 1);
	await engine.run(null, { trigger: 'key', only: new Set(['connector']) });
	expect(state('db').result.checks.connector.measuredAt).not.toBe(measuredAt);
});

test('what waits for its turn in a sweep is not begun, and who asks for it has it measured at once and only once', async () => {
	const { hosts: holes, ports } = holesOf(10);
	const safes = [...holes.map((host) => ({ name: host, host })), { name: 'db' }];
	const { engine, run, state, rows, host } = await start(safes, { ports }, 1);
	const sweep = run('key');
	await until('the first to be measured', () => host.opened.length > 0);
	const isBegun = ({ name }: { name: string }) => state(name).running !== null;
	expect(safes.filter(isBegun)).toHaveLength(2);
	await engine.run(['db'], { trigger: 'key' });
	expect(rows('db')).toBe('pass pass pass pass');
	// Not behind all the others.
	expect(host.opened.length).toBeLessThan(8);
	await sweep;
	expect(host.opened.filter((place) => place.startsWith('10.0.0.5'))).toHaveLength(1);
	expect(engine.session.get().sweep).toMatchObject({ running: false, done: 11, total: 11 });
});

test('ending in the middle of a probe books back what was not done', async () => {
	const { engine, run, first, host } = await start([{ name: 'db' }], { ports: { '10.0.0.5:22': { tcp: 'timeout' } } });
	const running = run('key');
	await vi.waitFor(() => expect(host.opened).toHaveLength(1));
	await engine.dispose();
	await running;
	const reserved = await engine
		.ledgerFor(first)
		?.reserve(
			{ source: 'scenario', address: '10.0.0.5', port: 22, siblings: [] },
			{ kind: 'key-query', trigger: 'key' },
		);
	expect(reserved).toMatchObject({ used: { seconds: 0, unfinished: 0 } });
});

/** Two targets of three users each: the second of them has to wait for the budget. One target that is free comes behind them. */
async function startBusy() {
	const users = { a: ['user-a'], b: ['user-a'], c: ['user-a'] } as const;
	const busy = ['10.0.0.5', '10.0.0.7'].flatMap((host) =>
		['a', 'b', 'c'].map((username) => ({ name: `${username}-${host}`, username, host })),
	);
	const ports = {
		'10.0.0.5:22': { ssh: { hostKeys: ['host-a'], users: {} } },
		'10.0.0.7:22': { ssh: { hostKeys: ['host-a'], users: {} } },
		'10.0.0.6:22': { ssh: { hostKeys: ['host-a'], users } },
	} as const;
	const free = { name: 'free', username: 'a', host: '10.0.0.6' };
	const started = await start([...busy, free], { ports }, 1);
	return { ...started, busy: busy.map(({ name }) => name) };
}

test('waiting for the budget takes no place from targets that are free', async () => {
	const { engine, state } = await startBusy();
	const running = engine.run(null, { trigger: 'command', budgetWaitMs: 20_000 });
	await until('the free one is measured', () => state('free').since !== null, 3000);
	await engine.dispose();
	await running;
});

test('neither does waiting for another run that measures the same targets', async () => {
	const { engine, state, busy } = await startBusy();
	const others = engine.run(busy, { trigger: 'command', budgetWaitMs: 20_000 });
	const waits = (host: string) =>
		busy.some((name) => name.endsWith(host) && (state(name).running?.waitingUntil ?? null) !== null);
	await until('both targets wait', () => waits('10.0.0.5') && waits('10.0.0.7'), 3000);
	const running = engine.run(null, { trigger: 'command', budgetWaitMs: 20_000 });
	await until('the free one is measured', () => state('free').since !== null, 3000);
	await engine.dispose();
	await Promise.all([others, running]);
});

test('the answer to one key is never shown for another that has taken its place', async () => {
	const directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	try {
		const file = join(directory, 'key.pub');
		writeFileSync(file, publicKey('user-a'));
		const { run, rows, row } = await start([{ name: 'db', key: file }]);
		await run();
		expect(rows('db')).toBe('pass pass pass pass');
		writeFileSync(file, publicKey('user-b'));
		await run();
		// The budget has no room for another key query yet.
		expect(rows('db')).toBe('pass unknown pass unknown');
		expect(row('db', 'username')?.summary).toMatch(/^not asked yet: probe budget/);
	} finally {
		rmSync(directory, { recursive: true });
	}
});

test('a target that offers the stored key now and another then is not asked again and again, and fails', async () => {
	const { run, row, host, world } = await start([
		{ name: 'a', exempt: true },
		{ name: 'b', username: 'other', exempt: true },
	]);
	const { connect } = host;
	Object.assign(host, {
		connect: (...args: Parameters<typeof connect>) => {
			if (host.opened.length === 1) world.ports['10.0.0.5:22'] = { ssh: { hostKeys: ['host-b'] } };
			return connect(...args);
		},
	});
	await run();
	expect(host.opened.length).toBeLessThanOrEqual(3);
	expect(row('b', 'host-key')).toMatchObject({ verdict: 'fail', cause: 'host-key-mismatch' });
	expect(row('b', 'host-key')?.summary).toContain('another on the next');
});

test('a key type that the server has but the budget left unasked is unknown, not gone', async () => {
	const { run, row, rows } = await start(
		[
			{ name: 'first', hostKey: `ssh-ed25519 ${fingerprint('host-a')}` },
			{ name: 'second', hostKey: `ssh-rsa ${fingerprint('host-rsa')}` },
		],
		{ ports: { '10.0.0.5:22': { ssh: { hostKeys: ['host-a', 'host-rsa'], users: { deploy: ['user-a'] } } } } },
	);
	for (let index = 0; index < 4; index++) {
		await run();
		expect(rows('first')).toMatch(/^pass \w+ pass/);
		expect(['pass', 'unknown']).toContain(row('second', 'host-key')?.verdict);
	}
});

test('three keys on one connection cost the seconds of one, and count as three', async () => {
	const { run, host, row } = await start([
		{ name: 'a', key: publicKey('user-a') },
		{ name: 'b', key: publicKey('user-b') },
		{ name: 'c', key: publicKey('host-b') },
		{ name: 'd', key: publicKey('host-c') },
		{ name: 'e', key: publicKey('host-ecdsa') },
	]);
	await run('key');
	expect(host.opened).toHaveLength(1);
	expect(row('a', 'ssh-key')?.verdict).toBe('pass');
	for (const name of ['b', 'c']) expect(row(name, 'ssh-key')?.cause).toBe('user-or-key-rejected');
	for (const name of ['d', 'e']) expect(row(name, 'username')?.summary).toContain('probe budget');
});

test('a target that comes and goes is a warning while it is there', async () => {
	const { run, row, state, world } = await start([{ name: 'db', exempt: true }]);
	for (const port of [healthy, { tcp: 'refused' }, healthy] as const) {
		world.ports['10.0.0.5:22'] = port;
		await run('key');
		// Measurements are told apart by their times.
		const measuredAt = Date.parse(row('db', 'port')?.measuredAt ?? '');
		await until('the clock goes on', () => Date.now() > measuredAt);
	}
	expect(row('db', 'port')).toMatchObject({ verdict: 'warn', cause: null });
	expect(row('db', 'port')?.summary).toContain('unstable: 1 of the last 3 failed');
	expect(state('db').result.headline).toContain('unstable');
});

test('a fix is no flip', async () => {
	const { run, row, engine, first, world } = await start([{ name: 'db', exempt: true }]);
	for (const port of [healthy, { tcp: 'refused' }] as const) {
		world.ports['10.0.0.5:22'] = port;
		await run('key');
	}
	engine.session.learn({ kind: 'fix made', safe: first, rows: null });
	world.ports['10.0.0.5:22'] = healthy;
	await run('key');
	expect(row('db', 'port')?.verdict).toBe('pass');
});

const holesOf = (count: number) => {
	const hosts = Array.from({ length: count }, (_, index) => `10.9.9.${index + 1}`);
	const ports = Object.fromEntries(hosts.map((host) => [`${host}:22`, { tcp: 'timeout' } as const]));
	return { hosts, ports: { '10.0.0.5:22': healthy, ...ports } };
};

/** Each asked for on its own: all are begun at once, and wait for a place. */
const apart = (engine: StartedScenario['engine'], safes: readonly SafeOptions[]) =>
	Promise.all(safes.map(({ name }) => engine.run([name], { trigger: 'background' })));

test('who waits for a place behind targets that never answer is measured in full, and says when that was', async () => {
	const { hosts: holes, ports } = holesOf(11);
	const safes = [...holes.map((host) => ({ name: host, host })), { name: 'db' }];
	const { engine, rows, row } = await start(safes, { ports }, 1);
	const startedAt = Date.now();
	await apart(engine, safes);
	expect(rows('db')).toBe('pass pass pass pass');
	for (const hole of holes) expect(row(hole, 'port')).toMatchObject({ verdict: 'fail', cause: 'port-timeout' });
	// Eleven timeouts of 300 ms came before it: more than the 3 s its own ladder may take.
	expect(Date.parse(row('db', 'port')?.measuredAt ?? '') - startedAt).toBeGreaterThan(3000);
});

test('who waits for a place has booked nothing yet: what others booked meanwhile counts', async () => {
	const { hosts, ports } = holesOf(17);
	const safes = [...hosts.map((host) => ({ name: host, host })), { name: 'db' }];
	const { engine, rows, row, host } = await start(safes, { ports }, 1);
	const running = apart(engine, safes);
	// The place comes when all holes are through, after 5.1 s; not long before that another vpmon asks for its own.
	const [db] = engine.session.get().inventory.safes.filter(({ name }) => name === 'db');
	const other = async () => {
		if (db === undefined) throw new Error('no Safe');
		return engine
			.ledgerFor(db)
			?.reserve(
				{ source: 'scenario', address: '10.0.0.5', port: 22, siblings: [] },
				{ kind: 'key-query', trigger: 'key' },
			);
	};
	await until('the last holes', () => host.opened.length === 15);
	expect(await other()).toMatchObject({ used: {} });
	await running;
	// One second was left for a look at port and host key; the question has to wait.
	expect(rows('db')).toBe('pass unknown pass unknown');
	expect(row('db', 'username')?.summary).toMatch(/probe budget, free at/);
	expect(host.opened.filter((place) => place.startsWith('10.0.0.5'))).toHaveLength(1);
});

test("a record of a key type that is gone is one Safe's trouble, not that of others on the target", async () => {
	const { run, row, rows } = await start([
		{ name: 'stale', hostKey: `ssh-rsa ${fingerprint('host-rsa')}` },
		{ name: 'typed', hostKey: `ssh-ed25519 ${fingerprint('host-a')}` },
		{ name: 'untyped' },
		{ name: 'unrecorded', hostKey: '' },
	]);
	await run('key');
	expect(row('stale', 'host-key')?.cause).toBe('host-key-type-gone');
	for (const name of ['typed', 'untyped']) expect(row(name, 'host-key')?.verdict).toBe('pass');
	expect(row('unrecorded', 'host-key')?.cause).toBe('host-key-unrecorded');
	expect(rows('typed')).not.toContain('fail');
});

test('a key that was not seen this time never passes: the background sees it change', async () => {
	const keys = ['host-a', 'host-rsa'] as const;
	const { run, row, world } = await start(
		[
			{ name: 'first', hostKey: `ssh-ed25519 ${fingerprint('host-a')}`, exempt: true },
			{ name: 'second', hostKey: `ssh-rsa ${fingerprint('host-rsa')}`, exempt: true },
		],
		{ ports: { '10.0.0.5:22': { ssh: { hostKeys: keys, users: { deploy: ['user-a'] } } } } },
	);
	await run();
	expect(row('second', 'host-key')?.verdict).toBe('pass');
	world.ports['10.0.0.5:22'] = { ssh: { hostKeys: ['host-a'], users: { deploy: ['user-a'] } } };
	await run();
	expect(row('second', 'host-key')).toMatchObject({ verdict: 'fail', cause: 'host-key-type-gone' });
});

test('what the budget leaves unmeasured at another address stays as it was known', async () => {
	const { run, row } = await start([{ name: 'db' }], {
		names: { 'db1.example': ['10.0.0.5', '10.0.0.6'] },
		ports: { '10.0.0.5:22': healthy, '10.0.0.6:22': { ssh: { hostKeys: ['host-b', 'host-rsa', 'host-ecdsa'] } } },
	});
	for (let index = 0; index < 2; index++) {
		await run();
		expect(row('db', 'host-key')).toMatchObject({ verdict: 'fail', cause: 'host-key-mismatch' });
		expect(row('db', 'host-key')?.summary).toMatch(/^at 10\.0\.0\.6: /);
	}
});

test('a silent second address is asked once, not once for every Safe', async () => {
	const users = ['a', 'b', 'c', 'd'];
	const { run, host } = await start(
		users.map((name) => ({ name, username: name, hostKey: `ssh-ed25519 ${fingerprint('host-a')}`, exempt: true })),
		{ names: { 'db1.example': ['10.0.0.5', '10.0.0.6'] }, ports: { '10.0.0.5:22': healthy, '10.0.0.6:22': {} } },
	);
	await run();
	expect(host.opened.filter((place) => place.startsWith('10.0.0.6'))).toHaveLength(1);
});

test('one refusal of the budget is not another Safe: a port that is refused now is', async () => {
	const { run, row, world } = await start([{ name: 'counted' }, { name: 'exempt', exempt: true }]);
	for (let index = 0; index < 4; index++) await run('key');
	world.ports['10.0.0.5:22'] = { tcp: 'refused' };
	await run('key');
	expect(row('exempt', 'port')).toMatchObject({ verdict: 'fail', cause: 'port-refused' });
});

test('a name that leads to another machine is asked there, and the old answer goes', async () => {
	const { run, row, world } = await start([{ name: 'db', hostKey: '' }], {
		ports: {
			'10.0.0.5:22': { ssh: { hostKeys: ['host-a'] } },
			'10.0.0.6:22': { ssh: { hostKeys: ['host-b'], users: { deploy: ['user-a'] } } },
		},
	});
	await run();
	expect(row('db', 'ssh-key')?.verdict).toBe('fail');
	world.names['db1.example'] = ['10.0.0.6'];
	await run();
	await run();
	expect(row('db', 'ssh-key')?.verdict).toBe('pass');
});

test('the addresses of one name may be one machine: the budget is that of one', async () => {
	const addresses = ['10.0.0.5', '10.0.0.6', '10.0.0.7', '10.0.0.8'];
	const { run, host, row } = await start([{ name: 'db' }], {
		names: { 'db1.example': addresses },
		ports: Object.fromEntries(addresses.map((address) => [`${address}:22`, healthy])),
	});
	// A key query of five seconds and one connection of one second are all that one sshd is asked to bear.
	for (let press = 0; press < 3; press++) await run('key');
	expect(host.opened).toHaveLength(2);
	expect(row('db', 'ssh-key')?.verdict).toBe('pass');
});

test('other addresses leave room for the one that sessions go to', async () => {
	const addresses = ['10.0.0.5', '10.0.0.6', '10.0.0.7', '10.0.0.8'];
	const { run, host, row } = await start([{ name: 'db', username: 'deploy' }], {
		names: { 'db1.example': addresses },
		ports: Object.fromEntries(addresses.map((address) => [`${address}:22`, healthy])),
	});
	await run('background', new Set(['port', 'host-key'] as const));
	expect(host.opened).toEqual(['10.0.0.5:22', '10.0.0.6:22']);
	// The background has used its part of the budget, a person has not.
	await run('background', new Set(['port', 'host-key'] as const));
	expect(host.opened).toHaveLength(2);
	expect(row('db', 'port')?.summary).toContain('as of');
	await run('key', new Set(['port', 'host-key'] as const));
	expect(host.opened.at(-1)).toBe('10.0.0.5:22');
	expect(row('db', 'port')?.summary).not.toContain('as of');
});

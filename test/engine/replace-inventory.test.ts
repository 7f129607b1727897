import { afterEach, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parseInventory } from '../../source/inventory/file.ts';
import { fingerprint, publicKey } from '../helpers/keys.ts';
import { safeNamed } from '../helpers/learn.ts';
import { measuredAt, targetVerdicts } from '../helpers/rows.ts';
import type { ScenarioPort } from '../helpers/scenario-host.ts';
import { type StartedScenario, startScenario } from '../helpers/scenarios.ts';

let started: StartedScenario | undefined;
afterEach(async () => {
	await started?.close();
	started = undefined;
});

const healthy: ScenarioPort = {
	ssh: { hostKeys: ['host-a'], users: { deploy: ['user-a'], admin: ['user-a'] } },
};
const addresses = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
const safeOf = (name: string, host: string, part: Record<string, unknown> = {}) => ({
	name,
	host,
	username: 'deploy',
	credential: { type: 'ssh-key', publicKey: publicKey('user-a') },
	hostKey: fingerprint('host-a'),
	...part,
});
type File = { connectors?: object[]; safes: object[]; settings?: object };
const fileOf = ({ connectors = [{ name: 'dc1' }], safes, settings = {} }: File) => ({
	version: 1,
	settings: { exempt: true, ...settings },
	connectors,
	safes,
});

async function start(file: File) {
	const ports = Object.fromEntries(addresses.map((address) => [`${address}:22`, healthy]));
	started = await startScenario({
		title: '',
		inventory: fileOf(file),
		host: { ports },
		expect: { exitCode: 0, safes: {} },
		frame: [],
	});
	const { engine, host } = started;
	const replace = (next: File, before = '') =>
		engine.replaceInventory(parseInventory(before + stringify(fileOf(next)), '/etc/vpmon/vpmon.yaml'));
	const result = (name: string) => engine.session.safe(name)?.result;
	const run = (names: readonly string[] | null) => engine.run(names, { trigger: 'background' });
	return { engine, host, replace, result, run };
}

const unmeasured = ['unknown', 'skip', 'skip', 'skip'];
const [one, two, three] = [safeOf('one', '10.0.0.1'), safeOf('two', '10.0.0.2'), safeOf('three', '10.0.0.3')];

test('what is known of unchanged Safes stays; new ones are to be measured, removed ones are gone', async () => {
	const { engine, host, replace, result, run } = await start({ safes: [one, two] });
	await run(null);
	engine.session.learn({ kind: 'error reported', safe: safeNamed(engine.session, 'two'), text: 'Host unreachable' });
	const before = engine.session.safe('two');
	const changes = await replace({ safes: [two, three] }, '# a line more\n');
	expect(changes).toEqual({
		added: ['three'],
		changed: [],
		removed: ['one'],
		toMeasure: ['three'],
		keysChangedAt: null,
		connectors: false,
		settings: false,
	});
	expect([...engine.session.get().safes.keys()]).toEqual(['two', 'three']);
	expect(engine.session.get().inventory.safes.map(({ name }) => name)).toEqual(['two', 'three']);
	expect(result('two')?.verdict).toBe(before?.result.verdict);
	expect(measuredAt(result('two'))).toEqual(measuredAt(before?.result));
	expect(engine.session.safe('two')?.since).toBe(before?.since);
	expect(result('two')?.sessionWords).toBeDefined();
	expect(targetVerdicts(result('three'))).toEqual(unmeasured);
	expect(engine.session.safe('three')?.since).toBeNull();
	host.opened.length = 0;
	await run(changes.toMeasure);
	expect(host.opened).toEqual(['10.0.0.3:22']);
	expect(targetVerdicts(result('three'))).toEqual(Array(4).fill('pass'));
	// The next sweep asks nobody about a key again that was asked just now.
	await run(null);
	expect(result('two')?.checks['ssh-key'].measuredAt).toBe(before?.result.checks['ssh-key'].measuredAt);
});

test('another user, key, port or host key is measured again, and what was known of it is dropped as far as it is', async () => {
	const { replace, result, run, host } = await start({ safes: [one, two, three] });
	await run(null);
	const changes = await replace({
		safes: [
			{ ...one, username: 'admin' },
			{ ...two, hostKey: fingerprint('host-c') },
			{ ...three, host: '10.0.0.1' },
		],
	});
	expect(changes.toMeasure).toEqual(['one', 'two', 'three']);
	const rows = (name: string) => targetVerdicts(result(name));
	// The target is the one it was; its user is another.
	expect(rows('one')).toEqual(['pass', 'unknown', 'pass', 'unknown']);
	// Judged anew from what was seen.
	expect(rows('two')?.[2]).not.toBe('pass');
	expect(result('three')?.target).toBe('10.0.0.1:22');
	expect(rows('three')).toEqual(unmeasured);
	host.opened.length = 0;
	await run(changes.toMeasure);
	expect(rows('one')).toEqual(Array(4).fill('pass'));
	expect(rows('two')?.[2]).toBe('fail');
	expect(rows('three')).toEqual(Array(4).fill('pass'));
});

test('what does not bear on the measurement measures nothing', async () => {
	const { replace, result, run } = await start({ safes: [one, two] });
	await run(null);
	const changes = await replace({ safes: [two, { ...one, sensitive: true, exempt: true }] });
	expect(changes).toMatchObject({ added: [], changed: ['one'], removed: [], toMeasure: [] });
	expect(targetVerdicts(result('one'))).toEqual(Array(4).fill('pass'));
});

test('a connector that is another one now, or gone, takes its Safes along', async () => {
	const connectors = [{ name: 'dc1' }, { name: 'dc2', logFile: '/nowhere/dc2.log' }];
	const { engine, replace, result, run } = await start({
		connectors,
		safes: [
			{ ...one, connector: 'dc1' },
			{ ...two, connector: 'dc2' },
		],
	});
	await run(null);
	const buffer = engine.logs.buffer('dc1');
	const changes = await replace({
		connectors: [{ name: 'dc1' }, { name: 'dc3' }],
		safes: [
			{ ...one, connector: 'dc1' },
			{ ...two, connector: 'dc3' },
		],
	});
	expect(changes).toMatchObject({ connectors: true, changed: ['two'], toMeasure: ['two'] });
	expect([...engine.session.get().connectors.keys()]).toEqual(['dc1']);
	expect(engine.logs.buffer('dc1')).toBe(buffer);
	expect(result('two')?.connector).toBe('dc3');
	await run(changes.toMeasure);
	expect([...engine.session.get().connectors.keys()]).toEqual(['dc1', 'dc3']);
	const moved = await replace({
		connectors: [{ name: 'dc1', container: 'agent' }, { name: 'dc3' }],
		safes: [
			{ ...one, connector: 'dc1' },
			{ ...two, connector: 'dc3' },
		],
	});
	expect(moved).toMatchObject({ connectors: true, toMeasure: ['one'] });
	expect(engine.logs.buffer('dc1')).not.toBe(buffer);
});

test('a run that is under way does not bring back what is gone, and is not held against what changed', async () => {
	const { engine, replace, result, run } = await start({ safes: [one, two, three] });
	const sweep = run(null);
	await new Promise((resolve) => setImmediate(resolve));
	await replace({ safes: [{ ...one, username: 'nobody' }, two] });
	await sweep;
	expect([...engine.session.get().safes.keys()]).toEqual(['one', 'two']);
	// Whoever was asked about was the one before.
	expect(targetVerdicts(result('one'))).toEqual(unmeasured);
	expect(targetVerdicts(result('two'))).toEqual(Array(4).fill('pass'));
	expect([...engine.session.get().safes.values()].map(({ running }) => running)).toEqual([null, null]);
	await run(['one']);
	expect(result('one')?.checks['ssh-key'].cause).toBe('user-or-key-rejected');
});

test('settings count from then on', async () => {
	const { engine, replace } = await start({ safes: [one] });
	expect(await replace({ safes: [one], settings: { sweepEvery: '1m' } })).toMatchObject({
		settings: true,
		toMeasure: [],
	});
	expect(engine.session.get().inventory.settings.sweepEveryMs).toBe(60_000);
});

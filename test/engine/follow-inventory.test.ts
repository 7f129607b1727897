import {
	chmodSync,
	mkdtempSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { UserError } from '../../source/domain/user-error.ts';
import { createEngine, type Engine } from '../../source/engine/engine.ts';
import { followInventory } from '../../source/engine/follow-inventory.ts';
import type { InventoryChanges } from '../../source/engine/inventory-changes.ts';
import { loadInventory } from '../../source/inventory/file.ts';
import { publicKey } from '../helpers/keys.ts';
import { measuredAt } from '../helpers/rows.ts';
import { createScenarioHost } from '../helpers/scenario-host.ts';

let directory: string;
let file: string;
let engine: Engine;
let stop = () => {};
let told: InventoryChanges[];

const good = `version: 1
settings: {exempt: true}
connectors: [{name: dc1}]
safes:
  - {name: one, host: 10.0.0.1, username: deploy, credential: {type: ssh-key, publicKey: ./user.pub}}
`;

beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	file = join(directory, 'vpmon.yaml');
	writeFileSync(file, good);
	writeFileSync(join(directory, 'user.pub'), publicKey('user-a'));
	const host = createScenarioHost({
		ports: { '10.0.0.1:22': { ssh: { hostKeys: ['host-a'], users: { deploy: ['user-b'] } } } },
	});
	engine = createEngine({
		inventory: loadInventory(file),
		hostOf: () => host,
		ledger: null,
		openLedger: () => Promise.reject(new UserError('There is no probe budget here.', 'Make one.')),
		measuredFrom: 'test',
		token: undefined,
	});
	told = [];
});
afterEach(async () => {
	stop();
	await engine.dispose();
	rmSync(directory, { recursive: true });
});

const follow = () => {
	stop = followInventory(engine, (changes) => told.push(changes));
};
const write = (text: string) => {
	writeFileSync(`${file}.new`, text);
	renameSync(`${file}.new`, file);
};
const problem = () => engine.session.get().inventoryProblem;
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 5000, interval: 20 });

test('a broken edit keeps the last good inventory and says where it is broken, until it is mended', async () => {
	follow();
	await engine.run(null, { trigger: 'background' });
	const known = engine.session.safe('one')?.result;
	write(good.replace('10.0.0.1', '"10.0.0.1 "').replace('username: deploy', 'username: 7'));
	await eventually(() => expect(problem()).not.toBeNull());
	expect(problem()?.summary).toMatch(
		/^line 5:23 safes\[0\]\.host: "10\.0\.0\.1 " given, expected a host name.* \(and 1 more\)$/,
	);
	expect(problem()?.detail).toContain(`${file}:5:`);
	const { since } = problem() ?? {};
	expect(engine.session.get().inventory.safes[0]?.host).toBe('10.0.0.1');
	expect(engine.session.safe('one')?.result).toBe(known);
	write('version: 1\nsafes: [');
	await eventually(() => expect(problem()?.summary).toMatch(/^line \d+:\d+ YAML: /));
	expect(problem()?.since).toBe(since);
	rmSync(file);
	await eventually(() => expect(problem()?.summary).toContain('There is no inventory at'));
	expect(told).toEqual([]);
	write(good.replace('connectors:', '# mended\nconnectors:'));
	await eventually(() => expect(problem()).toBeNull());
	expect(told).toMatchObject([{ added: [], changed: [], removed: [], toMeasure: [] }]);
	// The same verdict, measured when it was.
	expect(measuredAt(engine.session.safe('one')?.result)).toEqual(measuredAt(known));
	expect(engine.session.get().inventory.safes[0]?.place?.line).toBe(6);
});

test('links in a circle in the place of a key file or of the inventory are a problem that is said', async () => {
	follow();
	const key = join(directory, 'user.pub');
	rmSync(key);
	symlinkSync(key, key);
	await eventually(() => expect(told).toMatchObject([{ toMeasure: ['one'] }]));
	rmSync(file);
	symlinkSync(file, file);
	await eventually(() => expect(problem()?.summary).toContain('ELOOP'));
	expect(engine.session.get().inventory.safes[0]?.host).toBe('10.0.0.1');
});

test('an edit that others could have made is not taken', async () => {
	follow();
	writeFileSync(`${file}.new`, good, { mode: 0o666 });
	chmodSync(`${file}.new`, 0o666);
	renameSync(`${file}.new`, file);
	await eventually(() => expect(problem()?.summary).toContain('can be written by everybody'));
});

test('a key file that changes has its Safes measured again, and the key asked for again', async () => {
	follow();
	await engine.run(null, { trigger: 'background' });
	expect(engine.session.safe('one')?.result.checks['ssh-key'].verdict).toBe('fail');
	writeFileSync(join(directory, 'user.pub'), publicKey('user-b'));
	await eventually(() => expect(told).toMatchObject([{ toMeasure: ['one'], changed: [] }]));
	await engine.run(told[0]?.toMeasure ?? [], { trigger: 'background' });
	expect(engine.session.safe('one')?.result.checks['ssh-key'].verdict).toBe('pass');
});

test('what was edited before the watch began is not missed', async () => {
	write(good.replace('name: one', 'name: other'));
	// Two writes of one tick of the kernel's clock have one time.
	utimesSync(file, new Date(), new Date(Date.now() + 1000));
	follow();
	await eventually(() => expect(told).toMatchObject([{ added: ['other'], removed: ['one'] }]));
	expect(readFileSync(file, 'utf8')).toContain('other');
});

test('a target that counts probes needs a ledger that opens; the old inventory stays without', async () => {
	follow();
	write(good.replace('{exempt: true}', '{}'));
	await eventually(() => expect(problem()?.summary).toContain('probe budget'));
	expect(engine.session.get().inventory.safes[0]?.exempt).toBe(true);
});

test('a bad file just below the limits holds nothing up: it is read apart', async () => {
	follow();
	let [last, longest] = [performance.now(), 0];
	const look = () => {
		const now = performance.now();
		[last, longest] = [now, Math.max(longest, now - last)];
	};
	const timer = setInterval(look, 5);
	write(`version: 1\nsafes: [${'a,'.repeat(150_000)}]\n`);
	await vi.waitFor(() => expect(problem()).not.toBeNull(), { timeout: 20_000, interval: 20 });
	look();
	clearInterval(timer);
	expect(longest).toBeLessThan(500);
	expect(problem()?.summary).toMatch(/^line \d+:\d+ .* \(and \d+ more\)$/);
}, 30_000);

test('what is read apart is told in the same words, and taken the same way', async () => {
	follow();
	const bad = `version: 1\nsafes: [${'a,'.repeat(20_000)}]\n`;
	const same = join(directory, 'same.yaml');
	writeFileSync(same, bad, { mode: 0o600 });
	write(bad);
	await eventually(() => expect(problem()).not.toBeNull());
	expect(() => loadInventory(same)).toThrow(problem()?.detail.replaceAll('vpmon.yaml', 'same.yaml'));
	const large = `${good}${'# a comment\n'.repeat(4000)}`;
	write(large.replace('one', 'two'));
	await eventually(() => expect(told).toHaveLength(1));
	const { changedAt, ...taken } = engine.session.get().inventory;
	expect(changedAt).not.toBeNull();
	expect(taken).toEqual({ ...loadInventory(file), changedAt: undefined });
	expect(problem()).toBeNull();
});

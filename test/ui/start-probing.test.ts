import { afterEach, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { createSiteSharing } from '../../source/engine/sharing/site-sharing.ts';
import { parseInventory } from '../../source/inventory/file.ts';
import type { Preferences } from '../../source/storage/preferences.ts';
import { startProbing } from '../../source/ui/start-probing.ts';
import { createView } from '../../source/ui/view.ts';
import { publicKey } from '../helpers/keys.ts';
import { type StartedScenario, startScenario } from '../helpers/scenarios.ts';
import { siteMemories } from '../helpers/site-memory.ts';
import { giveItAMoment } from '../helpers/system.ts';

const site = siteMemories();
let started: StartedScenario | undefined;
let stop: (() => void) | undefined;
afterEach(async () => {
	stop?.();
	await started?.close();
});

/** The screen's beginning on an inventory of so many targets, which all refuse. */
async function begin(
	targets: number,
	known: Partial<Preferences> = {},
	settings = {},
	more: Parameters<typeof startScenario>[3] = {},
) {
	const credential = { type: 'ssh-key', publicKey: publicKey('user-a') };
	const safesOf = (count: number) =>
		Array.from({ length: count }, (_, index) => ({
			name: `safe-${index}`,
			host: `10.0.0.${index + 1}`,
			username: 'deploy',
			credential,
		}));
	const inventory = { version: 1, settings, connectors: [{ name: 'dc1' }], safes: safesOf(targets) };
	const file = { title: '', inventory, host: {}, expect: { exitCode: 0, safes: {} }, frame: [] };
	started = await startScenario(file, undefined, undefined, more);
	const view = createView();
	const agreed: string[] = [];
	const preferences = { logPanel: 'normal', probe: 'background', swept: [], ...known } as Preferences;
	const open = async () => ({
		notice: null,
		read: () => preferences,
		write: () => {},
		agree: (file: string) => agreed.push(file),
	});
	const probing = startProbing(started.engine, view, open);
	stop = probing.stop;
	const { host, engine } = started;
	/** The inventory is read again, with so many targets. */
	const replace = async (now: number, changed = {}) => {
		const next = { ...inventory, settings: changed, safes: safesOf(now) };
		probing.inventoryChanged(await engine.replaceInventory(parseInventory(stringify(next), '/etc/vpmon/vpmon.yaml')));
	};
	// The preferences are read first; then connectors, which are no targets, are looked at.
	await vi.waitFor(() => expect(engine.session.get().connectors.size).toBe(1), { interval: 5 });
	return { view, host, agreed, replace, swept: () => vi.waitFor(() => expect(host.opened).toHaveLength(targets)) };
}

test('few targets are probed without a question', async () => {
	const { view, swept } = await begin(20);
	expect(view.get().question).toBeNull();
	await swept();
});

test('many targets wait for the answer; yes begins, and is remembered', async () => {
	const { view, host, agreed, swept } = await begin(21);
	expect(view.get().question?.sweep).toMatchObject({ targets: 21, from: 'scenario' });
	expect(host.opened).toEqual([]);
	view.get().question?.answer(true);
	expect(view.get().question).toBeNull();
	await swept();
	expect(agreed).toEqual(['/etc/vpmon/vpmon.yaml']);
});

test('no leaves probing to keys, and is not remembered', async () => {
	const { view, host, agreed } = await begin(21);
	view.get().question?.answer(false);
	await giveItAMoment();
	expect(host.opened).toEqual([]);
	expect(agreed).toEqual([]);
	expect(view.get().notice).toContain('r and R measure');
});

test('who agreed before is not asked again', async () => {
	const { view, swept } = await begin(21, { swept: ['/etc/vpmon/vpmon.yaml'] });
	expect(view.get().question).toBeNull();
	await swept();
});

test('on-demand probes nothing on its own, whether the inventory or the preferences say it', async () => {
	for (const [known, settings] of [
		[{ probe: 'on-demand' }, {}],
		[{}, { probe: 'on-demand' }],
	] as const) {
		const { view, host } = await begin(3, known, settings);
		expect(view.get().question).toBeNull();
		await giveItAMoment();
		expect(host.opened).toEqual([]);
		stop?.();
		await started?.close();
		started = undefined;
	}
});

test('what an inventory that is read again adds is measured, and nothing else', async () => {
	const { host, replace, swept } = await begin(2);
	await swept();
	host.opened.length = 0;
	await replace(4);
	await vi.waitFor(() => expect(host.opened.toSorted()).toEqual(['10.0.0.3:22', '10.0.0.4:22']));
});

test('one that grows beyond what is probed unasked is asked about first', async () => {
	const { view, host, replace, swept } = await begin(2);
	await swept();
	host.opened.length = 0;
	await replace(30);
	expect(view.get().question?.sweep).toMatchObject({ targets: 30 });
	await giveItAMoment();
	expect(host.opened).toEqual([]);
	view.get().question?.answer(true);
	// Those that were measured just now have time.
	const known = ['10.0.0.1:22', '10.0.0.2:22'];
	await vi.waitFor(() => expect(host.opened.filter((address) => !known.includes(address))).toHaveLength(28));
	host.opened.length = 0;
	await replace(31);
	expect(view.get().question).toBeNull();
	await vi.waitFor(() => expect(host.opened).toContain('10.0.0.31:22'));
});

test('on-demand counts from when the inventory says it, and nothing new is measured', async () => {
	const { host, replace, swept } = await begin(2);
	await swept();
	host.opened.length = 0;
	await replace(5, { probe: 'on-demand' });
	await giveItAMoment();
	expect(host.opened).toEqual([]);
	await replace(6);
	await vi.waitFor(() => expect(host.opened).toContain('10.0.0.6:22'));
});

/** What anna and ben share, each with a file that is open. */
async function twoPeople() {
	const [anna, ben] = [
		await site.open({ program: 'screen', uid: 1001, user: 'anna' }),
		await site.open({ program: 'screen', uid: 1002, user: 'ben' }),
	];
	const sites = Promise.resolve({ shared: ben, own: null });
	return { anna, ben, sharing: createSiteSharing({ self: ben.self, sites, isShared: () => true }) };
}

test('the question is asked once on a host: who agreed elsewhere has answered it', async () => {
	const { anna, sharing } = await twoPeople();
	anna.agree('/etc/vpmon/vpmon.yaml');
	const { view, swept } = await begin(21, {}, {}, { sharing });
	expect(view.get().question).toBeNull();
	await swept();
});

test('a question that is open closes when somebody agrees elsewhere, and the sweep begins', async () => {
	const { anna, ben, sharing } = await twoPeople();
	const { view, host, swept } = await begin(21, {}, {}, { sharing });
	await vi.waitFor(() => expect(view.get().question).not.toBeNull());
	anna.agree('/srv/other.yaml');
	ben.poll();
	expect(view.get().question).not.toBeNull();
	expect(host.opened).toEqual([]);
	anna.agree('/etc/vpmon/vpmon.yaml');
	ben.poll();
	expect(view.get().question).toBeNull();
	expect(view.get().notice).toMatch(/^the first sweep begins: anna agreed to it at \d\d:\d\d$/);
	await swept();
});

test('who agrees tells the others', async () => {
	const { anna, sharing } = await twoPeople();
	const { view } = await begin(21, {}, {}, { sharing });
	await vi.waitFor(() => expect(view.get().question).not.toBeNull());
	view.get().question?.answer(true);
	expect(anna.agreement('/etc/vpmon/vpmon.yaml')?.by.user).toBe('ben');
});

import { afterEach, expect, test, vi } from 'vitest';
import type { Preferences } from '../../source/settings/preferences.ts';
import { startProbing } from '../../source/ui/start-probing.ts';
import { createView } from '../../source/ui/view.ts';
import { publicKey } from '../helpers/keys.ts';
import { type StartedScenario, startScenario } from '../helpers/scenarios.ts';

let started: StartedScenario | undefined;
let stop: (() => void) | undefined;
afterEach(async () => {
	stop?.();
	await started?.close();
});

/** The screen's beginning on an inventory of so many targets, which all refuse. */
async function begin(targets: number, known: Partial<Preferences> = {}, settings = {}) {
	const credential = { type: 'ssh-key', publicKey: publicKey('user-a') };
	const safes = Array.from({ length: targets }, (_, index) => ({
		name: `safe-${index}`,
		host: `10.0.0.${index + 1}`,
		username: 'deploy',
		credential,
	}));
	const inventory = { version: 1, settings, connectors: [{ name: 'dc1' }], safes };
	started = await startScenario({ title: '', inventory, host: {}, expect: { exitCode: 0, safes: {} }, frame: [] });
	const view = createView();
	const agreed: string[] = [];
	const preferences = { logPanel: 'normal', probe: 'background', swept: [], ...known } as Preferences;
	const open = async () => ({ read: () => preferences, write: () => {}, agree: (file: string) => agreed.push(file) });
	stop = startProbing(started.engine, view, open);
	const { host } = started;
	// The preferences are read first; then connectors, which are no targets, are looked at.
	await new Promise((resolve) => setTimeout(resolve, 50));
	return { view, host, agreed, swept: () => vi.waitFor(() => expect(host.opened).toHaveLength(targets)) };
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
	await new Promise((resolve) => setTimeout(resolve, 100));
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
		await new Promise((resolve) => setTimeout(resolve, 50));
		expect(host.opened).toEqual([]);
		stop?.();
		await started?.close();
		started = undefined;
	}
});

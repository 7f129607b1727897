import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSiteSharing } from '../../source/engine/sharing/site-sharing.ts';
import { watchSite } from '../../source/engine/sharing/watch-site.ts';
import { setMask } from '../../source/ui/masking.ts';
import { type RenderedScreen, renderScreen } from '../helpers/render-screen.tsx';
import { readScenario, type StartedScenario, startScenario } from '../helpers/scenarios.ts';
import { siteMemories } from '../helpers/site-memory.ts';

/** What people at other screens of one host do, and what is not right with sharing. */

const site = siteMemories();
const anna = { program: 'fix', uid: 1001, user: 'anna' } as const;
const ben = { program: 'screen', uid: 1002, user: 'ben' } as const;

let scenario: StartedScenario;
let app: RenderedScreen | undefined;
let stop = () => {};
beforeEach(async () => {
	scenario = await startScenario(readScenario('port-refused'));
	await scenario.engine.run(null, { trigger: 'command' });
});
afterEach(async () => {
	stop();
	setMask(null);
	app?.unmount();
	app = undefined;
	await scenario.close();
});

type Watched = Partial<Parameters<typeof watchSite>[0]>;

/** Ben's screen, which watches what all share. */
async function open(more: Watched = {}, size = { columns: 120, rows: 36 }) {
	const shared = await site.open(ben);
	const sites = Promise.resolve({ shared, own: null });
	const sharing = createSiteSharing({ self: ben, sites, isShared: () => true });
	const { session } = scenario.engine;
	stop = watchSite({ session, sharing, boards: () => [], audit: () => null, ...more });
	app = await renderScreen(scenario.engine, size);
	return { app, shared, session };
}

for (const size of [
	{ columns: 120, rows: 36 },
	{ columns: 80, rows: 24 },
	{ columns: 60, rows: 15 },
]) {
	test(`at ${size.columns}x${size.rows} others see who restarts a connector, and that it is over`, async () => {
		const { app, shared } = await open({}, size);
		const before = app.frame().split('\n').length;
		const other = await site.open(anna);
		const claim = await other.claim(['fix ["host1","docker:vaultpam-connector"]'], 'restarting dc1', 15_000);
		shared.poll();
		await app.see(/Connectors .*anna is restarting dc1 since/);
		expect(app.frame().split('\n')).toHaveLength(before);
		for (const line of app.frame().split('\n')) expect(line.length).toBeLessThanOrEqual(size.columns);
		if (claim.ok) await claim.release();
		shared.poll();
		await vi.waitFor(() => expect(app.frame()).not.toContain('anna'));
	});
}

test('what one does oneself is not told as somebody else’s; measuring is no fix', async () => {
	const { shared, session } = await open();
	await shared.claim(['fix ["inventory","/etc/vpmon/vpmon.yaml"]'], 'changing vpmon.yaml', 15_000);
	const other = await site.open(anna);
	await other.claim(['target ["host1","host","10.0.0.1",22]'], 'measuring', 15_000);
	shared.poll();
	expect(session.get().fixesUnderWay).toEqual([]);
});

test('under a mask nobody reads who it is', async () => {
	const { app, shared, session } = await open();
	setMask((text) => text.replaceAll('anna', 'USER-7'));
	const other = await site.open(anna);
	await other.claim(['fix ["inventory","/etc/vpmon/vpmon.yaml"]'], 'changing vpmon.yaml', 15_000);
	shared.poll();
	await app.see('USER-7 is changing vpmon.yaml');
	expect(app.frame()).not.toContain('anna');
	expect(session.facts.accounts.has('anna')).toBe(true);
});

const board = {
	directory: '/var/lib/vpmon',
	whose: 'group vpmon',
	command: 'sudo usermod -aG vpmon ben',
};

test('what is not shared is one mark in the header; H and @ tell it with the remedy, and it is said once', async () => {
	const onProblem = vi.fn();
	const audit = 'This is your own audit file, not the one of all: you may not write /var/log/vpmon/audit.jsonl.';
	const { app, session } = await open({ boards: () => [board], audit: () => audit, onProblem });
	await app.see('NOT SHARED');
	expect(session.get().notShared).toEqual([
		'group vpmon measures apart from you, in /var/lib/vpmon. One for all: sudo usermod -aG vpmon ben',
		audit,
	]);
	expect(onProblem).toHaveBeenCalledTimes(1);
	expect(app.frame().split('\n')[0]).toContain('NOT SHARED');
	await app.press('H');
	await app.see('  sudo usermod -aG vpmon ben');
	await app.see('your own audit file');
	await app.press('\u001b');
	await app.press('@');
	await app.see('Command log');
	expect(app.frame()).toContain('  sudo usermod -aG vpmon ben');
	expect(app.frame()).toContain('your own audit file');
});

test('a file that cannot be used is told as it is, and nothing is told where all is well', async () => {
	const { app, session } = await open();
	await app.see('q quit');
	expect(session.get().notShared).toEqual([]);
	expect(app.frame()).not.toContain('NOT SHARED');
	stop();
	const sites = Promise.resolve({ shared: null, own: null, problem: '/x belongs to mallory: give another directory' });
	const sharing = createSiteSharing({ self: ben, sites, isShared: () => true });
	stop = watchSite({ session, sharing, boards: () => [], audit: () => null });
	await app.see('NOT SHARED');
	expect(session.get().notShared).toEqual(['/x belongs to mallory: give another directory']);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { fingerprint } from '../helpers/keys.ts';
import { type RenderedScreen, renderScreen } from '../helpers/render-screen.tsx';
import { readScenario, type StartedScenario, startScenario } from '../helpers/scenarios.ts';

let scenario: StartedScenario | undefined;
let app: RenderedScreen | undefined;
afterEach(async () => {
	app?.unmount();
	await scenario?.close();
	app = undefined;
	scenario = undefined;
});

async function open(name: string, options: Parameters<typeof renderScreen>[1] = {}): Promise<RenderedScreen> {
	scenario = await startScenario(readScenario(name));
	await scenario.engine.run(null, { trigger: 'command' });
	app = await renderScreen(scenario.engine, options);
	return app;
}

test('a host key is taken only after it was compared; esc is no', async () => {
	const screen = await open('host-key-changed');
	await screen.press('f');
	await screen.see('─ Fix ─ Reset the stored host key · db-primary');
	// Both are whole, one above the other, beside what is asked.
	expect(screen.frame()).toContain(`stored   ED25519 ${fingerprint('host-a')}`);
	expect(screen.frame()).toContain(`offered  ED25519 ${fingerprint('host-b')}`);
	await screen.press('\r');
	await screen.see('An offered host key is taken only after it was compared.');
	await screen.press('qx\r');
	await screen.see('There is no fingerprint in that text.');
	expect(screen.quitted).toBe(false);
	await screen.press(`\u0015${fingerprint('host-a')}\r`);
	await screen.see('It is not the key the target offers');
	await screen.press('\u001b');
	await screen.see('nothing was changed');
	expect(screen.frame()).toContain('─ Checks ─');
});

test('a connector is started only after its name was typed, and what came of it is said', async () => {
	const screen = await open('connector-offline');
	await screen.press('f');
	await screen.see('open sessions to its one Safe may drop');
	expect(screen.frame()).toContain('docker start -- vaultpam-connector');
	await screen.press('y\r');
	await screen.see('Type dc1 to go on; esc leaves it as it is.');
	expect(scenario?.host.ran.filter((command) => command.includes('docker start'))).toEqual([]);
	await screen.press('\u001b');
	await screen.see('nothing was changed');
});

test('tab shows another fix; steps that are done elsewhere are copied', async () => {
	const screen = await open('user-or-key');
	await screen.press('f');
	await screen.see('vpmon runs nothing of');
	await screen.see('as root: sh -c');
	await screen.press('y');
	// What is copied can be pasted into a shell as it is.
	expect(screen.copied.at(-1)).toMatch(/^sh -c '.*authorized_keys.*' sh deploy 'ssh-ed25519 AAAA\S+'$/s);
	await screen.press('\t');
	await screen.see('─ Fix ─ Bring the connector back Online');
});

test('nothing is offered where nothing fails, and nothing at all on a read-only screen', async () => {
	const healthy = await open('healthy');
	await healthy.press('f');
	await healthy.see('there is nothing to fix');
	healthy.unmount();
	await scenario?.close();
	const screen = await open('host-key-changed', { isReadOnly: true });
	await screen.see('READ-ONLY');
	expect(screen.frame()).not.toContain('f fix');
	for (const [key, why] of [
		['f', 'fixes are off'],
		['u', 'fixes are off'],
		['a', 'nothing is added'],
	] as const) {
		await screen.press(key);
		await screen.see(`read-only: ${why}`);
	}
});

test.each([
	[80, 24],
	[60, 15],
])('at %ix%i what is asked is on the screen', async (columns, rows) => {
	const screen = await open('host-key-changed', { columns, rows });
	await screen.press('f');
	await screen.see('What ssh-keygen -lf printed');
	expect(screen.frame()).toContain('esc no');
});

test('@ is the command log: what ran and changed, by whom, masked where names are hidden, copied with y', async () => {
	const directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	const file = join(directory, 'audit.jsonl');
	const line = (given: object) =>
		`${JSON.stringify({ version: 1, id: 'a', at: '2020-11-25T19:30:00.000Z', user: 'alice', host: 'dc1.example', phase: 'ran', fix: 'start-connector', safe: 'db-primary', connector: 'dc1', commands: ['docker start agent'], diff: [], file: null, backup: null, leaves: null, unseen: false, before: 'fail, connector-offline', after: 'pass', ...given })}\n`;
	vi.stubEnv('VPMON_AUDIT_FILE', file);
	try {
		const screen = await open('healthy');
		await screen.press('@');
		await screen.see('No fix was made yet.');
		await screen.press('\u001b');
		const edit = { id: 'b', phase: 'changed', fix: 'correct-port', commands: [], diff: ['- port: 22', '+ port: 2222'] };
		writeFileSync(file, line({ phase: 'changing', after: null }) + line({}) + line(edit));
		await screen.press('@');
		await screen.see('alice on dc1.example  start-connector run');
		expect(screen.frame()).toContain('$ docker start agent');
		expect(screen.frame().indexOf('+ port: 2222')).toBeLessThan(screen.frame().indexOf('docker start'));
		await screen.press('y');
		expect(screen.copied.at(-1)).toContain('   $ docker start agent');
	} finally {
		vi.unstubAllEnvs();
		rmSync(directory, { recursive: true });
	}
});

import { afterEach, expect, test, vi } from 'vitest';
import type { CheckId } from '../../source/domain/check.ts';
import type { RowChange } from '../../source/domain/event.ts';
import { safeNamed } from '../helpers/learn.ts';
import { type RenderedScreen, renderScreen } from '../helpers/render-screen.tsx';
import { readScenario, type StartedScenario, startScenario } from '../helpers/scenarios.ts';

let scenario: StartedScenario | undefined;
let app: RenderedScreen | undefined;
afterEach(async () => {
	vi.useRealTimers();
	app?.unmount();
	await scenario?.close();
	app = undefined;
	scenario = undefined;
});

async function open(name: string, size: { columns?: number; rows?: number } = {}) {
	scenario = await startScenario(readScenario(name));
	await scenario.engine.run(null, { trigger: 'command' });
	app = await renderScreen(scenario.engine, size);
	return { app, engine: scenario.engine };
}

const change = (check: CheckId, from: RowChange['from'], to: RowChange['to']): RowChange => ({
	check,
	from,
	to,
	cause: null,
	summary: '',
});

test('at 80x24 the evidence of a changed host key answers without scrolling: both keys whole, why, what to do', async () => {
	const { app } = await open('host-key-changed', { columns: 80, rows: 24 });
	await app.press('4');
	const frame = app.frame();
	expect(frame).toContain("Is the target's host key the one VaultPAM stored?");
	expect(frame).toMatch(/✖ fail: .*\n? *.*host-key-mismatch/);
	expect(frame).toMatch(/^ {4}stored {2}ED25519 SHA256:[\w+/]{43}\s*$/m);
	expect(frame).toMatch(/^ {4}offered ED25519 SHA256:[\w+/]{43}\s*$/m);
	expect(frame).toMatch(/why {7}\S/);
	expect(frame).toMatch(/do {8}1 on \S+: ssh-keygen -lf/);
});

test('a host key that matches shows both sides too', async () => {
	const { app } = await open('healthy', { columns: 80, rows: 24 });
	await app.press('4');
	const prints = [...app.frame().matchAll(/^ {4}(?:stored {2}|offered )ED25519 (SHA256:[\w+/]{43})/gm)].map(
		([, print]) => print,
	);
	expect(prints).toHaveLength(2);
	expect(prints[0]).toBe(prints[1]);
});

test('the evidence says what was asked on the wire, and that nothing was signed', async () => {
	const { app } = await open('user-or-key', { columns: 110, rows: 60 });
	await app.press('2');
	await app.see('asked');
	expect(app.frame().replace(/\s+/g, ' ')).toMatch(/TCP to 10\.\S+:22 .*at \d\d:\d\d:\d\d: open in \d/);
	await app.press('5');
	expect(app.frame().replace(/\s+/g, ' ')).toContain('(RFC 4252 section 7; nothing was signed): refused');
	// The next row, and round.
	await app.press('\t');
	await app.see("Is the Safe's connector Online?");
	expect(app.frame()).toContain('ran docker inspect');
});

test('the evidence tells how a row came to be: until when it passed', async () => {
	const { app, engine } = await open('port-refused', { columns: 100, rows: 40 });
	const [safe] = engine.session.get().inventory.safes;
	engine.session.learn({
		kind: 'events recalled',
		events: [
			{
				kind: 'safes',
				at: new Date().toISOString(),
				connector: safe?.connector ?? '',
				safes: [safe?.name ?? ''],
				from: { verdict: 'pass', cause: null },
				to: { verdict: 'fail', cause: 'port-refused' },
				rows: [change('port', 'pass', 'fail'), change('username', 'pass', 'skip')],
				summary: 'refused',
			},
		],
	});
	await app.press('2');
	expect(app.frame()).toMatch(/history +pass until \d\d:\d\d, fail since/);
	await app.press('4');
	expect(app.frame()).not.toMatch(/history/);
});

test('in Checks a cursor goes through the rows, enter opens the one it is on', async () => {
	const { app } = await open('host-key-changed');
	await app.press('\r');
	// It begins at the row that tells.
	expect(app.frame()).toContain('▶4 Host key');
	await app.press('kk');
	expect(app.frame()).toContain('▶2 Port');
	expect(app.frame().split('\n').at(-1)).toMatch(/enter evidence {2}o log then/);
	await app.press('\r');
	await app.see('Can the connector open the target port');
	await app.press('\u001b');
	await app.see('▶2 Port');
	await app.press('jjjj');
	expect(app.frame()).toContain('▶5 SSH key');
	await app.press('o');
	await app.see('this row was not measured yet');
});

test('below the rows the cursor scrolls on to what to do, and back', async () => {
	const { app } = await open('host-key-changed', { columns: 60, rows: 15 });
	await app.press('\r');
	await app.press('jjjjjjjjjjjjjjjjjjjjjjjjjjjjjjj');
	expect(app.frame()).toContain('Reset host key');
	await app.press('kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk');
	expect(app.frame()).toContain('▶1 Connector');
});

test('a row that runs shows for how long, once a second, and nothing ticks when nothing runs', async () => {
	const { app, engine } = await open('healthy');
	const [name = ''] = [...engine.session.get().safes.keys()];
	const safe = safeNamed(engine.session, name);
	engine.session.learn({ kind: 'measuring started', safe });
	await app.see(/ measuring for [12] s /);
	await app.see(/ measuring for [23] s /);
	expect(app.frame()).toMatch(/2 Port +✔ open .*↻/);
	engine.session.learn({ kind: 'measuring stopped', safe });
	await vi.waitFor(() => expect(app?.frame()).not.toContain('↻'));
	const timers = vi.spyOn(globalThis, 'setInterval');
	await app.press('4');
	await app.press('\u001b');
	expect(timers).not.toHaveBeenCalled();
	timers.mockRestore();
});

test('y offers what is to be pasted or compared, and copies the chosen one', async () => {
	const { app, engine } = await open('host-key-changed');
	await app.press('4y');
	await app.see('─ Copy');
	expect(app.frame()).toMatch(/▶1 command of step 1 +ssh-keygen -lf \/etc\/ssh\/ssh_host_ed25519_key\.pub/);
	expect(app.frame()).toMatch(/2 stored host key +SHA256:/);
	expect(app.frame()).toMatch(/3 offered host key +SHA256:/);
	await app.press('\r');
	await app.see('copied command of step 1');
	expect(app.copied).toEqual(['ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub']);
	// Back where it was opened.
	expect(app.frame()).toContain("Is the target's host key the one VaultPAM stored?");
	const [safe] = engine.session.get().inventory.safes;
	await app.press('y4');
	expect(app.copied.at(-1)).toBe(`${safe?.username}@${safe?.host}:${safe?.port}`);
	await app.press('y');
	await app.press('jjjjj\r');
	expect(app.copied.at(-1)).toContain("Is the target's host key the one VaultPAM stored?");
	expect(app.copied.at(-1)).toContain('offeredTypes');
	await app.press('y9');
	expect(app.copied).toHaveLength(3);
});

test('o opens the log of the connector where the row was measured', async () => {
	const { app, engine } = await open('host-key-changed');
	const [safe] = engine.session.get().inventory.safes;
	const buffer = engine.logs.buffer(safe?.connector ?? '');
	for (let n = 0; n < 200; n++)
		buffer.add({ time: Date.now() - 3_600_000 + n * 60_000, text: `line ${n}`, kind: 'log', position: null });
	await app.press('4o');
	await app.see('PAUSED');
	expect(app.screen.view.get()).toMatchObject({ focus: 'logs', dialog: null });
	expect(app.frame()).toContain('line 60');
});

test('that no line of the log names the Safe is said', async () => {
	const { app } = await open('port-refused', { columns: 100, rows: 40 });
	await app.press('2');
	expect(app.frame()).toMatch(/Log of \S+ has no lines near the probe that name this Safe or its target/);
});

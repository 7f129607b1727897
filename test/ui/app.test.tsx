import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type RenderedScreen, renderScreen } from '../helpers/render-screen.tsx';
import { readScenario, type StartedScenario, startScenario } from '../helpers/scenarios.ts';

let directory: string;
let scenario: StartedScenario | undefined;
let app: RenderedScreen | undefined;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
});
afterEach(async () => {
	app?.unmount();
	await scenario?.close();
	app = undefined;
	scenario = undefined;
	rmSync(directory, { recursive: true });
});

async function open(name: string, size: { columns?: number; rows?: number } = {}) {
	scenario = await startScenario(readScenario(name));
	await scenario.engine.run(null, { trigger: 'command' });
	app = await renderScreen(scenario.engine, { ...size, reportsDirectory: directory });
	return { app, engine: scenario.engine, host: scenario.host };
}

test('no size shows more lines or columns than there are, and the answer is there from 80x24', async () => {
	const { app } = await open('host-key-changed');
	for (const [columns, rows] of [
		[160, 45],
		[120, 36],
		[100, 30],
		[80, 24],
		[60, 15],
		[200, 60],
		[61, 16],
	] as const) {
		await app.resize(columns, rows);
		const lines = app.frame().split('\n');
		expect(lines.length).toBe(rows);
		for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
		expect(lines.at(-1)).toContain('? help  q quit');
		if (columns < 80) continue;
		expect(app.frame()).toContain('host key changed');
		expect(app.frame()).toMatch(/offered ED25519 SHA256:[\w+/]{43}/);
		expect(app.frame()).toContain('ssh-keygen -lf');
	}
});

test('too small a terminal says what it is and what is needed', async () => {
	const { app } = await open('healthy');
	await app.resize(40, 8);
	expect(app.frame()).toContain('vpmon needs 60x15, this is 40x8.');
	await app.resize(80, 24);
	expect(app.frame()).toContain('all five pass');
});

test.each(['/', '/d', 'a', '!', 'f', ':', '?', '2', 'L/', 'H/'])(
	'too small a terminal is left by q, whatever was typed or open, here %s',
	async (keys) => {
		const { app } = await open('host-key-changed');
		await app.press(keys);
		await app.resize(40, 8);
		expect(app.frame()).toContain('q quits');
		await app.press('y');
		expect(app.quitted).toBe(false);
		await app.press('q');
		expect(app.quitted).toBe(true);
	},
);

test('keys in one chunk all act', async () => {
	const { app } = await open('shared-target');
	await app.press('jj');
	expect(app.frame()).toMatch(/▶✔ second/);
	await app.press('kk');
	expect(app.frame()).toMatch(/▶✖ third/);
	await app.press('j4');
	await app.see('4 Host key ─ first');
});

test('the evidence of a row shows the lines of the connector’s log that name the Safe or its target, as they come', async () => {
	const { app, engine } = await open('host-key-changed', { columns: 100, rows: 40 });
	const [safe] = engine.session.get().inventory.safes;
	if (safe === undefined) throw new Error('the scenario has a Safe');
	const buffer = engine.logs.buffer(safe.connector);
	const add = (text: string, time = Date.now()) => buffer.add({ time, text, kind: 'error', position: null });
	add(`{"level":"error","safe":"${safe.name}","msg":"an old failure"}`, Date.now() - 3_600_000);
	add(`{"level":"error","safe":"${safe.name}","msg":"session failed"}`);
	add(`ERROR dial tcp ${safe.host}:${safe.port + 1}: another port`);
	await app.press('4');
	await app.see('newest lines that name this Safe or its target');
	await app.see(`ERROR session failed safe=${safe.name}`);
	const [work = ''] = app.frame().split('─ Logs');
	expect(work).not.toContain('an old failure');
	expect(work).not.toContain('another port');
	add(`ERROR dial tcp ${safe.host}:${safe.port}: i/o timeout`);
	await app.see(`${safe.port}: i/o timeout`);
	await vi.waitFor(() => expect(app.frame().split('─ Logs')[0]).toContain('i/o timeout'));
});

test('a digit opens the evidence of that row, esc goes back', async () => {
	const { app } = await open('host-key-changed');
	await app.press('2');
	await app.see('Can the connector open the target port');
	await app.see('identification: SSH-2.0-OpenSSH_9.6p1 Debian-2');
	await app.press('4');
	await app.see("Is the target's host key the one VaultPAM stored?");
	await app.press('\u001b');
	await app.see('Connectors');
});

test('the filter narrows the list as it is typed; esc shows all', async () => {
	const { app } = await open('shared-target');
	await app.press('/');
	await app.press('sec');
	expect(app.frame()).toContain('1 of 3 match');
	expect(app.frame()).not.toContain('third');
	await app.press('\r');
	expect(app.frame()).toContain('/sec: 1 of 3');
	await app.press('\u001b');
	expect(app.frame()).toContain('third');
	await app.press('/zzz\r');
	expect(app.frame()).toContain('No Safe matches "zzz"');
});

test('what is pasted goes into an open filter, and presses no keys elsewhere', async () => {
	const { app } = await open('shared-target');
	await app.press('\u001b[200~q\u001b[201~');
	expect(app.quitted).toBe(false);
	await app.press('/');
	await app.press('\u001b[200~sec\nond\u001b[201~');
	expect(app.frame()).toContain('1 of 3 match');
});

test('r measures the selected Safe again, from where it is in the probe budget', async () => {
	const { app, host } = await open('port-refused');
	expect(host.opened).toHaveLength(1);
	await app.press('r');
	await vi.waitFor(() => expect(host.opened).toHaveLength(2));
	await app.press('R');
	await vi.waitFor(() => expect(host.opened).toHaveLength(3));
});

test('x collects the report, shows what would be written and how much of it is masked; Enter writes it, y copies its path', async () => {
	const { app } = await open('host-key-changed');
	await app.press('x');
	await app.see('Not written yet. Enter writes');
	expect(app.frame()).toMatch(/nothing to mask|masked: \d/);
	expect(app.frame()).toContain('secrets removed (what the report is about is shown)');
	expect(app.frame()).toContain('without nc: nc is not installed on scenario');
	expect(app.frame()).toContain('# VaultPAM escalation report');
	expect(app.frame()).toContain('w write  y copy');
	const first = app.frame();
	await app.press('G');
	expect(app.frame()).not.toBe(first);
	expect(app.frame()).toContain('</details>');
	await app.press('y');
	expect(app.copied[0]).toContain('# VaultPAM escalation report');
	expect(readdirSync(directory)).toEqual([]);
	await app.press('\r');
	await app.see('readable by you only');
	const [file = ''] = readdirSync(directory);
	expect(app.frame()).toContain(file);
	await app.press('y');
	expect(app.copied[1]).toBe(join(directory, file));
	await app.press('\u001b');
	await app.see('Connectors');
});

test('x on a group writes one report for all of it: one stands for them, all are named', async () => {
	const { app } = await open('one-dead-network');
	expect(app.frame()).toMatch(/▶✖ 11 Safes/);
	await app.press('x');
	await app.see('Not written yet. Enter writes');
	expect(app.frame()).toContain('─ Escalation report ─ 11 Safes, app-01 …');
	expect(readdirSync(directory)).toEqual([]);
	await app.press('\r');
	await app.see('readable by you only');
	const files = readdirSync(directory);
	expect(files).toHaveLength(1);
	const text = readFileSync(join(directory, files[0] ?? ''), 'utf8');
	for (let index = 1; index <= 11; index++) expect(text).toContain(`app-${String(index).padStart(2, '0')}`);
	expect(text).toContain('SSH sessions through 11 Safes, such as app-01');
	expect(text).toContain('port-timeout');
	expect(text).toMatch(/^11 Safes in \S+: The target port does not answer\. 11 of 12 there, 0 of 3 elsewhere\.$/m);
	// Who fails for another cause is not of the group. One that is none of it is called "near".
	expect(text).not.toMatch(/\bdb\b/);
	expect(text).toContain('a connector near the server');
});

test('esc gives the report up, before and after it was collected', async () => {
	const { app, host } = await open('host-key-changed');
	const { run } = host;
	// Whatever is asked hangs.
	Object.assign(host, { run: () => new Promise(() => {}) });
	await app.press('x');
	await app.see('◌ log       running');
	expect(app.frame()).toMatch(/✔ checks +done in/);
	await app.press('\u001b');
	await app.see('the report was given up, nothing was written');
	Object.assign(host, { run });
	await app.press('x');
	await app.see('Not written yet');
	await app.press('\u001b');
	await app.see('the report was not written');
	expect(readdirSync(directory)).toEqual([]);
	await app.press('q');
	expect(app.quitted).toBe(true);
});

test('where it cannot be written the text can still be copied', async () => {
	const { app } = await open('host-key-changed');
	writeFileSync(join(directory, 'file'), '');
	Object.assign(app.screen, { reportsDirectory: join(directory, 'file', 'reports') });
	await app.press('x');
	await app.see('Not written yet');
	await app.press('w');
	await app.see('The text is still here: y copies it.');
	expect(app.frame()).toContain('could not be written to');
	await app.press('y');
	expect(app.copied[0]).toContain('# VaultPAM escalation report');
});

test('! takes the error text of the session, holds it against the rows, and keeps it with the Safe', async () => {
	const { app, engine } = await open('host-key-changed');
	await app.press('!');
	await app.see('Error text ─ db-primary');
	expect(app.frame()).toContain('enter close');
	// Every key is text here, also those that mean something elsewhere.
	await app.press('quite Rx?1/!');
	expect(app.quitted).toBe(false);
	expect(app.frame()).toContain(' quite Rx?1/!▏');
	expect(app.frame()).toContain("So far this is not one of the runbook's messages.");
	await app.press('\u007f\u007f');
	expect(app.frame()).toContain(' quite Rx?1▏');
	await app.press('\u0015');
	await app.press('Host key verification failed');
	expect(app.frame()).toContain('Row 4, Host key: agrees with row 4.');
	expect(app.frame()).toContain('enter keep');
	await app.press('\r');
	expect(app.frame()).toMatch(/Session said "Host key verification failed" \d\d:\d\d: agrees with row 4/);

	// Esc leaves it as it was.
	await app.press('!');
	await app.press('nonsense');
	await app.press('\u001b');
	await app.see('Connectors');
	expect(app.frame()).toContain('agrees with row 4');

	// Lines that are pasted stay lines, and their control sequences drive nothing.
	await app.press('!');
	await app.press(
		'\u001b[200~dial tcp 10.0.0.5:22: connect: connection refused\r\n\u001b[2Jat\u0007 line 7\u001b[201~',
	);
	await app.see(' at line 7▏');
	expect(app.frame()).toContain('Kept since');
	await app.press('\r');
	expect(app.frame().replace(/\s*│.*\n\s*/g, ' ')).toContain(
		'the session says refused, row 2 passes now: it opened since, or the session left from another address; row 4 fails',
	);
	expect(engine.session.safe('db-primary')?.result.sessionWords?.text).toBe(
		'dial tcp 10.0.0.5:22: connect: connection refused\nat line 7',
	);

	// No text removes it.
	await app.press('!');
	await app.see('enter remove');
	await app.press('\r');
	await app.see('the error text of db-primary is removed');
	// What is true of the world is drawn a moment behind.
	await vi.waitFor(() => expect(app.frame()).not.toContain('Session said'));
});

test('a pasted line of the target decides between user and key on the screen', async () => {
	const { app } = await open('user-or-key', { columns: 80, rows: 24 });
	await app.see('user or key rejected');
	await app.press('!');
	await app.press('\u001b[200~sshd[7]: User deploy not allowed because account is locked\u001b[201~');
	await app.press('\r');
	await app.see('wrong username');
	await app.see('Target logged "User deploy not allowed because account is locked"');
	await app.see('decides row 3');
});

test('a report that is written meanwhile waits until the error text is typed', async () => {
	const { app } = await open('host-key-changed');
	await app.press('x');
	await app.see('Not written yet');
	// In one chunk: the report cannot be written before the text is begun.
	await app.press('\r\u001b!qqq');
	await vi.waitFor(() => expect(readdirSync(directory)).toHaveLength(1));
	await app.press('q');
	expect(app.quitted).toBe(false);
	await app.see(' qqqq▏');
	await app.press('\u001b');
	await app.see('readable by you only');
});

test('L widens the log panel, hides it and shows it again', async () => {
	const { app } = await open('healthy');
	const separator = () => app.frame().split('\n')[5]?.indexOf('│') ?? -1;
	expect(separator()).toBe(74);
	await app.press('L');
	expect(separator()).toBe(59);
	await app.press('L');
	expect(separator()).toBe(-1);
	await app.press('L');
	expect(separator()).toBe(74);
});

test('space pauses the log in Logs, where lines then stand still, and follows again', async () => {
	const { app, engine } = await open('healthy');
	const buffer = engine.logs.buffer('dc1');
	const add = (text: string) => buffer.add({ time: null, text, kind: 'log', position: null });
	for (let index = 0; index < 100; index++) add(`line ${index}`);
	await app.see('line 99');
	await app.press(' ');
	await app.see('space acts in Logs: tab there first');
	await app.press('\t\t');
	await app.press(' ');
	await app.see('PAUSED, 0 new');
	const before = app
		.frame()
		.split('\n')
		.filter((line) => /line \d+/.test(line));
	for (let index = 100; index < 20_000; index++) add(`line ${index}`);
	await app.see('PAUSED, 19,900 new');
	// What fell off the ring cannot stand still; what did not, does.
	await app.press('G');
	await app.see('line 19999');
	await app.press('k');
	await app.see('PAUSED, 0 new');
	expect(app.frame()).toContain('line 19998');
	expect(app.frame()).not.toContain('line 19999');
	await app.press('j');
	await app.see('line 19999');
	expect(app.frame()).not.toContain('PAUSED');
	expect(before.length).toBeGreaterThan(20);
});

test('a paused log does not move by a row while lines arrive', async () => {
	const { app, engine } = await open('healthy');
	const buffer = engine.logs.buffer('dc1');
	const add = (text: string) => buffer.add({ time: null, text, kind: 'log', position: null });
	for (let index = 0; index < 100; index++) add(`line ${index}`);
	await app.press('\t\t ');
	await app.see('PAUSED, 0 new');
	const shown = () =>
		app
			.frame()
			.split('\n')
			.map((line) => line.split('│')[1])
			.filter((line) => line?.includes('line '));
	const before = shown();
	for (let index = 100; index < 150; index++) add(`line ${index}`);
	await app.see('PAUSED, 50 new');
	expect(shown()).toEqual(before);
});

test('Esc and a letter that arrive as Alt-letter are both meant', async () => {
	const { app } = await open('shared-target');
	await app.press('?');
	await app.see('Help');
	await app.press('\u001bj');
	await app.see('Connectors');
	expect(app.frame()).toMatch(/▶✔ first/);
});

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHome } from '../helpers/cli.ts';
import { until } from '../helpers/system.ts';
import { openTerminal, type Terminal } from '../helpers/tmux.ts';

const project = new URL('../../', import.meta.url).pathname;
const program = `exec ${process.execPath} ${project}dist/cli.js`;

let home: ReturnType<typeof createHome>;
const opened: Array<{ close(): unknown }> = [];
beforeEach(() => {
	home = createHome();
});
afterEach(async () => {
	for (const each of opened.splice(0)) each.close();
	home.remove();
});

const open = (args: string, columns = 120, rows = 36): Terminal => {
	const terminal = openTerminal(`${program} ${args}`, columns, rows, { ...home.environment, TMPDIR: home.path });
	opened.push(terminal);
	return terminal;
};

const titleOf = (screen: Terminal) => screen.tmux('display-message', '-p', '-t', 'test', '#{pane_title}').trim();

async function leave(screen: Terminal): Promise<void> {
	screen.press('q');
	await screen.ended(20_000);
}

/** A port of loopback that nobody listens on. */
async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as { port: number };
	await new Promise((resolve) => server.close(resolve));
	return port;
}

test('a support call at 80x24: why, explain, evidence, copy, events, help run by words', async () => {
	const screen = open('demo', 80, 24);
	await screen.see('host key changed');
	await screen.see(/swept/);
	await until('the title counts', () => /^✖ 6 vpmon /.test(titleOf(screen)));
	screen.press('/', 'd', 'b', '-', 'p', 'Enter');
	await screen.see(/▶✖ db-primary/);
	screen.press('4');
	await screen.see(/offered ED25519 SHA256:[\w+/]{43}/);
	await screen.see(/do {8}1 on .*ssh-keygen -lf/);
	screen.press('y');
	await screen.see(/▶1 command of step 1 +ssh-keygen -lf/);
	screen.press('1');
	await screen.see('copied command of step 1');
	expect(screen.tmux('show-buffer')).toMatch(/^ssh-keygen -lf \/etc\/ssh\/ssh_host_ed25519_key\.pub$/);
	screen.press('Escape');
	await screen.see('Connectors');
	screen.press('!');
	await screen.see('Error text');
	for (const key of 'Host key verification failed') screen.press(key === ' ' ? 'Space' : key);
	await screen.see('agrees with row 4');
	screen.press('Enter');
	await screen.see(/Session said "Host key verification failed"/);
	screen.press('H');
	await screen.see(/─ Events ─ \d+ changes, newest last/);
	await screen.see(/6 Safes began\s+to fail and still do/);
	expect(screen.screen()).toContain('enter go there  / filter');
	screen.press('Escape');
	await screen.see('Connectors');
	screen.press(':');
	await screen.see('─ Help ─ /▏');
	screen.press('r', 'e', 'p', 'o', 'r', 't');
	await screen.see(/▶x +report/);
	screen.press('Enter');
	await screen.see('Not written yet. Enter writes', 20_000);
	screen.press('Enter');
	await screen.see(/Written, [\d.]+ KB, readable by you only/);
	expect(screen.screen()).toContain('? help  q quit');
	await leave(screen);
	// The title is the terminal's own again.
	expect(titleOf(screen)).not.toContain('vpmon');
});

test('what an earlier run saw is known to the next: from what a Safe changed, and that nobody looked meanwhile', async () => {
	const port = await freePort();
	const file = join(home.path, 'vpmon.yaml');
	const safe = { name: 'db', host: '127.0.0.1', port, username: 'deploy', exempt: true };
	writeFileSync(file, JSON.stringify({ version: 1, connectors: [{ name: 'dc1', runtime: 'none' }], safes: [safe] }));
	const first = open(`--inventory ${file}`, 100, 30);
	await first.see('port refused');
	first.press('H');
	await first.see(/✖ db +port refused +at first sight/);
	await leave(first);
	const [kept = ''] = readdirSync(join(home.path, 'state', 'vpmon', 'history'));
	expect(kept).toMatch(/^events-\d{4}-\d\d-\d\d\.jsonl$/);
	const server = createServer((socket) => {
		socket.on('error', () => {});
		socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
	});
	await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
	opened.push(server);
	const second = open(`--inventory ${file}`, 100, 30);
	await second.see('swept');
	second.press('H');
	// What was measured a moment ago is taken; a closed port is tried again after 15 s.
	await second.see(/✖ db +\S.* +was port refused/, 40_000);
	expect(second.screen()).toMatch(/vpmon +ended +nothing is known until it started again/);
	// A restart within a minute is no gap.
	expect(second.screen()).not.toContain('vpmon did not run all that time.');
	await leave(second);
});

/** Of the lab: its Safes, their user, and what their keys look like. */
const labNames = ['edge-cache', 'billing-db', 'ci-runner', 'db-primary', 'backup-host', 'legacy-erp', 'web-frontend'];

test('masked from the first frame on: no name in any pane, in the title or in the clipboard', async () => {
	const screen = open('demo --mask', 120, 36);
	const leaks = () => {
		const text = screen.screen();
		return [...labNames.filter((name) => text.includes(name)), ...(text.match(/SHA256:\w+|\bdeploy\b/g) ?? [])];
	};
	await until('the first frame', () => screen.screen().includes('MASKED'));
	expect(leaks()).toEqual([]);
	await screen.see(/SAFE-\d+ +host key changed/);
	await screen.see('swept');
	expect(leaks()).toEqual([]);
	for (const keys of [
		['Tab'],
		['Tab'],
		['BTab', 'BTab'],
		['1'],
		['2'],
		['4'],
		['5'],
		['y'],
		['Escape', 'Escape'],
		['H'],
		['Escape'],
		['?'],
		['Escape'],
	]) {
		screen.press(...keys);
		await screen.see('MASKED');
		expect([keys, leaks()]).toEqual([keys, []]);
	}
	screen.press('4', 'y');
	await screen.see('─ Copy');
	screen.press('1');
	await screen.see('copied masked');
	screen.press('Escape');
	await screen.see('Connectors');
	expect(labNames.filter((name) => screen.tmux('show-buffer').includes(name))).toEqual([]);
	// A filter takes the real name.
	screen.press('/', ...'billing'.split(''), 'Enter');
	await screen.see(/▶✖ SAFE-\d+ +port refused/);
	screen.press('m');
	await screen.see('billing-db');
	await leave(screen);
});

test('without an inventory it begins with a page: a target is added by keys, checked, and kept', async () => {
	const port = await freePort();
	const screen = open('', 80, 24);
	await screen.see('there is no inventory yet');
	await screen.see('vpmon import safes.csv');
	screen.press('a');
	await screen.see('user@host or user@host:port');
	screen.press(...'deploy@nowhere:x'.split(''), 'Tab', 'Tab', 'Enter');
	await screen.see('is no target');
	screen.press('BTab', 'BTab', 'C-u', ...`deploy@127.0.0.1:${port}`.split(''), 'Enter', 'Enter', 'Enter');
	await screen.see('Keep it in');
	const file = join(home.path, 'config', 'vpmon', 'vpmon.yaml');
	expect(existsSync(file)).toBe(false);
	screen.press('y');
	await screen.see(/▶✖ deploy@127\.0\.0\.1:\d+ +port refused/);
	expect(readFileSync(file, 'utf8')).toContain(`port: ${port}`);
	await leave(screen);
	// From now on it is the inventory.
	const again = open('', 80, 24);
	await again.see('port refused');
	await leave(again);
});

test('the page leads to the demo, and leaves with q as it came', async () => {
	mkdirSync(join(home.path, 'config'), { recursive: true });
	const screen = open('', 80, 24);
	await screen.see('there is no inventory yet');
	screen.press('d');
	await screen.see('host key changed');
	await leave(screen);
	const other = open('', 80, 24);
	await other.see('there is no inventory yet');
	await leave(other);
	expect(existsSync(join(home.path, 'config', 'vpmon', 'vpmon.yaml'))).toBe(false);
});

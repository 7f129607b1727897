import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CheckReport } from '../../source/report/check-report.ts';
import { createHome, vpmon } from '../helpers/cli.ts';
import { keyFile, publicKey } from '../helpers/keys.ts';
import { logIn } from '../helpers/ssh-login.ts';
import { opens } from '../helpers/sshd.ts';
import { until } from '../helpers/system.ts';
import { type SystemdHost, startSystemdHost } from '../helpers/systemd-host.ts';
import { openTerminal, type Terminal } from '../helpers/tmux.ts';

/** The promise of the probe budget, against the server that punishes: nobody is locked out, whatever is pressed. */
const forMs = 120_000;
const loginEveryMs = 5000;

const home = createHome();
const inventory = join(home.path, 'vpmon.yaml');
let host: SystemdHost;
let screen: Terminal | undefined;

beforeAll(async () => {
	host = await startSystemdHost();
	// So that its log tells of every connection, key and penalty.
	host.write('/etc/ssh/sshd_config.d/verbose.conf', 'LogLevel VERBOSE\n');
	host.run('systemctl restart ssh.service');
	await until('sshd', () => opens(host.sshPort));
	host.run('useradd -m backup-op; usermod -p "*" backup-op');
	host.write('/home/backup-op/.ssh/authorized_keys', `${publicKey('user-a')}\n`);
	host.run('chown -R backup-op: /home/backup-op/.ssh; chmod 700 /home/backup-op/.ssh');
	const hostKey = host.run('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub').split(' ')[1];
	const key = (name: string) => `{type: ssh-key, publicKey: ${keyFile(name)}}`;
	const safes = [
		['deploy-key', 'deploy', key('user-a.pub')],
		['backup-key', 'backup-op', key('user-a.pub')],
		['by-password', 'deploy', '{type: password}'],
		['wrong-key', 'deploy', key('user-b.pub')],
		['wrong-user', 'nobody-of-that-name', key('user-a.pub')],
	].map(
		([name, username, credential]) =>
			`  - {name: ${name}, host: 127.0.0.1, port: ${host.sshPort}, username: ${username}, hostKey: '${hostKey}', credential: ${credential}}`,
	);
	writeFileSync(
		inventory,
		`version: 1\nsettings: {sweepEvery: 30s}\nconnectors: [{name: dc1}]\nsafes:\n${safes.join('\n')}\n`,
		{ mode: 0o600 },
	);
	mkdirSync(join(home.path, 'keys'));
	for (const name of ['user-a', 'host-c']) {
		copyFileSync(keyFile(name), join(home.path, 'keys', name));
		chmodSync(join(home.path, 'keys', name), 0o600);
	}
});
afterAll(async () => {
	screen?.close();
	await host?.stop();
	home.remove();
});

/** An ordinary login, from the address that vpmon probes from. */
const logsIn = (key: 'user-a' | 'host-c') =>
	logIn({ address: '127.0.0.1', port: host.sshPort, user: 'deploy', identity: join(home.path, 'keys', key) });

const sshdLog = () => host.run('journalctl -u ssh --no-pager -o cat');
const droppedForPenalty = /^drop connection .* penalty: /gm;
const count = (log: string, pattern: RegExp) => log.match(pattern)?.length ?? 0;

/** Does something at a fixed rhythm until the time is over. */
async function every(ms: number, until: number, work: (turn: number) => Promise<void> | void): Promise<void> {
	for (let turn = 0; Date.now() < until; turn++) {
		const next = Date.now() + ms;
		await work(turn);
		await pause(Math.max(0, next - Date.now()));
	}
}

test('two minutes of r pressed every second, another vpmon beside it and a stranger’s typo: every login goes through', async () => {
	const settings = host.run('sshd -T');
	expect(settings).toMatch(/^persourcepenalties .*authfail:5\b.*noauth:1\b.*min:15\b/m);
	expect(settings).toMatch(/^persourcepenaltyexemptlist none$/m);
	const loggedBefore = sshdLog().length;
	const terminal = openTerminal(
		`exec ${process.execPath} ${new URL('../../dist/cli.js', import.meta.url).pathname} --inventory ${inventory}`,
		120,
		36,
		home.environment,
	);
	screen = terminal;
	const refusedLogins: string[] = [];
	let logins = 0;
	let presses = 0;
	let checks = 0;
	const end = Date.now() + forMs;

	await Promise.all([
		every(loginEveryMs, end, async () => {
			const { isIn, said } = await logsIn('user-a');
			logins++;
			if (!isIn) refusedLogins.push(`login ${logins}: ${said}`);
		}),
		// Twice on each Safe, since the second press insists, then on to the next.
		every(1000, end, (turn) => {
			if (turn % 2 === 0) terminal.press(turn % 10 === 0 ? 'g' : 'j');
			terminal.press('r');
			presses++;
		}),
		every(3000, end, async () => {
			const { stdout } = await vpmon(['check', '--json', '-i', inventory, '--budget-wait', '0'], home.environment);
			if ((JSON.parse(stdout) as CheckReport).safes.length === 5) checks++;
		}),
		// When both have been at it for long, so that all the budget is in use.
		pause(forMs / 2).then(async () => {
			expect((await logsIn('host-c')).isIn).toBe(false);
		}),
	]);

	await terminal.see('q quit');
	const log = sshdLog().slice(loggedBefore);
	const connections = count(log, /^Connection from 127\.0\.0\.1 /gm) - logins - 1;
	const accepted = count(log, /^Postponed publickey for /gm) - logins;
	const wrongKeys = count(log, /^Failed publickey for deploy /gm) - 1;
	const wrongUsers = count(log, /^Invalid user nobody-of-that-name /gm);
	const dropped = count(log, droppedForPenalty);
	process.stdout.write(
		`${logins} logins, ${logins - refusedLogins.length} let in; ${presses} presses of r and ${checks} checks beside them: ` +
			`${connections} connections of ours, with ${accepted} keys accepted, ${wrongKeys} keys and ${wrongUsers} users refused; ` +
			`${dropped} connections dropped for a penalty\n`,
	);
	expect(refusedLogins).toEqual([]);
	expect(dropped).toBe(0);
	// It was measured at all, and by both.
	expect(logins).toBeGreaterThanOrEqual(20);
	expect(presses).toBeGreaterThanOrEqual(100);
	expect(checks).toBeGreaterThanOrEqual(10);
	expect(accepted).toBeGreaterThan(0);
	// Pressing r leaves little room for questions about keys, but they are put.
	expect(wrongKeys + wrongUsers).toBeGreaterThan(0);
	expect(connections).toBeGreaterThan(20);
	// sshd does count, though it only tells of a penalty that is the first or the last straw.
	expect(log).toMatch(/penalty of \d+ seconds for penalty: /);
	terminal.press('q');
}, 200_000);

test('the same address without a budget is locked out: what was counted above does count', async () => {
	for (let typo = 0; typo < 4; typo++) await logsIn('host-c');
	expect((await logsIn('user-a')).isIn).toBe(false);
	expect(sshdLog()).toMatch(droppedForPenalty);
});

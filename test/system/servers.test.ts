import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Account, createAccount } from '../helpers/account.ts';
import { checkSafes, type Entry, targetRows } from '../helpers/check-safes.ts';
import { createHome } from '../helpers/cli.ts';
import { fingerprint } from '../helpers/keys.ts';
import { type OtherServer, startDropbear, startPythonServer, startTinysshd } from '../helpers/other-servers.ts';
import { type Sshd, startDefaultSshd } from '../helpers/sshd.ts';

// The same four Safes against servers of several makes: a key that is authorised, one that is not, a user who does not exist, and a
// host key that is another one.

const home = createHome();
let account: Account;
beforeAll(() => {
	account = createAccount('user-a');
});
afterAll(() => {
	account?.remove();
	home.remove();
});
const started: Array<OtherServer | Sshd> = [];
afterEach(async () => {
	for (const server of started.splice(0)) await server.stop();
});

const ok = ['pass', 'pass', 'pass', 'pass'];
const passed = 'untested';

async function meet(make: string, server: OtherServer | Sshd) {
	started.push(server);
	const { port, hostKey } = server;
	const base = { port, hostKey, username: account.name };
	const entries: Entry[] = [
		{ ...base, name: 'healthy' },
		{ ...base, name: 'unauthorised-key', key: 'user-b' },
		{ ...base, name: 'unknown-user', username: 'nobody-of-that-name' },
		{ ...base, name: 'changed-host-key', hostKey: fingerprint('host-c') },
	];
	const [healthy, ...others] = entries;
	const first = await checkSafes(home, [healthy as Entry], { runtime: `${make}-healthy` });
	const connections = server.connections();
	// Each with a ledger of its own: here the server is asked more than one may ask a real target.
	const results = await Promise.all(
		others.map((entry) => checkSafes(home, [entry], { runtime: `${make}-${entry.name}` })),
	);
	return {
		connections,
		first,
		software: first.port('healthy'),
		healthy: first.safe('healthy'),
		causes: Object.assign(first.causes, ...results.map(({ causes }) => causes)),
		exitCodes: [first, ...results].map(({ exitCode }) => exitCode),
	};
}

const honest: ReadonlyArray<readonly [make: string, software: RegExp, start: () => Promise<OtherServer | Sshd>]> = [
	['OpenSSH with the settings it is installed with', /, OpenSSH_\d/, () => startDefaultSshd()],
	['Dropbear', /, dropbear_\d/, startDropbear],
	['AsyncSSH', /, AsyncSSH_\d/, () => startPythonServer('asyncssh', account.name)],
	['Paramiko', /, paramiko_\d/, () => startPythonServer('paramiko', account.name)],
];

for (const [make, software, start] of honest) {
	test(`${make}: key, user and host key are told apart, a healthy Safe costs one connection`, async () => {
		const met = await meet(make.split(' ')[0] ?? make, await start());
		expect(met.software).toMatch(software);
		expect(targetRows(met.healthy)).toEqual(ok);
		expect(met.causes).toEqual({
			healthy: passed,
			'unauthorised-key': 'user-or-key-rejected',
			'unknown-user': 'user-or-key-rejected',
			'changed-host-key': 'host-key-mismatch',
		});
		expect(met.exitCodes).toEqual([0, 1, 1, 1]);
		expect(met.connections).toBe(1);
	});
}

test('TinySSH says yes to any key of any user: that proves nothing, and the rows say so', async () => {
	const met = await meet('TinySSH', await startTinysshd());
	expect(met.software).toMatch(/, tinyssh_\d/);
	expect(targetRows(met.healthy)).toEqual(['pass', 'untested', 'pass', 'untested']);
	expect(met.healthy.checks[4]?.summary).toBe('TinySSH says yes to any key: only a session can test this one');
	expect(met.causes).toEqual({
		healthy: 'untested',
		'unauthorised-key': 'untested',
		'unknown-user': 'untested',
		'changed-host-key': 'host-key-mismatch',
	});
	expect(met.connections).toBe(1);
});

test('a server that also speaks SSH 1 (SSH-1.99) is spoken to like any other', async () => {
	const met = await meet('ssh-199', await startPythonServer('paramiko', account.name, '1.99'));
	expect(targetRows(met.healthy)).toEqual(ok);
	expect(JSON.stringify(met.healthy.checks[1]?.evidence)).toContain('SSH-1.99-paramiko');
});

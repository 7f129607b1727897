import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { type Checked, checkSafes, type Entry, targetRows } from '../helpers/check-safes.ts';
import { createHome } from '../helpers/cli.ts';
import { fingerprint } from '../helpers/keys.ts';
import { createNetwork, type Network, nobody, target } from '../helpers/network.ts';
import { type Sshd, startSshd } from '../helpers/sshd.ts';
import { until } from '../helpers/system.ts';

// A connector and a target in network namespaces of their own: what fails here fails in the kernel, as it does in the field.

const home = createHome();
afterAll(() => home.remove());
let network: Network;
let sshd: Sshd;
beforeEach(async () => {
	network = createNetwork();
	sshd = await startSshd({
		hostKeys: ['host-a', 'host-rsa'],
		listen: [target.v4, target.v6],
		through: network.onTarget,
	});
});
afterEach(async () => {
	try {
		await sshd?.stop();
	} finally {
		network?.remove();
	}
});

const check = (runtime: string, entries: readonly Entry[], ...args: string[]) =>
	checkSafes(home, entries, { runtime, args, through: network.onConnector });

const checkTimeoutMs = 5000;
const startMs = 2500; // For Node to start on a busy machine, and for neighbours to be found.

// Ports of the target, and what its firewall does with them.
const closed = 4000;
const firewall = [
	{ name: 'drop', port: 4001, rule: 'drop', cause: 'port-timeout', says: /^no answer from .* in 5\.\d s$/ },
	{ name: 'reset', port: 4002, rule: 'reject with tcp reset', cause: 'port-refused', says: /^refused from / },
	// As fail2ban and Debian's ufw do it.
	{
		name: 'port',
		port: 4003,
		rule: 'reject with icmpx port-unreachable',
		cause: 'port-refused',
		says: /^refused from /,
	},
	{
		name: 'host',
		port: 4004,
		rule: 'reject with icmpx host-unreachable',
		cause: 'host-unreachable',
		says: /^no route to /,
	},
	{ name: 'route', port: 4005, rule: 'reject with icmpx no-route', cause: 'host-unreachable', says: /^no route to / },
	// As firewalld does it; Linux tells it apart over IPv6 only.
	{
		name: 'admin',
		port: 4006,
		rule: 'reject with icmpx admin-prohibited',
		cause: 'host-unreachable',
		says: /^(?:no route to 192|prohibited by a firewall or route: 2001)/,
	},
];

test('each way a network fails has its own cause, over IPv4 and IPv6, all within one row', async () => {
	for (const { port, rule } of firewall) network.filter(`tcp dport ${port} ${rule}`);
	network.ip('route', 'add', 'unreachable', '198.51.100.0/24');
	network.ip('route', 'add', 'prohibit', '203.0.113.0/24');
	network.ip('route', 'add', 'blackhole', '198.18.0.0/24');
	network.configure('nsswitch.conf', 'hosts: files\n');
	const addresses = { v4: target.v4, v6: target.v6 };
	const entries: Entry[] = Object.entries(addresses).flatMap(([family, host]) => [
		{ name: `${family}-open`, host, port: sshd.port },
		{ name: `${family}-closed`, host, port: closed },
		...firewall.map(({ name, port }) => ({ name: `${family}-${name}`, host, port })),
	]);
	entries.push(
		{ name: 'nobody-there', host: nobody, port: 22 },
		{ name: 'no-route', host: '10.9.9.9', port: 22 },
		{ name: 'unreachable-route', host: '198.51.100.1', port: 22 },
		{ name: 'prohibit-route', host: '203.0.113.1', port: 22 },
		{ name: 'blackhole-route', host: '198.18.0.1', port: 22 },
		{ name: 'no-name', host: 'no-such-host.example', port: 22 },
	);
	const checked = await check('failures', entries);
	const expected = Object.keys(addresses).flatMap((family) => [
		[`${family}-open`, 'untested'],
		[`${family}-closed`, 'port-refused'],
		...firewall.map(({ name, cause }) => [`${family}-${name}`, cause]),
	]);
	expect(checked.causes).toEqual({
		...Object.fromEntries(expected),
		'nobody-there': 'host-unreachable',
		'no-route': 'host-unreachable',
		'unreachable-route': 'host-unreachable',
		'prohibit-route': 'host-unreachable',
		'blackhole-route': 'host-unreachable',
		'no-name': 'name-not-resolved',
	});
	for (const family of Object.keys(addresses)) {
		for (const { name, says } of firewall) expect(checked.port(`${family}-${name}`)).toMatch(says);
	}
	expect(checked.port('prohibit-route')).toMatch(/^prohibited by a firewall or route: 203\.0\.113\.1 in/);
	expect(checked.port('no-name')).toBe(
		'no-such-host.example does not resolve: no such name, or no answer from the name server',
	);
	expect(checked.exitCode).toBe(1);
	expect(checked.stderr).toBe('');
	expect(checked.tookMs).toBeLessThan(checkTimeoutMs + startMs);
});

test('a name server that keeps silent is given up, and is no trouble of the port', async () => {
	network.filter('udp dport 53 drop');
	network.configure('nsswitch.conf', 'hosts: files dns\n');
	network.configure('resolv.conf', `nameserver ${target.v4}\n`);
	const checked = await check('dead-name-server', [{ name: 'asked', host: 'db1.example', port: 22 }]);
	expect(checked.causes).toEqual({ asked: 'name-not-resolved' });
	expect(checked.port('asked')).toMatch(/^db1\.example does not resolve: no answer from the resolver within 5000 ms/);
	expect(checked.exitCode).toBe(1);
	expect(checked.tookMs).toBeLessThan(checkTimeoutMs + startMs);
});

test('a name with a dead address and a live one is open, whichever comes first, and says which is dead', async () => {
	network.filter(`ip daddr ${target.otherV4} drop`);
	network.filter(`ip6 daddr ${target.otherV6} reject`);
	const names = {
		'dead-6-live-4.example': [target.otherV6, target.v4],
		'dead-4-live-6.example': [target.otherV4, target.v6],
		'dropped-4-live-4.example': [target.otherV4, target.v4],
		'live-4-dropped-4.example': [target.v4, target.otherV4],
		'unreachable-6-live-4.example': ['2001:db9::5', target.v4],
	};
	network.configure('nsswitch.conf', 'hosts: files\n');
	network.configure(
		'hosts',
		Object.entries(names)
			.flatMap(([name, addresses]) => addresses.map((address) => `${address} ${name}\n`))
			.join(''),
	);
	// Each with a ledger of its own: five names of one server are five targets to nobody but us.
	const results = await Promise.all(
		Object.keys(names).map((name) => check(name, [{ name: 'two-addresses', host: name, port: sshd.port }])),
	);
	for (const [index, name] of Object.keys(names).entries()) {
		const { safe, port, exitCode, tookMs } = results[index] as Checked;
		// No session goes where there is no route.
		const isDead = !name.startsWith('unreachable');
		expect([name, ...targetRows(safe('two-addresses'))]).toEqual([
			name,
			isDead ? 'warn' : 'pass',
			'pass',
			'pass',
			'pass',
		]);
		if (isDead) expect(port('two-addresses')).toMatch(/, but not at \S+: (?:no answer|refused) from /);
		expect(exitCode).toBe(0);
		expect(tookMs).toBeLessThan(2 * checkTimeoutMs + startMs);
	}
});

test('two addresses of one machine cost it no more than one would', async () => {
	network.configure('nsswitch.conf', 'hosts: files\n');
	network.configure('hosts', `${target.v4} two-doors.example\n${target.v6} two-doors.example\n`);
	const before = sshd.connections();
	const entries = [{ name: 'two-doors', host: 'two-doors.example', port: sshd.port }];
	const [first, ...later] = [
		await check('two-doors', entries, '--budget-wait', '0'),
		await check('two-doors', entries, '--budget-wait', '0'),
		await check('two-doors', entries, '--budget-wait', '0'),
	];
	expect(targetRows(first.safe('two-doors'))).toEqual(['pass', 'pass', 'pass', 'pass']);
	for (const { port } of later) expect(port('two-doors')).toMatch(/probe budget, free at/);
	// A key query of 5 s and one connection of 1 s: all that one sshd is asked to bear.
	await until('both connections ended', () => sshd.connections() - before === 2);
});

test("fail2ban's REJECT is told from a closed port as long as our own probes explain it", async () => {
	const banned = { name: 'banned', host: target.v4, port: sshd.port, key: 'user-b' } as const;
	// 5 s for the refused query, 1 s for another key type: so full a ledger makes the next run wait until 5 s are left.
	const other = { ...banned, name: 'other', key: 'host-b', hostKey: fingerprint('host-rsa') } as const;
	const before = await check('ledger', [banned, other], '--budget-wait', '0');
	expect(before.causes).toEqual({ banned: 'user-or-key-rejected', other: 'unknown' });
	network.filter(`tcp dport ${sshd.port} reject with icmpx port-unreachable`);
	const ours = await check('ledger', [banned], '--only', 'port');
	expect(ours.causes).toEqual({ banned: 'source-penalised' });
	expect(ours.port('banned')).toMatch(/^turned away after [45]\.\d s of our own probes: .*fail2ban/);
	expect(ours.exitCode).toBe(1);
	// Who has not probed it sees a refused port.
	const others = await check('another-ledger', [banned], '--only', 'port');
	expect(others.causes).toEqual({ banned: 'port-refused' });
});

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBlackHole } from '../../source/lab/black-hole.ts';
import type { CheckReport } from '../../source/report/check-report.ts';
import { targetRows } from '../helpers/check-safes.ts';
import { createHome } from '../helpers/cli.ts';
import { followForReason, followUntilEnough, killFollower } from '../helpers/follow-inside.ts';
import { fingerprint } from '../helpers/keys.ts';
import { countingScript, expectComplete, livesOf } from '../helpers/sequences.ts';
import { until } from '../helpers/system.ts';
import { type SystemdHost, startSystemdHost, unit } from '../helpers/systemd-host.ts';

let host: SystemdHost;
const home = createHome();
beforeAll(async () => {
	host = await startSystemdHost();
	const hostKey = host.run('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub').split(' ')[1];
	const safe = (name: string, key: string, username = 'deploy', stored = hostKey) =>
		`  - {name: ${name}, host: 127.0.0.1, port: ${host.sshPort}, username: ${username}, hostKey: '${stored}', credential: {type: ssh-key, publicKey: /opt/keys/${key}.pub}}`;
	host.write(
		'/etc/vpmon/vpmon.yaml',
		`version: 1\nconnectors: [{name: dc1, runtime: systemd, unit: ${unit}}]\nsafes:\n${safe('healthy', 'user-a')}\n`,
	);
	host.write(
		'/etc/vpmon/rejected.yaml',
		`version: 1\nconnectors: [{name: dc1}]\nsafes:\n${safe('rejected', 'user-b')}\n`,
	);
	const zoo = [
		safe('healthy', 'user-a'),
		safe('unauthorised-key', 'user-b'),
		safe('unknown-user', 'user-a', 'nobody-of-that-name'),
		safe('changed-host-key', 'user-a', 'deploy', fingerprint('host-c')),
	];
	host.write('/etc/vpmon/zoo.yaml', `version: 1\nconnectors: [{name: dc1}]\nsafes:\n${zoo.join('\n')}\n`);
});
afterAll(async () => {
	await host?.stop();
	home.remove();
});

async function connector() {
	const { stdout, stderr } = await host.vpmon('check', '--json', '--only', 'connector');
	if (stdout === '') throw new Error(stderr);
	return (JSON.parse(stdout) as CheckReport).connectors[0];
}

test('a whole connector host: the inventory in /etc, the unit Online, all five rows against OpenSSH 10', async () => {
	const { stdout, exitCode } = await host.vpmon('check', '--json');
	const report = JSON.parse(stdout) as CheckReport;
	expect(report.safes[0]?.checks.map(({ verdict, summary }) => `${verdict} ${summary}`)).toEqual([
		expect.stringMatching(/^pass Online: unit running since /),
		expect.stringMatching(/^pass open in .*OpenSSH_10/),
		'pass "deploy" is accepted',
		expect.stringMatching(/^pass ED25519 key is the stored one/),
		expect.stringMatching(/^pass accepted for deploy/),
	]);
	expect(exitCode).toBe(0);
});

test('init finds its unit, and what it writes can be used as it is', async () => {
	const file = '/tmp/first.yaml';
	expect(await host.vpmon('init', '-i', file)).toMatchObject({ exitCode: 0, stdout: file });
	const text = host.run(`cat ${file}`);
	expect(text).toMatch(/name: vaultpam-connector\s+host: local\s+runtime: systemd\s+unit: vaultpam-connector\n/);
	const { stdout, exitCode } = await host.vpmon('check', '--json', '-i', file);
	expect((JSON.parse(stdout) as CheckReport).connectors).toEqual([
		expect.objectContaining({ name: 'vaultpam-connector', status: 'online' }),
	]);
	expect(exitCode).toBe(0);
});

test('OpenSSH 10: key, user and host key are told apart in one sweep that its penalties do not notice', async () => {
	// Four Safes of one target cost more than it bears at once: vpmon waits for its turns.
	const { stdout, stderr, exitCode } = await host.vpmonAnew('check', '--json', '-i', '/etc/vpmon/zoo.yaml');
	const { safes } = JSON.parse(stdout) as CheckReport;
	expect(Object.fromEntries(safes.map(({ name, cause, verdict }) => [name, cause ?? verdict]))).toEqual({
		healthy: 'untested',
		'unauthorised-key': 'user-or-key-rejected',
		'unknown-user': 'user-or-key-rejected',
		'changed-host-key': 'host-key-mismatch',
	});
	expect(safes.slice(0, 1).map(targetRows)).toEqual([['pass', 'pass', 'pass', 'pass']]);
	expect(stderr).toMatch(/^(?:vpmon: \S+ waits \d+ s for its turn in the probe budget\n?)+$/);
	expect(exitCode).toBe(1);
	expect(host.run('journalctl -u ssh --no-pager')).not.toContain('penalty');
});

test('known_hosts of the connector host, hashed, says who has accepted a changed host key', async () => {
	host.run(
		`mkdir -p /root/.ssh && sed 's/^/[127.0.0.1]:${host.sshPort} /' /etc/ssh/ssh_host_ed25519_key.pub > /root/.ssh/known_hosts && ssh-keygen -q -H -f /root/.ssh/known_hosts 2>/dev/null`,
	);
	expect(host.run('cat /root/.ssh/known_hosts')).toMatch(/^\|1\|/);
	const { stdout } = await host.vpmon('check', '--json', '-i', '/etc/vpmon/zoo.yaml', 'changed-host-key');
	const row = (JSON.parse(stdout) as CheckReport).safes[0]?.checks[3];
	expect(row).toMatchObject({ verdict: 'fail', cause: 'host-key-mismatch' });
	expect(row?.evidence).toMatchObject({
		notes: ['~/.ssh/known_hosts:1 has the offered key: somebody on the connector host accepted it'],
	});
	host.run('rm /root/.ssh/known_hosts');
});

test('the unit stopped, failed, masked, unknown: each its own words', async () => {
	host.run(`systemctl stop ${unit}`);
	expect(await connector()).toMatchObject({
		status: 'offline',
		verdict: 'fail',
		summary: expect.stringMatching(/^Offline: unit is inactive/),
	});
	host.run(`touch /run/fail; systemctl start ${unit}`);
	await until('the unit failed', () => host.run(`systemctl show -P ActiveState ${unit}`).trim() === 'failed');
	expect(await connector()).toMatchObject({
		status: 'offline',
		summary: expect.stringMatching(/^Offline: unit is failed, exit-code, exit code 7/),
	});
	host.run(`rm /run/fail; systemctl reset-failed ${unit}; systemctl start ${unit}`);
	expect(await connector()).toMatchObject({ status: 'online' });
	host.write('/tmp/other.yaml', 'version: 1\nconnectors: [{name: dc2, runtime: systemd, unit: no-such.service}]\n');
	const { stdout } = await host.vpmon('check', '--json', '-i', '/tmp/other.yaml');
	expect((JSON.parse(stdout) as CheckReport).connectors[0]).toMatchObject({
		status: 'unknown',
		summary: 'there is no unit no-such.service here',
	});
});

test('the running program is told: stopped, failed, crashing in a loop, restarted, masked, right within 5 s of each', async () => {
	host.write(
		'/tmp/watch.mjs',
		`import { startEngine } from '/opt/vpmon/source/commands/start-engine.ts';
		import { startSchedule } from '/opt/vpmon/source/engine/schedule.ts';
		import { parseInventory } from '/opt/vpmon/source/inventory/file.ts';
		const { engine, dispose } = await startEngine(parseInventory("version: 1\\nconnectors: [{name: dc1, runtime: systemd, unit: vaultpam-connector}]", '/x.yaml'), { program: 'check' });
		const stop = startSchedule(engine, true);
		engine.session.subscribe(() => console.log(engine.session.get().connectors.get('dc1')?.check.summary));
		process.stdin.resume().on('end', async () => { stop(); await dispose(); });`,
	);
	const program = spawn('sh', ['-c', host.command('/opt/node /tmp/watch.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] });
	const ended = new Promise((resolve) => program.once('exit', resolve));
	let said = '';
	program.stdout.on('data', (chunk) => {
		said += chunk;
	});
	const becomes = (what: string, summary: RegExp) =>
		until(what, () => summary.test(said.trim().split('\n').at(-1) ?? ''), 5000).catch((error) => {
			throw new Error(`${error.message}:\n${said}`);
		});
	const dropIn = `/run/systemd/system/${unit}.d/loop.conf`;
	try {
		await until('the first look', () => said.includes('\n'));
		await becomes('running', /^Online: unit running/);
		await until(
			'the journal is listened to',
			() => host.run('pgrep -fc "^journalctl --follow.*UNIT=" || true').trim() === '1',
		);
		host.run(`systemctl stop ${unit}`);
		await becomes('stopped', /^Offline: unit is inactive since/);
		host.run(`systemctl start ${unit}`);
		await becomes('started', /^Online: unit running/);
		host.run('touch /run/fail');
		await becomes('failed', /^Offline: unit is failed, exit-code, exit code 7/);
		host.write(dropIn, '[Unit]\nStartLimitIntervalSec=0\n[Service]\nRestart=always\nRestartSec=300ms\n');
		host.run(`systemctl daemon-reload; systemctl start ${unit}`);
		await becomes('crashing in a loop', /^Offline: unit restarts in a loop, exit code 7, restarted \d+ times/);
		host.run(`rm /run/fail ${dropIn}; systemctl daemon-reload; systemctl stop ${unit}; systemctl start ${unit}`);
		await becomes('restarted', /^Online: unit running/);
		host.run(`systemctl mask --runtime --now ${unit}`);
		await becomes('masked', /^Offline: unit is masked/);
	} finally {
		host.run(
			`rm -f /run/fail ${dropIn}; systemctl unmask --runtime ${unit}; systemctl daemon-reload; systemctl restart ${unit}`,
		);
		program.stdin.end();
		await ended;
	}
});

test('who may not ask systemd reads which lines would help', async () => {
	// A system bus that lets nobody but root in, as hardened hosts have it.
	host.run('mv /run/systemd/private /run/systemd/private.away; chmod 600 /run/dbus/system_bus_socket');
	try {
		const said = await host.vpmonAs(
			'deploy',
			'check',
			'--json',
			'--only',
			'connector',
			'-i',
			'/opt/keys/connector.yaml',
		);
		expect((JSON.parse(said.stdout) as CheckReport).connectors[0]).toMatchObject({
			status: 'unknown',
			summary: expect.stringContaining(`no permission to ask systemd about ${unit}`),
		});
	} finally {
		host.run('mv /run/systemd/private.away /run/systemd/private; chmod 666 /run/dbus/system_bus_socket');
	}
});

/** Starts the unit anew and waits until it has written so many lines. */
async function restartUnit(lines: number): Promise<void> {
	host.run(`systemctl restart ${unit}`);
	const started = host.run(`systemctl show -P InvocationID ${unit}`).trim();
	await until(
		`${lines} lines`,
		() => Number(host.run(`journalctl _SYSTEMD_INVOCATION_ID=${started} -o cat | wc -l`)) >= lines,
	);
}

test('the report has the last 100 lines of the live journal', async () => {
	await restartUnit(120);
	const { stdout, stderr, exitCode } = await host.vpmon('report', 'healthy', '--out', '/tmp/reports');
	expect([exitCode, stderr.includes('bug')]).toEqual([0, false]);
	const text = host.run(`cat ${stdout.trim()}`);
	expect(text).toContain(`journalctl -u ${unit} --output json --all --no-pager -n 100`);
	const numbers = [...text.matchAll(/Z connector line (\d+)$/gm)].map(([, number]) => Number(number));
	expect(numbers).toEqual(Array.from({ length: 100 }, (_, index) => (numbers[0] ?? 0) + index));
});

test('a report from a journald connector: with its target in a black hole, and with the disk full', async () => {
	await restartUnit(120);
	const hole = await openBlackHole();
	const report = (out: string) => host.vpmon('report', 'legacy', '-i', '/etc/vpmon/hole.yaml', '--out', out);
	try {
		host.write(
			'/etc/vpmon/hole.yaml',
			`version: 1\nconnectors: [{name: dc1, runtime: systemd, unit: ${unit}}]\nsafes:\n  - {name: legacy, host: 127.0.0.1, port: ${hole.port}, username: root, credential: {type: password}}\n`,
		);
		const started = performance.now();
		const held = await report('/root/black-hole');
		expect(performance.now() - started).toBeLessThan(20_000);
		expect([held.exitCode, held.stderr.includes('bug')]).toEqual([0, false]);
		const text = host.run(`cat ${held.stdout.trim()}`);
		expect(text).toContain('port-timeout');
		expect(text).toContain(`journalctl -u ${unit} --output json --all --no-pager -n 100`);
		const numbers = [...text.matchAll(/Z connector line (\d+)$/gm)].map(([, number]) => Number(number));
		expect(numbers.length).toBeGreaterThan(90);
		expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));

		host.run(
			'mkdir -p /mnt/small && mount -t tmpfs -o size=8k tmpfs /mnt/small && head -c 4096 /dev/zero > /mnt/small/full',
		);
		const full = await report('/mnt/small/reports');
		expect([full.exitCode, full.stdout]).toEqual([2, '']);
		expect(full.stderr).toContain('the disk is full. Nothing is left of it there.');
		expect(full.stderr).not.toMatch(/\n\s+at /);
		expect(host.run('find /mnt/small -name "*vpmon-report*"')).toBe('');
	} finally {
		await hole.close();
		host.run('if mountpoint -q /mnt/small; then umount /mnt/small; fi');
	}
}, 60_000);

test('1,000 lines/s over a stop, a crash, a restart, two rotations, and journald and journalctl killed: each number once and in order', async () => {
	const counter = 'counter.service';
	host.write('/etc/count.sh', countingScript({ usleep: 'sleep 0.007' }));
	host.write(
		`/etc/systemd/system/${counter}`,
		'[Service]\nLogRateLimitIntervalSec=0\nExecStart=/bin/sh /etc/count.sh\n',
	);
	host.write('/etc/follow.mjs', followUntilEnough(counter));
	host.run(`systemctl daemon-reload; rm -f /run/follow-enough; systemctl start ${counter}`);
	const following = execFollow('/etc/follow.mjs');
	const pause = () => new Promise((resolve) => setTimeout(resolve, 1500));
	for (const command of [
		'journalctl --rotate',
		`systemctl stop ${counter}`,
		`systemctl start ${counter}`,
		`systemctl kill --signal=SEGV ${counter}`,
		`systemctl start ${counter}`,
		killFollower(counter),
		`systemctl restart ${counter}`,
		'systemctl restart systemd-journald',
		'journalctl --rotate',
		`systemctl stop ${counter}`,
	]) {
		await pause();
		host.run(command);
	}
	await pause();
	host.run('journalctl --sync; sleep 1; touch /run/follow-enough');
	const lines = JSON.parse(await following) as string[];
	const known = livesOf(host.run(`journalctl -u ${counter} -o cat --no-pager`).split('\n'));
	expect(known.size).toBe(4);
	expectComplete(lines, known);
	expect(lines.filter((line) => line.startsWith('stream lost'))).toEqual([
		expect.stringMatching(/^stream lost \d+ s, resumed$/),
	]);
});

test('a journal that cannot be read, a unit there is not, a unit that is silent: each is a sentence in the pane', async () => {
	host.write('/etc/reasons.mjs', followForReason);
	host.run('chmod 644 /etc/reasons.mjs; mkdir -p /tmp/no-journal; chmod 755 /tmp/no-journal');
	const asDeploy = 'setpriv --reuid=deploy --regid=deploy --clear-groups ';
	const reason = (who: string, ...args: string[]) =>
		host.run(`cd /; ${who}/opt/node /etc/reasons.mjs ${args.join(' ')}`);
	expect(reason(asDeploy, unit)).toContain('join the group systemd-journal');
	expect(reason('', 'no-such.service')).toContain('there is no unit no-such.service here');
	expect(reason('', 'systemd-reboot.service')).toContain('it has logged nothing yet');
	expect(reason('', unit, '/tmp/no-journal')).toMatch(
		/^(?:there are no journal files|the journal) in \/tmp\/no-journal/,
	);
	expect(reason('', unit, '/tmp/nowhere')).toBe('there is no journal in /tmp/nowhere');
});

function execFollow(program: string): Promise<string> {
	return new Promise((resolve, reject) => {
		const child = spawn('sh', ['-c', host.command(`/opt/node ${program}`)], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		let out = '';
		child.stdout.on('data', (chunk) => {
			out += chunk;
		});
		child.once('exit', (code) => (code === 0 ? resolve(out) : reject(new Error(`ended with ${code}`))));
	});
}

test('OpenSSH 10 with its default penalties goes on letting people in while vpmon is run again and again', async () => {
	const login = () =>
		host.run(
			`ssh -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -i /opt/keys/user-a -p ${host.sshPort} deploy@127.0.0.1 echo in`,
		);
	expect(login()).toBe('in\n');
	for (let index = 0; index < 6; index++) {
		const { stdout } = await host.vpmon('check', '--json', '-i', '/etc/vpmon/rejected.yaml', '--budget-wait', '0');
		expect(['user-or-key-rejected', null]).toContain((JSON.parse(stdout) as CheckReport).safes[0]?.cause);
		expect(login()).toBe('in\n');
	}
	expect(host.run('journalctl -u ssh --no-pager')).not.toContain('penalty');
});

test('an address that others got penalised is not taken for a target that is down', async () => {
	// Somebody on the same address gets the key wrong, as in a script, until the server has enough.
	const wrong = `ssh -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes -i /opt/keys/host-b -p ${host.sshPort} deploy@127.0.0.1 true 2>&1 || true`;
	await until('a penalty', () => /Not allowed at this time|kex_exchange_identification/.test(host.run(wrong)), 30_000);
	const { stdout, stderr, exitCode } = await host.vpmonAnew('check', '--json', '--only', 'port');
	const row = (JSON.parse(stdout) as CheckReport).safes[0]?.checks[1];
	expect(row).toMatchObject({ verdict: 'fail', cause: 'source-penalised' });
	expect(row?.summary).toMatch(/^turned away.*: see sshd's log for "penalty", or fail2ban$/);
	expect(row?.action).toMatch(/penalty/);
	expect([exitCode, stderr.includes('    at ')]).toEqual([1, false]);
	expect(host.run('journalctl -u ssh --no-pager')).toContain('penalty');
});

test('the shipped unit: an exporter of its own user, hardened, reads journal and unit, and ends in order', async () => {
	const service = 'vpmon-exporter';
	const shipped = new URL(`../../docs/prometheus/${service}.service`, import.meta.url).pathname;
	for (const kind of ['sysusers', 'tmpfiles']) {
		const rules = new URL(`../../docs/prometheus/vpmon.${kind}.conf`, import.meta.url).pathname;
		host.write(`/usr/lib/${kind}.d/vpmon.conf`, readFileSync(rules, 'utf8'));
	}
	host.run('systemd-sysusers; systemd-tmpfiles --create vpmon.conf');
	host.write('/usr/local/bin/vpmon', '#!/bin/sh\nexec /opt/node /opt/vpmon/dist/cli.js "$@"\n');
	host.write(`/etc/systemd/system/${service}.service`, readFileSync(shipped, 'utf8'));
	// Another port alone: loopback is shared with the machine that tests.
	host.write(
		`/etc/systemd/system/${service}.service.d/port.conf`,
		'[Service]\nExecStart=\nExecStart=/usr/local/bin/vpmon exporter -i /etc/vpmon/exporter.yaml --listen 127.0.0.1:0\n',
	);
	host.write(
		'/etc/vpmon/exporter.yaml',
		`version: 1\nconnectors: [{name: dc1, runtime: systemd, unit: ${unit}}]\nsafes: [{name: db, host: 127.0.0.1, port: 1, username: deploy, credential: {type: password}}]\n`,
	);
	host.run('chmod 755 /usr/local/bin/vpmon; chgrp vpmon /etc/vpmon/exporter.yaml; chmod 640 /etc/vpmon/exporter.yaml');
	host.run(`rm -f /run/fail; systemctl daemon-reload; systemctl restart ${unit}; systemctl start ${service}`);
	const said = () => host.run(`journalctl -u ${service} --no-pager -o cat`);
	await until('it says where it is', () => said().includes('/metrics'));
	const url = /http:\S+/.exec(said())?.[0] ?? '';
	const lines = async () => (await (await fetch(url)).text()).split('\n');
	await until('the unit is seen', async () =>
		(await lines()).includes('vpmon_connector_status{connector="dc1",status="online"} 1'),
	);
	await until('its journal is read', async () =>
		(await lines()).some((line) => /^vpmon_log_lines_total\{connector="dc1",level="other"\} [1-9]/.test(line)),
	);
	await until('a target is measured', async () =>
		(await lines()).includes('vpmon_check_cause{connector="dc1",safe="db",check="port",cause="port-refused"} 1'),
	);
	const owners = () => host.run('stat -c %U /run/vpmon/ledger-1.sqlite /var/lib/vpmon/history/* 2>/dev/null || true');
	await until('its history is kept, by its user', () => /^(?:vpmon\n){2,}$/.test(owners()));
	expect(host.run('stat -c "%a %U:%G" /run/vpmon /var/lib/vpmon /run/vpmon/ledger-1.sqlite')).toBe(
		'2770 root:vpmon\n2770 root:vpmon\n660 vpmon:vpmon\n',
	);
	expect(host.run(`systemd-analyze security ${service} --no-pager`)).toMatch(/exposure level[^\n]* [01]\.\d OK/);
	host.run(`systemctl stop ${service}`);
	expect(host.run(`systemctl show -P Result -P ExecMainStatus ${service}`)).toBe('success\n0\n');
	expect(said()).not.toMatch(/^\s+at |bug in vpmon/m);
});

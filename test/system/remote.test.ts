import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEngine } from '../../source/commands/start-engine.ts';
import { startSchedule } from '../../source/engine/schedule.ts';
import { parseInventory } from '../../source/inventory/file.ts';
import type { CheckReport } from '../../source/report/check-report.ts';
import { createHome, vpmon } from '../helpers/cli.ts';
import { fingerprint, publicKey } from '../helpers/keys.ts';
import { type Relay, startRelay } from '../helpers/relay.ts';
import { rowsIn } from '../helpers/rows.ts';
import { countingScript, expectComplete, livesOf } from '../helpers/sequences.ts';
import { createSshConfig } from '../helpers/ssh-config.ts';
import { freePort, until } from '../helpers/system.ts';
import { type SystemdHost, startSystemdHost, unit } from '../helpers/systemd-host.ts';

/** A whole connector host (systemd, journald, OpenSSH 10) that is reached by SSH over a wire that can be cut. */
let host: SystemdHost;
let relay: Relay;
const home = createHome();
const config = createSshConfig(home.path);
const environment = { ...home.environment, ...config.environment };
const before = { ...process.env };
let hostKey = '';
let closedPort = 0;
let targetPort = 0;

beforeAll(async () => {
	host = await startSystemdHost({ packages: ['netcat-openbsd'] });
	host.write('/root/.ssh/authorized_keys', `${publicKey('user-a')}\n`);
	host.run('echo "127.0.0.1 only-known-there.example" >> /etc/hosts');
	relay = await startRelay(host.sshPort);
	closedPort = await freePort();
	const port = await freePort();
	// A second sshd of that host, which prohibits forwarding.
	host.run(`systemd-run --unit=strict-sshd /usr/sbin/sshd -D -o AllowTcpForwarding=no -o Port=${port}`);
	// The targets behind it are another, so that the penalties of each are its own.
	targetPort = await freePort();
	host.run(`systemd-run --unit=target-sshd /usr/sbin/sshd -D -o Port=${targetPort}`);
	hostKey = host.run('cut -d" " -f1,2 /etc/ssh/ssh_host_ed25519_key.pub').trim();
	config.host('dc1', relay.port);
	config.host('strict', port);
	config.host('nowhere', closedPort);
	config.host('wrong-key', host.sshPort, { key: 'host-b' });
	for (const known of [relay.port, port, host.sshPort]) config.know(`[127.0.0.1]:${known} ${hostKey}`);
	Object.assign(process.env, environment);
});
afterAll(async () => {
	process.env = before;
	await relay?.stop();
	await host?.stop();
	home.remove();
});

const connector = (name: string, alias = name) =>
	`{name: ${name}, host: 'ssh://${alias}', runtime: systemd, unit: ${unit}}`;
const safe = (name: string, connectorName: string, target = 'only-known-there.example') =>
	`{name: ${name}, connector: ${connectorName}, host: ${target}, port: ${targetPort}, username: deploy, hostKey: '${fingerprintOf(hostKey)}', credential: {type: ssh-key, publicKey: '${publicKey('user-a')}'}}`;
const fingerprintOf = (line: string) => host.run(`echo '${line}' | ssh-keygen -lf - | cut -d' ' -f2`).trim();

function inventory(name: string, connectors: readonly string[], safes: readonly string[]): string {
	const file = join(home.path, `${name}.yaml`);
	writeFileSync(file, `version: 1\nconnectors: [${connectors.join(', ')}]\nsafes: [${safes.join(', ')}]\n`);
	return file;
}

async function check(file: string, own: Record<string, string> = {}) {
	const { stdout, stderr, exitCode } = await vpmon(['check', '--json', '-i', file], { ...environment, ...own });
	if (stdout === '') throw new Error(stderr);
	return { report: JSON.parse(stdout) as CheckReport, stderr, exitCode };
}

test('status and all five rows from there: by direct-tcpip, and by nc where sshd prohibits forwarding; names are resolved there', async () => {
	for (const [alias, way] of [
		['dc1', 'direct-tcpip through dc1'],
		['strict', 'nc on strict, whose sshd prohibits forwarding'],
	] as const) {
		const file = inventory(alias, [connector(alias)], [safe('db', alias)]);
		// Each with a ledger of its own: it is one target.
		const { report, exitCode } = await check(file, {
			VPMON_RUNTIME_DIR: join(home.path, alias),
			VPMON_SITE_DIR: join(home.path, alias, 'site'),
		});
		const [db] = report.safes;
		expect(db?.checks.map(({ verdict, summary, measuredFrom }) => `${verdict} ${measuredFrom} ${summary}`)).toEqual([
			expect.stringMatching(`^pass ${alias} Online: unit running since `),
			expect.stringMatching(`^pass ${alias} open in .*OpenSSH_10`),
			`pass ${alias} "deploy" is accepted`,
			expect.stringMatching(`^pass ${alias} ED25519 key is the stored one`),
			expect.stringMatching(`^pass ${alias} accepted for deploy`),
		]);
		expect(JSON.stringify(db?.checks[1]?.evidence)).toContain(`"way":"${way}"`);
		expect(exitCode).toBe(0);
	}
	expect(host.run('pgrep -fc "^nc " || true').trim()).toBe('0');
});

test('what the connector host is told by a closed port or no such name comes back as that', async () => {
	for (const alias of ['dc1', 'strict']) {
		const safes = [
			safe('closed', alias, '127.0.0.1').replace(/port: \d+/, `port: ${closedPort}`),
			safe('no-name', alias, 'no-such-name.invalid'),
		];
		const { report } = await check(inventory('closed', [connector(alias)], safes));
		expect(report.safes.map(({ name, cause }) => [name, cause])).toEqual([
			['closed', 'port-refused'],
			['no-name', 'name-not-resolved'],
		]);
	}
});

test('an unknown, a changed and a wrong key of ours: each said at once, with the next step, and nothing is accepted', async () => {
	const file = inventory('keys', [connector('dc1')], [safe('db', 'dc1')]);
	const recorded = config.knownHosts();
	config.forget();
	const unknown = (await check(file)).report.connectors[0];
	expect(unknown).toMatchObject({ verdict: 'unknown', summary: expect.stringContaining(fingerprintOf(hostKey)) });
	expect(config.knownHosts()).toBe('');
	const { stderr, exitCode } = await vpmon(['logs', 'dc1', '-i', file], environment);
	expect([exitCode, stderr]).toEqual([
		2,
		expect.stringContaining(`add this line to ${home.path}/known_hosts: [127.0.0.1]:${relay.port} ${hostKey}`),
	]);
	config.know(`[127.0.0.1]:${relay.port} ${publicKey('host-c').split(' ').slice(0, 2).join(' ')}`);
	const changed = (await check(file)).report.connectors[0];
	expect(changed?.summary).toMatch(
		/host key of dc1 .* is not the known one: it offers ED25519 SHA256:\S{43}, \S+known_hosts:1 has another/,
	);
	config.forget();
	config.know(recorded.trim());
	const wrong = (await check(inventory('wrong', [connector('wrong-key')], []))).report.connectors[0];
	expect(wrong?.summary).toMatch(
		/^root@wrong-key accepts none of our keys: \S+\/host-b; tried again later, attempt 2, next /,
	);
	expect(wrong?.summary).not.toContain(fingerprint('host-b'));
});

test('a crashed unit there is started again by its fix, after a yes', async () => {
	const file = inventory('fix', [connector('dc1')], [safe('db', 'dc1')]);
	const own = {
		...environment,
		VPMON_AUDIT_FILE: join(home.path, 'audit.jsonl'),
		VPMON_RUNTIME_DIR: join(home.path, 'fix'),
		VPMON_SITE_DIR: join(home.path, 'fix', 'site'),
	};
	const state = () => host.run(`systemctl is-active ${unit} || true`).trim();
	host.run('touch /run/fail');
	await until('the crash', () => state() === 'failed');
	host.run('rm /run/fail');
	const refused = await vpmon(['fix', 'db', '-i', file], own);
	expect([refused.exitCode, state()]).toEqual([2, 'failed']);
	const { stdout, stderr, exitCode } = await vpmon(['fix', 'db', '-i', file, '--yes'], own);
	expect(stderr).toContain(`on dc1: systemctl start -- ${unit}`);
	expect(stdout).toMatch(/before: fail, connector-offline\nafter: {2}pass/);
	expect([exitCode, state()]).toEqual([0, 'active']);
});

test('three connectors, one of them away: only its own Safes are skipped, and nobody waits for it', async () => {
	const silent = await startRelay(host.sshPort);
	silent.cut();
	config.host('silent', silent.port);
	const names = ['dc1', 'strict', 'silent'];
	const file = inventory(
		'three',
		names.map((name) => connector(name)),
		names.map((name) => safe(`db-${name}`, name)),
	);
	const { engine, dispose } = await startEngine(
		parseInventory(await import('node:fs').then((fs) => fs.readFileSync(file, 'utf8')), file),
		{ program: 'check' },
	);
	try {
		const started = performance.now();
		let others = 0;
		const stop = engine.session.subscribe(() => {
			const { safes } = engine.session.get();
			const done = ['db-dc1', 'db-strict'].every((name) => safes.get(name)?.result.verdict === 'pass');
			if (done && others === 0) others = performance.now() - started;
		});
		await engine.run(null, { trigger: 'command', budgetWaitMs: 30_000 });
		stop();
		const all = performance.now() - started;
		const rows = (name: string) => rowsIn(engine, name).map(({ verdict, cause }) => cause ?? verdict);
		expect(rows('db-silent')).toEqual(['connector-unreachable', 'skip', 'skip', 'skip', 'skip']);
		expect(rows('db-dc1')).toEqual(['pass', 'pass', 'pass', 'pass', 'pass']);
		expect(rows('db-strict')).toEqual(['pass', 'pass', 'pass', 'pass', 'pass']);
		expect(others).toBeGreaterThan(0);
		expect(others).toBeLessThan(all - 5000);
	} finally {
		await dispose();
		await silent.stop();
	}
});

test('a running vpmon sees a restart, notices a cut within 15 s, and goes on by itself when the way is mended', async () => {
	const text = `version: 1\nconnectors: [${connector('dc1')}]\nsafes: [${safe('db', 'dc1')}]\n`;
	const { engine, dispose } = await startEngine(parseInventory(text, join(home.path, 'live.yaml')), {
		program: 'check',
	});
	const stop = startSchedule(engine, false);
	const row1 = () => engine.session.get().connectors.get('dc1')?.check;
	const becomes = (what: string, pattern: RegExp, ms: number) =>
		until(what, () => pattern.test(row1()?.summary ?? ''), ms).catch((error) => {
			throw new Error(`${error.message}: ${row1()?.summary}`);
		});
	try {
		await until('the first sweep', () => engine.session.get().sweep.finishedAt !== null, 30_000);
		await becomes('online', /^Online: unit running/, 5000);
		await until(
			'the journal is listened to',
			() => host.run('pgrep -fc "^journalctl --follow.*UNIT=" || true').trim() === '1',
		);
		host.run(`systemctl stop ${unit}`);
		await becomes('stopped', /^Offline: unit is inactive/, 5000);
		host.run(`systemctl start ${unit}`);
		await becomes('started', /^Online: unit running/, 5000);
		relay.cut();
		await becomes(
			'the cut is noticed',
			/^the connection to dc1 was lost: nothing was heard for 1\d s; reconnecting, attempt \d+/,
			16_000,
		);
		expect(row1()).toMatchObject({ verdict: 'unknown', cause: 'connector-unreachable' });
		await until('its Safe is skipped', () => engine.session.safe('db')?.result.checks.port.verdict === 'skip', 2000);
		expect(engine.session.get().links.get('dc1')?.phase).not.toBe('connected');
		relay.mend();
		await becomes('back', /^Online: unit running/, 30_000);
		const rows = () => rowsIn(engine, 'db').map(({ verdict }) => verdict);
		await until(
			'its Safe is back',
			() =>
				rows()
					.slice(1)
					.every((verdict) => verdict === 'pass'),
			5000,
		).catch(() => {
			throw new Error(JSON.stringify(rowsIn(engine, 'db').map(({ verdict, summary }) => [verdict, summary])));
		});
		relay.hangUp();
	} finally {
		stop();
		await dispose();
	}
	await until('nothing is left there', () => host.run('pgrep -fc "^journalctl" || true').trim() === '0', 10_000);
});

test('a log followed through restarts of its unit, a cut link, a killed session and an sshd restart: each number once and in order', async () => {
	const counter = 'counter.service';
	host.write('/etc/count.sh', countingScript({ usleep: 'sleep 0.007' }));
	host.write(
		`/etc/systemd/system/${counter}`,
		'[Service]\nLogRateLimitIntervalSec=0\nExecStart=/bin/sh /etc/count.sh\n',
	);
	host.run(`systemctl daemon-reload; systemctl start ${counter}`);
	const file = inventory('logs', [`{name: dc1, host: 'ssh://dc1', runtime: systemd, unit: ${counter}}`], []);
	const cli = new URL('../../dist/cli.js', import.meta.url).pathname;
	const child = spawn(process.execPath, [cli, 'logs', 'dc1', '-f', '-n', '10', '-i', file], {
		env: { ...process.env, ...environment },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let out = '';
	let said = '';
	child.stdout.on('data', (chunk) => {
		out += chunk;
	});
	child.stderr.on('data', (chunk) => {
		said += chunk;
	});
	const grows = async (what: string) => {
		const length = out.length;
		await until(`${what}: the log goes on`, () => out.length > length + 1000, 40_000).catch((error) => {
			throw new Error(`${error.message}\n${said}`);
		});
	};
	const resumed = (times: number) =>
		until(`resumed ${times} times`, () => (said.match(/stream lost \d+ s, resumed/g)?.length ?? 0) >= times, 40_000);
	await grows('at first');
	host.run(`systemctl restart ${counter}`);
	await grows('unit restarted');
	relay.cut();
	await until('the cut is noticed', () => /nothing was heard/.test(said), 16_000);
	relay.mend();
	await resumed(1);
	relay.hangUp();
	host.run('pkill -f "^sshd-session: root@notty" || pkill -f "sshd: root@notty"');
	await resumed(2);
	host.run('systemctl restart ssh.service; pkill -f "^sshd-session: root@notty" || true');
	await resumed(3);
	await grows('at last');
	host.run(`systemctl stop ${counter}; journalctl --sync`);
	const known = livesOf(host.run(`journalctl -u ${counter} -o cat --no-pager`).split('\n'));
	await until(
		'the last line',
		() => [...known].every(([life, numbers]) => out.includes(`${life} ${numbers.at(-1)}\n`)),
		40_000,
	).catch((error) => {
		throw new Error(`${error.message}\n${said}`);
	});
	child.kill();
	await new Promise((resolve) => child.once('exit', resolve));
	expect(known.size).toBe(2);
	expectComplete(out.split('\n'), known);
	expect(said.match(/stream lost \d+ s, resumed/g)?.length).toBeGreaterThanOrEqual(3);
	expect(out).not.toContain('stream lost');
	await until('nothing is left there', () => host.run('pgrep -fc "^journalctl" || true').trim() === '0', 10_000);
});

import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { makeKey } from '../../source/lab/keys.ts';
import { createLabServer } from '../../source/lab/ssh-server.ts';
import { createHome, vpmon } from '../helpers/cli.ts';
import { type StartedExporter, startExporter } from '../helpers/exporter.ts';
import { freePort, until } from '../helpers/system.ts';

const home = createHome();
const { environment } = home;
const inventory = join(home.path, 'vpmon.yaml');
const log = join(home.path, 'agent.log');
const [hostKey, userKey] = [makeKey('host'), makeKey('deploy')];
const lab = createLabServer({
	hostKeys: [hostKey.private],
	users: { deploy: [userKey.public] },
	methods: ['publickey'],
	log: () => {},
	ident: 'OpenSSH_9.6p1 Debian-2',
});
const tls = (name: string) => new URL(`../../fixtures/tls/${name}.pem`, import.meta.url).pathname;
let connections = 0;
const target = createServer((socket) => {
	connections++;
	lab.accept(socket);
});
let port = 0;
beforeAll(async () => {
	await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
	port = (target.address() as AddressInfo).port;
	writeFileSync(log, '2026-11-22T08:00:00Z ERROR long ago\n');
});
let exporter: StartedExporter | undefined;
afterEach(async () => {
	await exporter?.stop();
	exporter = undefined;
});
afterAll(() => {
	target.close();
	lab.close();
	home.remove();
});

const safe = (name: string, more: Record<string, unknown> = {}) => ({
	name,
	host: '127.0.0.1',
	port,
	username: 'deploy',
	hostKey: `ssh-ed25519 ${hostKey.fingerprint}`,
	credential: { type: 'ssh-key', publicKey: userKey.public },
	...more,
});

function write(safes: readonly unknown[], settings: Record<string, unknown> = {}): void {
	const connectors = [{ name: 'dc1', runtime: 'none', logFile: './agent.log' }];
	const file = { version: 1, settings: { exempt: true, ...settings }, connectors, safes };
	writeFileSync(inventory, stringify(file), { mode: 0o600 });
}

test('tells what was measured, never measures because it is asked, follows the inventory, and ends in order', async () => {
	const closed = await freePort();
	write([safe('well'), safe('broken', { port: closed })]);
	exporter = await startExporter(inventory, environment);
	const verdict = (name: string, check: string, value: number) =>
		`vpmon_check_verdict{connector="dc1",safe="${name}",check="${check}"} ${value}`;
	await exporter.sees(verdict('well', 'ssh-key', 0));
	await exporter.sees(verdict('broken', 'port', 4));
	await exporter.sees('vpmon_check_cause{connector="dc1",safe="broken",check="port",cause="port-refused"} 1');
	await exporter.sees('vpmon_sweep_duration_seconds_count 1');
	await exporter.sees('vpmon_ladder_duration_seconds_count{connector="dc1"} 2');
	const before = connections;
	for (let times = 0; times < 20; times++) await exporter.scrape();
	expect(connections).toBe(before);
	expect((await fetch(`${exporter.url}/healthz`)).status).toBe(200);

	// What was written before the exporter began counts for nothing.
	writeFileSync(log, `${new Date().toISOString()} ERROR session failed\n`, { flag: 'a' });
	await exporter.sees('vpmon_log_lines_total{connector="dc1",level="error"} 1');

	writeFileSync(inventory, 'version: 1\nsafes: [{\n');
	await exporter.sees('vpmon_inventory_reload_successful 0');
	expect(await exporter.scrape()).toContain('safe="broken"');
	write([safe('well'), safe('added')]);
	await exporter.sees(verdict('added', 'ssh-key', 0));
	expect(await exporter.scrape()).not.toContain('broken');
	await exporter.sees('vpmon_inventory_reload_successful 1');
	expect(exporter.stderr()).toMatch(/inventory not taken, last good one kept: line \d/);
	expect(exporter.stderr()).toContain('the inventory can be used again');

	expect(await exporter.stop()).toBe(0);
	expect(exporter.stderr()).not.toMatch(/^\s+at /m);
});

test('on demand, targets are left alone; with a mask their names stay here', async () => {
	write([safe('payroll')], { probe: 'on-demand' });
	const before = connections;
	// What others of this host measured would be shown.
	const alone = { ...environment, VPMON_SITE_DIR: join(home.path, 'alone') };
	exporter = await startExporter(inventory, alone, ['--mask', '--listen', '127.0.0.1:0']);
	await exporter.sees(/^vpmon_connector_verdict\{connector="dc1"\} /);
	const text = await exporter.scrape();
	expect(text).toMatch(/vpmon_check_verdict\{connector="dc1",safe="SAFE-\d+",check="port"\} 3/);
	expect(text).not.toContain('payroll');
	expect(text).not.toMatch(/^vpmon_sweep_interval_seconds /m);
	expect(connections).toBe(before);
	expect(exporter.stderr()).toContain('probe: on-demand');
});

test('asks for the token of its file, and says what others could read', async () => {
	write([], { probe: 'on-demand' });
	const file = join(home.path, 'token');
	const token = 'f00dfeedf00dfeedf00dfeed';
	writeFileSync(file, `${token}\n`, { mode: 0o600 });
	exporter = await startExporter(inventory, environment, ['--token-file', file, '--listen', '0.0.0.0:0']);
	expect(await exporter.scrape()).toBe('a bearer token is needed\n');
	const { scrape, stderr } = exporter;
	await until('it tells', async () =>
		(await scrape({ authorization: `Bearer ${token}` })).includes('vpmon_build_info'),
	);
	await until('the warning', () => stderr().includes('warning: the token is sent in the clear'));
	expect(stderr()).not.toContain(token);
	await exporter.stop();
	exporter = await startExporter(inventory, environment, ['--listen', '0.0.0.0:0']);
	const open = exporter;
	await until('the warning', () => open.stderr().includes('warning: everybody who reaches this address'));
	await exporter.stop();
	chmodSync(file, 0o644);
	const key = join(home.path, 'key.pem');
	copyFileSync(tls('key'), key);
	chmodSync(key, 0o644);
	const secure = ['--tls-cert', tls('good'), '--tls-key', key];
	exporter = await startExporter(inventory, environment, ['--token-file', file, ...secure, '--listen', '127.0.0.1:0']);
	for (const open of [file, key]) expect(exporter.stderr()).toContain(`${open} can be read by everybody`);
	expect(exporter.stderr()).not.toContain('warning');
});

test('what cannot be is two lines and exit code 2, before anything is measured', async () => {
	write([safe('well')]);
	const short = join(home.path, 'short');
	writeFileSync(short, 'short\n', { mode: 0o600 });
	const before = connections;
	const refused = async (...args: string[]) => {
		const { exitCode, stderr, stdout } = await vpmon(['exporter', '-i', inventory, ...args], environment);
		expect([exitCode, stdout]).toEqual([2, '']);
		expect(stderr).not.toMatch(/^\s+at /m);
		return stderr;
	};
	const taken = await refused('--listen', `127.0.0.1:${port}`);
	expect(taken).toMatch(/^vpmon: Cannot listen on 127\.0\.0\.1:\d+: something listens there already\.\n.+--listen.+$/);
	expect(await refused('--listen', '192.0.2.1:9466')).toContain('Cannot listen on 192.0.2.1:9466');
	expect(await refused('--listen', 'nonsense')).toContain('Expected host:port');
	expect(await refused('--token-file', '/nonexistent')).toContain('token file cannot be read');
	expect(await refused('--token-file', short)).toContain('is no token');
	expect(await refused('--tls-cert', short)).toContain('go together');
	expect(await refused('--tls-cert', short, '--tls-key', short)).toContain('cannot be used for TLS');
	expect(connections).toBe(before);
});

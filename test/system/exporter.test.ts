import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLabServer } from '../../source/lab/ssh-server.ts';
import { createHome } from '../helpers/cli.ts';
import { type StartedExporter, startExporter } from '../helpers/exporter.ts';
import { fingerprint, keyFile, privateKey, publicKey } from '../helpers/keys.ts';
import { type StartedPrometheus, shipped, startPrometheus } from '../helpers/prometheus.ts';
import { requireProgram, until } from '../helpers/system.ts';

const run = promisify(execFile);
const exporterCount = 5;
const safesEach = 2000;
/** Safes of the first exporter that are in the network that breaks. */
const inNetwork = 60;
const targets = 50;
const mostMemoryMb = 150;
const mostScrapeSeconds = 1;
const token = 'f00dfeedf00dfeedf00dfeed';
const tls = (name: string) => new URL(`../../fixtures/tls/${name}.pem`, import.meta.url).pathname;

const home = createHome();
const lab = createLabServer({
	hostKeys: [privateKey('host-a')],
	users: { deploy: [publicKey('user-a')] },
	methods: ['publickey'],
	log: () => {},
	ident: 'OpenSSH_9.6p1 Debian-2',
});
const networkKey = join(home.path, 'network.pub');
const measureNetwork = () => writeFileSync(networkKey, readFileSync(keyFile('user-a.pub'), 'utf8'));
let steady: Server[];
let network: Server[];
let ports: { steady: number; network: number };
const exporters: StartedExporter[] = [];
let prometheus: StartedPrometheus;

/** One port on many addresses of loopback. */
async function listen(addresses: readonly string[], wanted = 0): Promise<Server[]> {
	const servers: Server[] = [];
	let port = wanted;
	for (const address of addresses) {
		const server = createServer((socket) => lab.accept(socket));
		await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, address, resolve));
		port = (server.address() as AddressInfo).port;
		servers.push(server);
	}
	return servers;
}
const portOf = ([first]: readonly Server[]) => {
	if (first === undefined) throw new Error('nobody listens');
	return (first.address() as AddressInfo).port;
};
const networkAddresses = Array.from({ length: inNetwork }, (_, index) => `127.20.4.${index + 1}`);
const steadyAddresses = Array.from({ length: targets }, (_, index) => `127.20.5.${index + 1}`);

function writeInventory(index: number): string {
	const safe = (name: string, connector: string, host: string, port: number, publicKey: string) =>
		`  - {name: ${name}, connector: ${connector}, host: ${host}, port: ${port}, username: deploy, hostKey: '${fingerprint('host-a')}', credential: {type: ssh-key, publicKey: ${publicKey}}}`;
	const safes = Array.from({ length: safesEach }, (_, number) => {
		const inside = index === 0 && number < inNetwork;
		return inside
			? safe(`app-${number}`, 'dmz', networkAddresses[number] ?? '', ports.network, networkKey)
			: safe(`web-${number}`, 'dc1', steadyAddresses[number % targets] ?? '', ports.steady, keyFile('user-a.pub'));
	});
	const file = join(home.path, `vpmon-${index}.yaml`);
	const head = 'version: 1\nsettings: {exempt: true, sweepEvery: 1h}\nconnectors: [{name: dc1}, {name: dmz}]\nsafes:\n';
	writeFileSync(file, `${head}${safes.join('\n')}\n`, { mode: 0o600 });
	return file;
}

beforeAll(async () => {
	measureNetwork();
	steady = await listen(steadyAddresses);
	network = await listen(networkAddresses);
	ports = { steady: portOf(steady), network: portOf(network) };
	const tokenFile = join(home.path, 'token');
	writeFileSync(tokenFile, token, { mode: 0o600 });
	// The last one is as it would be beyond loopback.
	const guarded = ['--token-file', tokenFile, '--tls-cert', tls('good'), '--tls-key', tls('key')];
	for (let index = 0; index < exporterCount; index++) {
		const more = index === exporterCount - 1 ? guarded : [];
		exporters.push(await startExporter(writeInventory(index), home.environment, [...more, '--listen', '127.0.0.1:0']));
	}
	const addresses = exporters.map(({ url }) => url.replace(/^https?:\/\//, ''));
	prometheus = await startPrometheus([
		{ static_configs: [{ targets: addresses.slice(0, -1) }] },
		{
			job_name: 'vpmon-guarded',
			scheme: 'https',
			authorization: { credentials_file: tokenFile },
			tls_config: { ca_file: tls('authority') },
			static_configs: [{ targets: addresses.slice(-1) }],
		},
	]);
});
afterAll(async () => {
	await prometheus?.stop();
	for (const exporter of exporters) await exporter.stop();
	for (const server of [...(steady ?? []), ...(network ?? [])]) server.close();
	lab.close();
	home.remove();
});

const value = async (expression: string) => (await prometheus.query(expression))[0]?.value ?? Number.NaN;
/** The most memory a process held so far, in MB (proc_pid_status(5), VmHWM). */
const peakMemory = (pid: number) =>
	Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

test('what is shipped is what promtool and amtool take, and says what its tests say', async () => {
	const promtool = requireProgram('promtool', 'prometheus');
	await run(promtool, ['check', 'rules', shipped('vpmon.rules.yaml')]);
	await run(promtool, ['check', 'config', shipped('prometheus.yaml')]);
	await run(promtool, [
		'test',
		'rules',
		new URL('../../fixtures/prometheus/rules.test.yaml', import.meta.url).pathname,
	]);
	await run(requireProgram('amtool', 'prometheus-alertmanager'), ['check-config', shipped('alertmanager.yaml')]);
});

test('five exporters of 2,000 Safes: a scrape within a second, each process within 150 MB', async () => {
	const all = exporterCount * safesEach;
	await until('all are measured', async () => (await value('sum(vpmon_safes{verdict="untested"})')) === all, 60_000);
	expect(await value('count(vpmon_check_verdict)')).toBe(5 * all);
	expect(await value('sum(vpmon_check_verdict == bool 4)')).toBe(0);
	await until('all have answered', async () => (await value('sum(up)')) === exporterCount);
	// From here on, after all were measured: the quickest scrape of the slowest exporter, since whatever else runs here slows the others.
	const from = Date.now();
	await until('three scrapes later', async () => (await value('min(timestamp(up))')) * 1000 > from + 7000);
	const slowest = await value('max(min_over_time(scrape_duration_seconds[9s]))');
	const usual = await value('max(quantile_over_time(0.5, scrape_duration_seconds[9s]))');
	const largest = Math.max(...exporters.map(({ pid }) => peakMemory(pid)));
	process.stdout.write(
		`scrape ${slowest.toFixed(2)} s, usually ${usual.toFixed(2)} s, most memory ${largest.toFixed(0)} MB\n`,
	);
	expect(slowest).toBeGreaterThan(0);
	expect(slowest).toBeLessThan(mostScrapeSeconds);
	expect(largest).toBeGreaterThan(40);
	expect(largest).toBeLessThan(mostMemoryMb);
});

test('the metrics keep to the conventions of Prometheus', async () => {
	const text = (await exporters[0]?.scrape()) ?? '';
	const checked = run(requireProgram('promtool', 'prometheus'), ['check', 'metrics']);
	checked.child.stdin?.end(text);
	const { stdout, stderr } = await checked;
	expect(stdout + stderr).toBe('');
});

/** What stands for the variables of a dashboard. */
const filledIn = (expression: string) =>
	expression.replaceAll(/\$(?:job|instance|connector)\b/g, '.*').replaceAll('$__rate_interval', '1m');

test('every query of the dashboard can be asked, and names only what there is', async () => {
	const { panels } = JSON.parse(readFileSync(shipped('vpmon-dashboard.json'), 'utf8')) as {
		panels: ReadonlyArray<{ title: string; targets: ReadonlyArray<{ expr: string }> }>;
	};
	const silent: string[] = [];
	await until('all have answered', async () => (await value('sum(up)')) === exporterCount);
	for (const { title, targets } of panels)
		for (const { expr } of targets)
			if ((await prometheus.query(filledIn(expr))).length === 0 && !silent.includes(title)) silent.push(title);
	// Nothing fails now, and no target here counts probes. Row 1 of these connectors is `untested`, none is down.
	// A sweep that ended before the first scrape is no increase.
	expect(silent.filter((title) => title !== 'Sweep').sort()).toEqual([
		'Failing Safes by cause',
		'Failing checks',
		'Groups: what failing Safes share',
		'Probe budget in use',
	]);
	const [first] = exporters;
	const text = (await first?.scrape()) ?? '';
	const recorded = readFileSync(shipped('vpmon.rules.yaml'), 'utf8');
	const names = new Set(JSON.stringify(panels).match(/[\w:]*vpmon_\w+(?::\w+)?/g));
	expect(names.size).toBeGreaterThan(10);
	for (const name of names) expect(name.includes(':') ? recorded : text).toContain(name);
});

test('sixty Safes that break are one alert that fires, and resolves when they are mended', async () => {
	const sent = (status: string) =>
		prometheus.notifications.flat().filter((alert) => alert.status === status && alert.labels.connector === 'dmz');
	expect(sent('firing')).toEqual([]);
	await Promise.all(network.map((server) => new Promise((resolve) => server.close(resolve))));
	measureNetwork();
	await until('it fires', () => sent('firing').length > 0, 60_000);
	await until('all are counted', async () => {
		const counted = await value('connector_check_cause:vpmon_check_cause:count{connector="dmz"}');
		return counted === inNetwork;
	});
	const [alert] = sent('firing');
	expect(alert?.labels).toMatchObject({
		alertname: 'VpmonSafesFailing',
		severity: 'warning',
		check: 'port',
		cause: 'port-refused',
	});
	expect(await prometheus.query('ALERTS{alertname="VpmonSafesFailing",alertstate="firing"}')).toHaveLength(1);
	expect(await value('vpmon_group_safes{cause="port-refused",connector="dmz",attribute="subnet"}')).toBe(inNetwork);

	network = await listen(networkAddresses, ports.network);
	measureNetwork();
	await until('it resolves', () => sent('resolved').length > 0, 60_000);
	expect(await prometheus.query('ALERTS{alertname="VpmonSafesFailing"}')).toEqual([]);
	expect(await prometheus.query('vpmon_check_cause')).toEqual([]);
});

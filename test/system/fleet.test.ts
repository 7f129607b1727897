import { writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CheckReport } from '../../source/report/check-report.ts';
import { type Account, createAccount } from '../helpers/account.ts';
import { createHome, vpmon } from '../helpers/cli.ts';
import { keyFile, publicKey } from '../helpers/keys.ts';
import { createSshConfig } from '../helpers/ssh-config.ts';
import { type Sshd, settingsForMany, startSshd, targetUser } from '../helpers/sshd.ts';
import { openTerminal } from '../helpers/tmux.ts';

/** Fifty connector hosts in one inventory, each with a connection of its own through a real sshd; five of them take connections and never speak. */
const healthy = Array.from({ length: 45 }, (_, index) => `site-${index + 1}`);
const hanging = Array.from({ length: 5 }, (_, index) => `hung-${index + 1}`);
const safesEach = 4;

const home = createHome();
const config = createSshConfig(home.path);
const environment = { ...home.environment, ...config.environment };
/** A plain shell: what an account of this machine starts for each command is not what is measured. */
let account: Account;
let gateway: Sshd;
let targets: Sshd;
let silence: Server;
const silenced: Socket[] = [];

beforeAll(async () => {
	account = createAccount('user-a');
	gateway = await startSshd({ extra: settingsForMany() });
	targets = await startSshd({ listen: ['0.0.0.0'], extra: settingsForMany() });
	silence = createServer((socket) => silenced.push(socket.on('error', () => {})));
	await new Promise<void>((resolve) => silence.listen(0, '127.0.0.1', resolve));
	const address = silence.address();
	const silentPort = address !== null && typeof address === 'object' ? address.port : 0;
	for (const name of healthy) config.host(name, gateway.port, { user: account.name });
	for (const name of hanging) config.host(name, silentPort);
	config.know(`[127.0.0.1]:${gateway.port} ${publicKey('host-a')}`);
});
afterAll(async () => {
	for (const socket of silenced) socket.destroy();
	silence?.close();
	await gateway?.stop();
	await targets?.stop();
	account?.remove();
	home.remove();
});

function inventory(name: string, hosts: readonly string[]): string {
	const file = join(home.path, `${name}.yaml`);
	const connectors = hosts.map((host) => `  - {name: ${host}, host: 'ssh://${host}', runtime: none}`);
	const safes = hosts.flatMap((host, at) =>
		Array.from(
			{ length: safesEach },
			(_, index) =>
				`  - {name: ${host}-${index}, connector: ${host}, host: 127.5.${at}.${index + 1}, port: ${targets.port}, username: ${targetUser}, hostKey: '${targets.hostKey}', credential: {type: ssh-key, publicKey: ${keyFile('user-a.pub')}}, exempt: true}`,
		),
	);
	writeFileSync(file, `version: 1\nconnectors:\n${connectors.join('\n')}\nsafes:\n${safes.join('\n')}\n`, {
		mode: 0o600,
	});
	return file;
}

/** @returns milliseconds from the start to the last row that was measured of a healthy host's Safes. */
async function sweep(name: string, hosts: readonly string[]): Promise<{ report: CheckReport; healthyMs: number }> {
	const startedAt = Date.now();
	const { stdout, stderr } = await vpmon(['check', '--json', '-i', inventory(name, hosts)], {
		...environment,
		VPMON_RUNTIME_DIR: join(home.path, name),
		VPMON_SITE_DIR: join(home.path, name, 'site'),
	});
	if (stdout === '') throw new Error(stderr);
	const report = JSON.parse(stdout) as CheckReport;
	const measured = report.safes
		.filter(({ connector }) => healthy.includes(connector))
		.flatMap(({ checks }) => checks.map(({ measuredAt }) => (measuredAt === null ? 0 : Date.parse(measuredAt))));
	return { report, healthyMs: Math.max(...measured) - startedAt };
}

test('fifty remote hosts, five of which hang: the others are measured as soon as without these, and the five are said to be out of reach', async () => {
	const alone = await sweep('alone', healthy);
	const beside = await sweep('beside', [...hanging, ...healthy]);
	const verdictsOf = ({ report }: typeof beside, hosts: readonly string[]) =>
		new Set(
			report.safes
				.filter(({ connector }) => hosts.includes(connector))
				.map(({ checks }) => (checks[1]?.verdict === 'pass' ? 'pass' : checks[0]?.summary)),
		);
	expect(verdictsOf(alone, healthy)).toEqual(new Set(['pass']));
	expect(verdictsOf(beside, healthy)).toEqual(new Set(['pass']));
	const hung = beside.report.safes.filter(({ connector }) => hanging.includes(connector));
	expect(hung).toHaveLength(hanging.length * safesEach);
	for (const { checks } of hung)
		expect(checks.map(({ verdict, cause }) => [verdict, cause])).toEqual([
			['unknown', 'connector-unreachable'],
			...Array.from({ length: 4 }, () => ['skip', null]),
		]);
	process.stdout.write(
		`180 Safes behind 45 hosts in ${alone.healthyMs} ms, beside 5 that hang in ${beside.healthyMs} ms\n`,
	);
	// As much again for what else this machine does.
	expect(beside.healthyMs).toBeLessThan(2 * alone.healthyMs + 1000);
});

test('the screen answers keys while five of fifty hosts hang, and says which', async () => {
	const file = inventory('screen', [...hanging, ...healthy]);
	const terminal = openTerminal(
		`exec ${process.execPath} ${new URL('../../dist/cli.js', import.meta.url).pathname} -i ${file}`,
		120,
		36,
		environment,
	);
	try {
		await terminal.see(/○ 180\b/, 60_000);
		terminal.press('?');
		await terminal.see('Help', 3000);
		terminal.press('Escape');
		await terminal.see(/20 Safes +connector host away/, 30_000);
		terminal.press('/', ...'site-7-2', 'Enter');
		await terminal.see(/site-7-2 +connector untested +via site-7 +○✔✔✔✔/, 3000);
	} finally {
		terminal.close();
	}
});

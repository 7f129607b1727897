import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, expect, type TestContext, test } from 'vitest';
import { boardOf, openScreen, pressOn } from '../helpers/board.ts';
import { startBoardSite } from '../helpers/board-site.ts';
import { startExporter } from '../helpers/exporter.ts';
import { fingerprint } from '../helpers/keys.ts';
import { opensshRoot } from '../helpers/openssh-release.ts';
import { startHostWithUsers, type User } from '../helpers/other-users.ts';
import { startTargetServer } from '../helpers/target-server.ts';

/** Several users of one host: whatever their umask and their rights, they share a budget and what they know. */
const anna: User = { name: 'anna', id: 61_001, groups: ['vpmon'] };
const exporterUser: User = { name: 'vpmon-exporter', id: 61_002, groups: ['vpmon'] };
const root: User = { name: 'root', id: 0 };

beforeAll(() => {
	opensshRoot('trixie');
});

async function startCase({ onTestFinished }: TestContext, users: readonly User[], groups: Record<string, number>) {
	const directory = mkdtempSync(join(tmpdir(), 'vpmon-users-'));
	const host = await startHostWithUsers(directory, users, groups);
	const target = await startTargetServer('trixie');
	const site = await startBoardSite();
	onTestFinished(async () => {
		await target.stop();
		site.close();
		host.stop();
		rmSync(directory, { recursive: true, force: true });
	});
	const safe = { name: 'db', target, hostKey: `ssh-ed25519 ${fingerprint('host-a')}` };
	const inventory = site.write('vpmon', [safe], 'sweepEvery: 10m');
	host.run(`chmod 755 ${site.path} && chmod 644 ${inventory}`);
	const { VAULTPAM_TOKEN = '' } = site.environment;
	const environmentOf = (user: User) => ({ ...host.environmentOf(user), VAULTPAM_TOKEN });
	const run = async (user: User, args: readonly string[], more: Record<string, string> = {}) => {
		const [file = '', ...rest] = [...host.as(user), ...host.program, ...args, '-i', inventory];
		const env = { ...environmentOf(user), ...more };
		const { exitCode, stdout, stderr } = await execa(file, rest, { env, reject: false, stdin: 'ignore' });
		return { exitCode, stdout, stderr };
	};
	return { host, target, inventory, environmentOf, run };
}

test('two users of one group, one of them the exporter with umask 0007: both read and write all of it', async (context) => {
	const { host, target, inventory, environmentOf, run } = await startCase(context, [anna, exporterUser], {
		vpmon: 61_000,
	});
	const shared = ['/run/vpmon', '/var/lib/vpmon', '/var/log/vpmon'];
	host.run(shared.map((path) => `mkdir ${path} && chgrp vpmon ${path} && chmod 2770 ${path}`).join('\n'));
	const exporter = await startExporter(inventory, environmentOf(exporterUser), ['--listen', '127.0.0.1:0'], {
		through: host.as(exporterUser, '0007'),
		program: host.program,
	});
	context.onTestFinished(async () => void (await exporter.stop()));
	await exporter.sees(/^vpmon_safes\{verdict="pass"\} 1$/);
	expect(target.seen().probes).toBe(1);
	const screen = await openScreen(inventory, environmentOf(anna), { through: host.as(anna), program: host.program });
	context.onTestFinished(() => screen.close());
	const board = boardOf(exporter, [screen]);
	// What the exporter measured is hers too.
	await board.allSay('db', 'pass', 5000);
	expect(target.seen().probes).toBe(1);

	target.authorize('user-b');
	await pressOn(screen, 'db', 'r');
	await board.allSay('db', 'fail user-or-key-rejected', 20_000);
	expect(screen.screen()).not.toMatch(/readonly|read-only|denied|EACCES/);
	const check = await run(anna, ['check', '--max-age', '5m']);
	expect(check).toMatchObject({ exitCode: 1, stderr: '' });
	expect(target.seen().penalised).toBe(0);
	for (const file of ['/run/vpmon/ledger-1.sqlite', '/var/lib/vpmon/site-1.sqlite'])
		host.run(`test "$(stat -c '%a %G' ${file})" = '660 vpmon' || { stat ${file} >&2; exit 1; }`);
});

test('root beside a user who called it with sudo: one budget and one memory, which stay the user’s', async (context) => {
	const { host, target, inventory, environmentOf, run } = await startCase(context, [anna], {});
	const sudo = { SUDO_UID: String(anna.id), SUDO_GID: String(anna.id), SUDO_USER: anna.name };
	target.authorize('user-b');
	const screen = await openScreen(inventory, environmentOf(anna), { through: host.as(anna), program: host.program });
	context.onTestFinished(() => screen.close());
	await screen.see(/✖ +db/);
	expect(target.seen().probes).toBe(1);
	const recent = await run(root, ['check', '--max-age', '5m'], sudo);
	expect(recent).toMatchObject({ exitCode: 1, stderr: '' });
	expect(target.seen().probes).toBe(1);

	target.authorize('user-a');
	expect((await run(root, ['check', '--again'], sudo)).exitCode).toBe(0);
	await screen.see(/✔ +db/, 3000);
	target.authorize('user-b');
	await pressOn(screen, 'db', 'r');
	// She still may write where root wrote.
	await screen.see(/✖ +db/, 15_000);
	const after = await run(root, ['check', '--max-age', '5m'], sudo);
	expect(after).toMatchObject({ exitCode: 1, stderr: '' });
	expect(screen.screen()).not.toMatch(/readonly|read-only|denied|EACCES/);
	expect(target.seen().penalised).toBe(0);
	const files = `find /run /var/lib ${join(inventory, '..')} ${host.environmentOf(anna).HOME} ${host.environmentOf(root).HOME}`;
	for (const name of ['ledger-1.sqlite', 'site-1.sqlite'])
		host.run(
			`test "$(${files} -name ${name} -printf '%U\\n')" = ${anna.id} || { ${files} -name ${name} -ls >&2; exit 1; }`,
		);
});

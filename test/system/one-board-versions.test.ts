import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, expect, type TestContext, test } from 'vitest';
import { boardOf, openScreen, pressOn } from '../helpers/board.ts';
import { startBoardSite } from '../helpers/board-site.ts';
import { buildCommit, buildVersion, hasCommit } from '../helpers/build-copy.ts';
import { vpmon } from '../helpers/cli.ts';
import { startExporter } from '../helpers/exporter.ts';
import { fingerprint } from '../helpers/keys.ts';
import { opensshRoot } from '../helpers/openssh-release.ts';
import { until } from '../helpers/system.ts';
import { startTargetServer } from '../helpers/target-server.ts';

/** Programs of two versions are open on one host, as after an update. */
const firstVersion = 'd562bb1';
const rejected = 'fail user-or-key-rejected';
const listen = ['--listen', '127.0.0.1:0'];
const project = new URL('../../', import.meta.url).pathname;

beforeAll(() => {
	opensshRoot('trixie');
});

async function startCase({ onTestFinished }: TestContext, settings: string) {
	const target = await startTargetServer('trixie');
	const site = await startBoardSite();
	onTestFinished(async () => {
		await target.stop();
		site.close();
	});
	const safe = { name: 'db', target, hostKey: `ssh-ed25519 ${fingerprint('host-a')}` };
	return { target, site, inventory: site.write('vpmon', [safe], settings) };
}

test('a screen of 0.1.0 beside a newer exporter: one budget, and both go on measuring', async (context) => {
	if (!hasCommit(firstVersion)) {
		process.stdout.write(`left out: this checkout has no history, so no 0.1.0 (${firstVersion}) can be built\n`);
		return context.skip();
	}
	const { target, site, inventory } = await startCase(context, 'sweepEvery: 10m');
	const older = [process.execPath, join(buildCommit(firstVersion, join(site.path, 'older')), 'cli.js')];
	const [exporter, screen] = await Promise.all([
		startExporter(inventory, site.environment),
		openScreen(inventory, site.environment, { program: older }),
	]);
	context.onTestFinished(async () => {
		screen.close();
		await exporter.stop();
	});
	const board = boardOf(exporter, [screen]);
	await board.allSay('db', 'pass');

	target.authorize('user-b');
	const before = target.seen().probes;
	await pressOn(screen, 'db', 'r');
	await screen.see(/✖ +db +user or key rejected/, 15_000);
	expect(target.seen().probes).toBe(before + 1);
	const check = await vpmon(['check', '--again', '-i', inventory], site.environment);
	expect(check.exitCode, check.stderr).toBe(1);
	await board.allSay('db', rejected);

	const { probes, penalised } = target.seen();
	expect(penalised).toBe(0);
	const ledger = new DatabaseSync(join(site.environment.VPMON_RUNTIME_DIR ?? '', 'ledger-1.sqlite'));
	const booked = ledger.prepare('SELECT count(*) AS count FROM booking').get();
	ledger.close();
	expect(booked).toEqual({ count: probes });
});

test('an exporter that is updated under an open screen: the screen goes on, and both share', async (context) => {
	const { target, site, inventory } = await startCase(context, 'exempt: true, sweepEvery: 10m');
	target.authorize('user-b');
	const installed = join(site.path, 'installed');
	cpSync(join(project, 'dist'), installed, { recursive: true });
	const program = [process.execPath, join(installed, 'cli.js')];
	const start = () => startExporter(inventory, site.environment, listen, { program });
	let exporter = await start();
	const screen = await openScreen(inventory, site.environment, { program });
	context.onTestFinished(async () => {
		screen.close();
		await exporter.stop();
	});
	await boardOf(exporter, [screen]).allSay('db', rejected);

	const newer = buildVersion('9.9.9', join(site.path, 'newer'));
	rmSync(installed, { recursive: true });
	cpSync(newer, installed, { recursive: true });
	await exporter.stop();
	exporter = await start();
	await exporter.sees(/^vpmon_build_info\{.*version="9\.9\.9"/);
	const board = boardOf(exporter, [screen]);
	await board.allSay('db', rejected);

	target.authorize('user-a');
	await pressOn(screen, 'db', 'r');
	await board.allSay('db', 'pass', 10_000);
	target.authorize('user-b');
	const { exitCode } = await vpmon(['check', '--again', '-i', inventory], site.environment);
	expect(exitCode).toBe(1);
	await board.allSay('db', rejected, 5000);
	screen.press('?');
	await screen.see(/re-run/);
	screen.press('Escape');
	await until('it quits when told to', () => screen.screen().includes('q quit'));
	screen.press('q');
	await screen.ended();
	expect(exporter.stderr()).not.toMatch(/^\s+at |Error:/m);
});

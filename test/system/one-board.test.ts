import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Board, openBoard, openScreen, pressOn, type Watch, watchBoard } from '../helpers/board.ts';
import { type BoardSafe, type BoardSite, startBoardSite } from '../helpers/board-site.ts';
import { vpmon } from '../helpers/cli.ts';
import { fingerprint } from '../helpers/keys.ts';
import { type MountNamespace, startMountNamespace } from '../helpers/mount-namespace.ts';
import { opensshRoot, type Release, versionOf } from '../helpers/openssh-release.ts';
import {
	type Statement,
	statementInJson,
	statementInMetrics,
	statementInTable,
	statementOfFix,
} from '../helpers/statements.ts';
import { startTargetServer, type TargetServer } from '../helpers/target-server.ts';
import type { Terminal } from '../helpers/tmux.ts';

/** Several people, an exporter and commands on one connector host: they share what they measure, whichever OpenSSH the targets run. */
const releases: readonly Release[] = ['bookworm', 'trixie'];
const sweepEvery = '40s';
/** Two sweeps of everybody, whatever the spread: the second begins after 36 to 44 s. */
const windowMs = 52_000;
const loginEveryMs = 5000;
const mostApartMs = 2000;
/** Between two looks at all four, and for tmux and the scrape themselves. */
const lookTakesMs = 700;
const mostTimesOneScreen = 1.1;
const name = 'web.board.example';

/** A host with programs on it, and the targets that only these programs measure. */
type Host = {
	readonly site: BoardSite;
	readonly inventories: { readonly byName: string; readonly byAddress: string };
	/** Of `web`, which passes, and `backup`, whose key is rejected. */
	readonly shared: TargetServer;
	/** Of `db`, whose host key changed. */
	readonly rebuilt: TargetServer;
};
type Pair = {
	readonly together: Host & { readonly board: Board; readonly watch: Watch };
	readonly alone: Host & { readonly screen: Terminal };
	readonly startedAt: number;
	/** `refused` is what ssh said each time. */
	readonly logins: { tried: number; readonly refused: string[] };
};

let hosts: MountNamespace;
const pairs = new Map<Release, Pair>();
const opened: Array<() => unknown> = [];
let isOver = false;

async function startHost(release: Release): Promise<Host> {
	const shared = await startTargetServer(release);
	const rebuilt = await startTargetServer(release, { address: '127.0.0.3' });
	const site = await startBoardSite();
	opened.push(shared.stop, rebuilt.stop, site.close);
	const safes = (host: string): BoardSafe[] => [
		{ name: 'web', target: shared, host, hostKey: `ssh-ed25519 ${fingerprint('host-a')}` },
		{ name: 'backup', target: shared, host, hostKey: `ssh-ed25519 ${fingerprint('host-a')}`, key: 'user-b' },
		{ name: 'db', target: rebuilt, hostKey: fingerprint('host-b') },
	];
	const write = (file: string, host: string) => site.write(file, safes(host), `sweepEvery: ${sweepEvery}`);
	return {
		site,
		inventories: { byName: write('ours', name), byAddress: write('theirs', '127.0.0.1') },
		shared,
		rebuilt,
	};
}

async function startPair(release: Release): Promise<Pair> {
	const [together, alone] = [await startHost(release), await startHost(release)];
	const { byName, byAddress } = together.inventories;
	const startedAt = performance.now();
	const [board, screen] = await Promise.all([
		openBoard({ exporter: byName, screens: [byName, byName, byAddress] }, together.site.environment, hosts.enter),
		openScreen(alone.inventories.byName, alone.site.environment, { through: hosts.enter }),
	]);
	const watch = watchBoard(board, ['web', 'backup', 'db']);
	const logins: Pair['logins'] = { tried: 0, refused: [] };
	const loggingIn = (async () => {
		while (!isOver) {
			const next = performance.now() + loginEveryMs;
			logins.tried++;
			const { isIn, said } = await together.shared.logIn();
			if (!isIn) logins.refused.push(said);
			await pause(Math.max(0, next - performance.now()));
		}
	})();
	opened.unshift(
		() => watch.stop(),
		() => loggingIn,
		() => board.close(),
		() => screen.close(),
	);
	return { together: { ...together, board, watch }, alone: { ...alone, screen }, startedAt, logins };
}

beforeAll(async () => {
	for (const release of releases) opensshRoot(release);
	const site = await startBoardSite();
	const file = site.writeFile('hosts', `127.0.0.1 localhost ${name}\n`);
	hosts = await startMountNamespace(`mount --bind ${file} /etc/hosts`);
	opened.push(site.close);
	await Promise.all(releases.map(async (release) => pairs.set(release, await startPair(release))));
});
afterAll(async () => {
	isOver = true;
	for (const close of opened) await close();
	hosts?.stop();
});

const probesOf = ({ shared, rebuilt }: Host) => shared.seen().probes + rebuilt.seen().probes;

/** Both at the same time, each step of them by itself. */
async function onBoth(work: (pair: Pair, version: string) => Promise<void>): Promise<void> {
	const one = async (release: Release) => {
		const pair = pairs.get(release);
		if (pair === undefined) throw new Error(`${release} was not started`);
		await work(pair, versionOf[release]).catch((error) => {
			error.message = `${versionOf[release]}: ${error.message}`;
			throw error;
		});
	};
	const ended = await Promise.allSettled(releases.map(one));
	for (const end of ended) if (end.status === 'rejected') throw end.reason;
}

const run = (host: Host, args: readonly string[], environment = host.site.environment) =>
	vpmon([...args, '-i', host.inventories.byName], environment, { through: hosts.enter });

test('the servers are those that are meant, with their own penalties', () =>
	onBoth(async ({ together }, version) => {
		expect(together.shared.log()).toContain(`Local version string SSH-2.0-${version}`);
	}));

test('from the first sweep on all four say which Safe passes and whose key is rejected', () =>
	onBoth(async ({ together: { board } }) => {
		await board.allSay('web', 'pass', 25_000);
		await board.allSay('backup', 'fail user-or-key-rejected', 25_000);
	}));

test('an exporter and three screens make no more connections than one screen', () =>
	onBoth(async ({ together, alone, startedAt }, version) => {
		await pause(Math.max(0, windowMs - (performance.now() - startedAt)));
		const counts = { together: probesOf(together), alone: probesOf(alone) };
		process.stdout.write(`${version}: ${JSON.stringify(counts)} connections in two sweeps\n`);
		expect(counts.alone).toBeGreaterThan(0);
		expect(counts.together).toBeGreaterThan(0);
		expect(counts.together).toBeLessThanOrEqual(counts.alone * mostTimesOneScreen);
	}));

test('what r finds in one of them all four say', () =>
	onBoth(async ({ together: { board, shared } }) => {
		const [first, , third] = board.screens;
		if (first === undefined || third === undefined) throw new Error('there are three screens');
		await pressOn(first, 'db', 'r');
		await board.allSay('db', 'fail host-key-mismatch');
		shared.authorize('user-a', 'user-b');
		// The one that knows the target by its address.
		await pressOn(third, 'backup', 'r');
		await board.allSay('backup', 'pass');
	}));

const wait = ['--budget-wait', '5'];
const expected: Readonly<Record<string, Statement>> = { web: 'pass', backup: 'pass', db: 'fail host-key-mismatch' };
const stated = (says: (safe: string) => Statement) =>
	Object.fromEntries(Object.keys(expected).map((safe) => [safe, says(safe)]));

test('check, report, fix and the metrics say the same as the screens', () =>
	onBoth(async ({ together }) => {
		const json = await run(together, ['check', '--json', ...wait]);
		expect(stated((safe) => statementInJson(JSON.parse(json.stdout), safe))).toEqual(expected);
		expect(json.exitCode).toBe(1);
		const table = await run(together, ['check', ...wait]);
		expect(stated((safe) => statementInTable(table.stdout, safe))).toEqual(expected);
		const metrics = await together.board.exporter.scrape();
		expect(stated((safe) => statementInMetrics(metrics, safe))).toEqual(expected);
		for (const [safe, statement] of Object.entries(expected)) {
			const { stdout, stderr } = await run(together, ['fix', safe, '--dry-run', ...wait]);
			expect({ [safe]: statementOfFix(stdout, safe), stderr }).toMatchObject({ [safe]: statement });
		}
		const out = join(together.site.path, 'reports');
		const flags = ['--format', 'json', '--no-mask', '--yes', '--out', out, ...wait];
		const report = await run(together, ['report', 'db', ...flags]);
		expect(report.exitCode, report.stderr).toBe(0);
		const [file = ''] = readdirSync(out);
		expect(statementInJson(JSON.parse(readFileSync(join(out, file), 'utf8')), 'db')).toBe(expected.db);
	}));

test('each row says when it was measured and by which program', () =>
	onBoth(async ({ together }) => {
		const { stdout } = await run(together, ['check', '--json', '--max-age', '5m']);
		const report = JSON.parse(stdout) as { safes: ReadonlyArray<{ checks: Array<Record<string, string>> }> };
		const rows = report.safes.flatMap(({ checks }) => checks.filter(({ id }) => id !== 'connector'));
		const measured = rows.filter(({ verdict = '' }) => ['pass', 'fail'].includes(verdict));
		expect(measured.length).toBeGreaterThan(5);
		for (const row of measured) {
			expect(row.measuredBy, JSON.stringify(row)).toMatch(/^(?:screen|exporter|check|report|fix)\b/);
			expect(Date.parse(row.measuredAt ?? '')).toBeGreaterThan(Date.now() - 5 * 60_000);
		}
	}));

test('a check adds at most what it would alone, and with --max-age nothing', () =>
	onBoth(async ({ together, alone }) => {
		const before = probesOf(together);
		const recent = await run(together, ['check', '--max-age', '5m']);
		expect(recent).toMatchObject({ exitCode: 1, stderr: '' });
		expect(probesOf(together)).toBe(before);
		await run(together, ['check', ...wait]);
		const added = probesOf(together) - before;
		// Alone is where no other program ever measured.
		const nobodyElse = {
			...alone.site.environment,
			VPMON_RUNTIME_DIR: join(alone.site.path, 'other-run'),
			VPMON_SITE_DIR: join(alone.site.path, 'other-site'),
		};
		const beforeAlone = probesOf(alone);
		await run(alone, ['check', ...wait], nobodyElse);
		expect(added).toBeLessThanOrEqual(probesOf(alone) - beforeAlone);
	}));

test('all the while nobody else was locked out, and no two of them said different things for longer than 2 s', () =>
	onBoth(async ({ together, logins }, version) => {
		const longest = together.watch.longest();
		const apart = `apart for ${longest.ms.toFixed(0)} ms: ${longest.said}`;
		process.stdout.write(`${version}: ${logins.tried} logins beside it; ${apart}\n`);
		expect(logins.tried).toBeGreaterThan(10);
		expect(logins.refused).toEqual([]);
		expect(together.shared.seen().penalised + together.rebuilt.seen().penalised).toBe(0);
		expect(longest.ms, longest.said).toBeLessThan(mostApartMs + lookTakesMs);
	}));

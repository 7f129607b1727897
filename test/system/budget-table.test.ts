import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { openScreen, pressOn } from '../helpers/board.ts';
import { type BoardSafe, type BoardSite, startBoardSite } from '../helpers/board-site.ts';
import { type CliResult, startVpmon, vpmon } from '../helpers/cli.ts';
import { fingerprint, keyFile } from '../helpers/keys.ts';
import { opensshRoot } from '../helpers/openssh-release.ts';
import { requireProgram, until } from '../helpers/system.ts';
import { type Seen, startTargetServer, type TargetServer, usualHostKeys } from '../helpers/target-server.ts';

/** What each case costs at a target with the penalties of OpenSSH 10, counted in the log of the target itself. */
const types = usualHostKeys.length;
/** One more, before a host key is called changed: two hosts behind one address take turns. */
const confirmation = 1;

const opened: Array<() => unknown> = [];
beforeAll(() => {
	opensshRoot('trixie');
});
afterEach(async () => {
	for (const close of opened.splice(0).toReversed()) await close();
});

type Case = {
	readonly site: BoardSite;
	readonly target: TargetServer;
	run(...args: string[]): Promise<CliResult>;
	/** The same, left to run. */
	start(...args: string[]): ReturnType<typeof startVpmon>;
	/** Connections and refused keys since it was last asked for. */
	cost(): Pick<Seen, 'probes' | 'refusedKeys'>;
};

/** A target that nobody probed before, with one Safe `db`. */
async function startCase(safe: Omit<BoardSafe, 'name' | 'target'>): Promise<Case> {
	const target = await startTargetServer('trixie');
	const site = await startBoardSite();
	opened.push(target.stop, site.close);
	const inventory = site.write('vpmon', [{ name: 'db', target, ...safe }]);
	const environment = { ...site.environment, VPMON_AUDIT_FILE: join(site.path, 'audit.jsonl') };
	let last = { probes: 0, refusedKeys: 0 };
	return {
		site,
		target,
		run: (...args) => vpmon([...args, '-i', inventory], environment),
		start: (...args) => startVpmon([...args, '-i', inventory], environment),
		cost() {
			const { probes, refusedKeys, penalised } = target.seen();
			expect(penalised).toBe(0);
			const cost = { probes: probes - last.probes, refusedKeys: refusedKeys - last.refusedKeys };
			last = { probes, refusedKeys };
			return cost;
		},
	};
}

const typed = `ssh-ed25519 ${fingerprint('host-a')}`;

test('passing, key type known: one connection each time', async () => {
	const { run, cost } = await startCase({ hostKey: typed });
	expect((await run('check')).exitCode).toBe(0);
	expect(cost()).toEqual({ probes: 1, refusedKeys: 0 });
	expect((await run('check', '--max-age', '5m')).exitCode).toBe(0);
	expect(cost()).toEqual({ probes: 0, refusedKeys: 0 });
	expect((await run('check', '--again')).exitCode).toBe(0);
	expect(cost()).toEqual({ probes: 1, refusedKeys: 0 });
});

test('passing, fingerprint without a type: up to three connections the first time, then one', async () => {
	const { run, cost } = await startCase({ hostKey: fingerprint('host-ecdsa') });
	expect((await run('check')).exitCode).toBe(0);
	const { probes } = cost();
	expect(probes).toBeGreaterThanOrEqual(1);
	expect(probes).toBeLessThanOrEqual(types);
	expect((await run('check', 'db')).exitCode).toBe(0);
	expect(cost()).toEqual({ probes: 1, refusedKeys: 0 });
});

test('a rejected key costs one query', async () => {
	const { run, cost } = await startCase({ hostKey: typed, key: 'user-b' });
	const { exitCode, stdout } = await run('check', '--json');
	expect(exitCode).toBe(1);
	expect(JSON.parse(stdout).safes[0].cause).toBe('user-or-key-rejected');
	expect(cost()).toEqual({ probes: 1, refusedKeys: 1 });
});

test('a changed host key costs one connection for each offered type and one to confirm; these are kept, so that a later look costs one', async () => {
	const { run, cost } = await startCase({ hostKey: fingerprint('host-b') });
	const first = await run('check', '--json');
	expect(JSON.parse(first.stdout).safes[0].cause).toBe('host-key-mismatch');
	expect(first.exitCode).toBe(1);
	const { probes } = cost();
	expect(probes).toBeGreaterThanOrEqual(types);
	expect(probes).toBeLessThanOrEqual(types + confirmation);
	const later = await run('check', '--json', '--again');
	expect(JSON.parse(later.stdout).safes[0].cause).toBe('host-key-mismatch');
	expect(later.exitCode).toBe(1);
	expect(cost().probes).toBeLessThanOrEqual(1);
});

test('the nc -zv of a report costs one connection, which nothing else takes; without budget its last result stands', async () => {
	requireProgram('nc', 'netcat-openbsd');
	const { run, cost, site } = await startCase({ hostKey: fingerprint('host-b') });
	// Takes all that is left for connections which end before a login.
	for (let turn = 0; turn < 2; turn++) expect((await run('check', '--budget-wait', '5')).exitCode).toBe(1);
	cost();
	const out = join(site.path, 'reports');
	const flags = ['--max-age', '5m', '--yes', '--no-mask', '--out', out];
	const { exitCode, stderr } = await run('report', 'db', ...flags);
	expect(exitCode, stderr).toBe(0);
	expect(cost()).toEqual({ probes: 1, refusedKeys: 0 });
	const [file = ''] = readdirSync(out);
	const succeeded = /^Connection to .* succeeded!$/m;
	const first = readFileSync(join(out, file), 'utf8');
	expect(first).toMatch(succeeded);
	expect(first).not.toContain('Not run for this report');
	// The next has none left.
	const later = join(site.path, 'later');
	const again = await run('report', 'db', ...flags.slice(0, -1), later);
	expect(again.exitCode, again.stderr).toBe(0);
	expect(cost()).toEqual({ probes: 0, refusedKeys: 0 });
	const second = readFileSync(join(later, readdirSync(later)[0] ?? ''), 'utf8');
	expect(second).toMatch(succeeded);
	expect(second).toMatch(
		/^The last result, of .*report.*\. Not run for this report: the probe budget is used up, free at \S+ UTC\.$/m,
	);
});

test('without budget a pass stands with its time, fix does not trust it, and who waits holds no claim', async () => {
	const { run, start } = await startCase({ hostKey: typed });
	const notice = /^vpmon: db: (?:as of|\d\d:\d\d:\d\d by check).* free again at \d\d:\d\d:\d\d$/m;
	// Waits for the seconds; what is left to be refused are the four connections in ten minutes.
	const check = () => run('check', 'db', '--budget-wait', '5');
	let last = await check();
	for (let turn = 0; turn < 4 && !notice.test(last.stderr); turn++) last = await check();
	expect(last.stderr).toMatch(notice);
	expect(last).toMatchObject({ exitCode: 0 });
	const fixed = await run('fix', 'db', '--budget-wait', '5');
	expect(fixed.stderr).toContain('nobody knows whether there is something to fix');
	expect(fixed.exitCode).toBe(3);
	const waiting = start('check', 'db', '--budget-wait', '3600');
	opened.push(() => waiting.kill());
	let said = '';
	waiting.stderr.on('data', (text) => {
		said += text;
	});
	await until('it waits for its turn', () => said.includes('waits'));
	const { stdout } = await run('memory', '--json');
	expect(JSON.parse(stdout).claims).toEqual([]);
	expect(waiting.nodeChildProcess.exitCode).toBeNull();
});

test('within 30 s after a sweep a person can press r twice on any Safe, and each press measures', async () => {
	const site = await startBoardSite();
	opened.push(site.close);
	const cases: ReadonlyArray<[string, Omit<BoardSafe, 'name' | 'target'>, RegExp]> = [
		['web', { hostKey: typed }, /✔ +web/],
		['backup', { hostKey: typed, key: 'user-b' }, /✖ +backup/],
		['db', { hostKey: fingerprint('host-b') }, /[✖?] +db/],
	];
	const targets = new Map<string, TargetServer>();
	for (const [name] of cases) targets.set(name, await startTargetServer('trixie'));
	for (const target of targets.values()) opened.push(target.stop);
	const safes = cases.flatMap(([name, more]) => {
		const target = targets.get(name);
		return target === undefined ? [] : [{ name, target, ...more }];
	});
	const screen = await openScreen(site.write('vpmon', safes, 'sweepEvery: 5m'), site.environment);
	opened.push(screen.close);
	for (const [, , line] of cases) await screen.see(line);
	await screen.see('swept ');
	const sweptAt = performance.now();
	for (const press of ['first', 'second']) {
		for (const [name, target] of targets) {
			const before = target.seen().probes;
			await pressOn(screen, name, 'r');
			const left = Math.max(1000, 30_000 - (performance.now() - sweptAt));
			await until(`the ${press} r on ${name} measures`, () => target.seen().probes > before, left);
			// What it came to, and when.
			await screen.see(new RegExp(`${name}\\b.*\\d\\d:\\d\\d`));
		}
	}
	expect(performance.now() - sweptAt).toBeLessThan(30_000);
	for (const target of targets.values()) expect(target.seen().penalised).toBe(0);
});

test('the sequence of the README: check, dry run, fix with the fingerprint, measured again; all within the budget', async () => {
	const { run, cost } = await startCase({ hostKey: fingerprint('host-b') });
	expect((await run('check')).exitCode).toBe(1);
	const dry = await run('fix', 'db', '--dry-run');
	expect(dry.stdout).toContain('db (fail, host-key-mismatch)');
	const key = execFileSync(requireProgram('ssh-keygen', 'openssh-client'), ['-lf', keyFile('host-a.pub')], {
		encoding: 'utf8',
	});
	const fixed = await run('fix', 'db', '--yes', '--fingerprint', key);
	expect(fixed.stdout, fixed.stderr).toContain('before: fail, host-key-mismatch');
	expect(fixed.stdout).toContain('after:  pass');
	expect(fixed.exitCode).toBe(0);
	// Of 4 connections that end without a login in 10 minutes, and the one that asks about the key.
	expect(cost().probes).toBeLessThanOrEqual(types + confirmation + 1);
	expect((await run('check', '--max-age', '5m')).exitCode).toBe(0);
});

import { symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Inventory } from '../../source/domain/inventory.ts';
import { identityOf } from '../../source/engine/sharing/safe-identity.ts';
import { parseInventory } from '../../source/inventory/file.ts';
import type { MemoryReport } from '../../source/report/memory-report.ts';
import { openSiteMemory } from '../../source/storage/site-memory/open-site-memory.ts';
import { createHome, vpmon } from '../helpers/cli.ts';
import { authEvidence, connectionEvidence, hostKey, measurement } from '../helpers/measurement.ts';

const home = createHome();
const file = join(home.path, 'vpmon.yaml');
const directory = join(home.path, 'site');
const at = Date.now() - 60_000;
const anna = { program: 'screen', uid: 4711, user: 'anna' } as const;
const exporter = { program: 'exporter', uid: process.getuid?.() ?? -1, user: 'me' } as const;
const run = (...args: string[]) => vpmon(['memory', ...args, '-i', file], home.environment);

const safe = (name: string, host: string, more = '') =>
	`{name: ${name}, host: ${host}, username: deploy, credential: {type: password}${more}}`;
const text = `version: 1
defaults: {connector: dc1}
connectors: [{name: dc1, runtime: none}]
safes: [${[safe('db', 'db1.example'), safe('same', '10.0.0.5'), safe('new', '10.9.9.9'), safe('vault', '10.0.0.5', ', sensitive: true')].join(', ')}]
`;

const open = (path = directory) => openSiteMemory(path, exporter, { pollMs: 1e6 });
function identity({ safes, connectors }: Inventory, name: string): string {
	const [found] = safes.filter((candidate) => candidate.name === name);
	const [connector] = connectors;
	if (found === undefined || connector === undefined) throw new Error(`no Safe ${name}`);
	return identityOf(found, connector, null);
}

beforeAll(async () => {
	writeFileSync(file, text, { mode: 0o600 });
	const inventory = parseInventory(text, file);
	const key = (address: string, port = 22) => ({ source: hostname(), origin: 'host', address, port });
	const connection = connectionEvidence({ address: '10.0.0.5' });
	const name = { name: 'db1.example', addresses: ['10.0.0.5'], durationMs: 1, error: null };
	const more = { at, key: key('10.0.0.5'), writer: exporter };
	const memory = await open();
	await memory.put([
		measurement({ part: 'name', evidence: name }, { ...more, key: key('db1.example', 0) }),
		measurement({ part: 'connections', evidence: [connection] }, more),
		measurement({ part: 'host-key', evidence: hostKey() }, more),
		measurement({ part: 'answer', evidence: { auth: authEvidence(), connection } }, { ...more, writer: anna }),
		measurement(
			{ part: 'connections', evidence: [connectionEvidence({ address: '10.7.7.7' })] },
			{ ...more, key: key('10.7.7.7') },
		),
	]);
	const db = identity(inventory, 'db');
	memory.putNote(db, { text: 'ticket 4711\u001b[2J', at, until: null, by: anna });
	memory.putReportedError(db, { text: 'Permission denied', at, by: anna });
	const sample = { verdict: 'pass', cause: null, ms: 5, isOwn: true } as const;
	memory.putSamples([
		{ safe: db, at, ...sample },
		{ safe: 'another', at, ...sample },
	]);
	await memory.flushSamples();
	memory.close();
	const own = await open(join(home.path, 'state', 'vpmon', 'private'));
	own.putNote(identity(inventory, 'vault'), { text: 'secret matter', at, until: null, by: exporter });
	own.close();
});
afterAll(() => home.remove());

test('what is kept, where and by whom, by the Safes of the inventory', async () => {
	const { exitCode, stdout, stderr } = await run();
	expect([exitCode, stderr]).toEqual([0, '']);
	expect(stdout).toContain(join(directory, 'site-1.sqlite'));
	expect(stdout).toMatch(/ 0600, \d+ kB; only (\S+ and )?root can read it\n/);
	expect(stdout).toMatch(/\n10\.0\.0\.5:22 \(db1\.example\) {2}db, same, vault\n/);
	expect(stdout).toMatch(/ port {7}open, [\d.]+ ms, .* by exporter\n/);
	expect(stdout).toMatch(/ host key {3}ssh-ed25519 SHA256:a{43}, first .*, last .* by exporter\n/);
	expect(stdout).toMatch(/ answer {5}\S+, .* by screen of anna\n/);
	expect(stdout).toMatch(/ note {7}db: ticket 4711, .* by screen of anna\n/);
	expect(stdout).toMatch(/ note {7}vault: secret matter, .* by exporter\n/);
	expect(stdout).toMatch(/ error text db: Permission denied, .* by screen of anna\n/);
	expect(stdout).toContain('samples    db: 1 of 24 h, 1 h of 30 days');
	expect(stdout).toContain(`1 target of ${file}, 1 of others; samples of 1 other Safe; 0 changes in 30 days`);
	expect(stdout).not.toContain('\u001b');
	const report = JSON.parse((await run('--json')).stdout) as MemoryReport;
	expect(report.schemaVersion).toBe(1);
	expect(report.targets.map(({ address, safes, names }) => [address, safes, names])).toEqual([
		['10.0.0.5', ['db', 'same', 'vault'], ['db1.example']],
	]);
	expect(report.files.map(({ isPrivate }) => isPrivate)).toEqual([false, true]);
});

test('a directory that is not used is told, and nothing is called forgotten there', async () => {
	const link = join(home.path, 'link');
	symlinkSync(directory, link);
	const environment = { ...home.environment, VPMON_SITE_DIR: link };
	const told = await vpmon(['memory', '-i', file], environment);
	expect(told.stderr).toMatch(/link is a link, which is not followed/);
	const forgotten = await vpmon(['memory', '-i', file, '--forget', 'db'], environment);
	expect([forgotten.exitCode, forgotten.stdout]).toEqual([2, '']);
	expect(forgotten.stderr).toMatch(/Not forgotten: .*link is a link/);
});

test('a Safe that is forgotten is gone with its target; nothing else is', async () => {
	const unknown = await run('--forget', 'dbx');
	expect([unknown.exitCode, unknown.stdout]).toEqual([2, '']);
	expect(unknown.stderr).toContain('It has db, same, new, vault');
	expect((await run('--forget', 'new')).stdout).toBe('nothing is kept of new (deploy@10.9.9.9:22)');
	const { exitCode, stdout } = await run('--forget', 'db');
	expect(exitCode).toBe(0);
	expect(stdout).toMatch(/^forgotten: \d+ rows of db \(deploy@db1\.example:22\): /);
	const report = JSON.parse((await run('--json')).stdout) as MemoryReport;
	expect([report.targets, report.otherTargets, report.otherSafes]).toEqual([[], 1, 1]);
	expect(report.safes.map(({ note, samples }) => [note?.text ?? null, samples])).toEqual([
		[null, 0],
		[null, 0],
		[null, 0],
		['secret matter', 0],
	]);
	expect(JSON.parse((await run('--forget', 'db', '--json')).stdout)).toEqual({
		...{ schemaVersion: 1, forgotten: 'db', rows: 0 },
	});
});

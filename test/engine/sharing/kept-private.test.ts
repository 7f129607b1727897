import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readyFix, runFix } from '../../../source/engine/run-fix.ts';
import { fixContextFor } from '../../../source/engine/session/read.ts';
import { fixById, planFix } from '../../../source/runbook/fix-plan.ts';
import { safeNamed } from '../../helpers/learn.ts';
import { createSharedHost, inventoryOf, sshPort, type WrittenSafe } from '../../helpers/shared-host.ts';

/** What stays out of the file that all users of a host read. */

const a = '10.0.0.5:22';
const b = '10.0.0.6:22';
const secret: WrittenSafe = { name: 'vault', host: 'vault.example', username: 'backup', sensitive: true };
const open: WrittenSafe = { name: 'db', host: '10.0.0.5' };
let site: ReturnType<typeof createSharedHost>;
beforeEach(() => {
	site = createSharedHost({ names: { 'vault.example': ['10.0.0.6'] }, ports: { [a]: sshPort(), [b]: sshPort() } });
});
afterEach(() => site.close());

/** Every value of every row. */
function dump(file: string): string {
	const database = new DatabaseSync(file, { readOnly: true });
	try {
		const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as Array<{
			name: string;
		}>;
		return JSON.stringify(tables.map(({ name }) => database.prepare(`SELECT * FROM "${name}"`).all()));
	} finally {
		database.close();
	}
}
const privateFile = (uid = 1000) => join(site.directory, `private-${uid}`, 'site-1.sqlite');

test('nothing of a target that only sensitive Safes have is in the shared file', async () => {
	const one = await site.start(inventoryOf([secret, open]));
	await one.sweep();
	expect(one.verdict('vault')).toBe('pass');
	for (const word of ['vault', '10.0.0.6', 'backup']) {
		expect(dump(site.file), word).not.toContain(word);
		expect(dump(privateFile()), word).toContain(word);
		// Nor in what a deleted row leaves behind, such as of a claim.
		expect(readFileSync(site.file, 'latin1'), word).not.toContain(word);
	}
	expect(dump(site.file)).toContain('10.0.0.5');
});

test('programs of one user share them through the private one', async () => {
	const one = await site.start(inventoryOf([secret]));
	await one.sweep();
	const other = await site.start(inventoryOf([secret]));
	await other.sweep();
	expect(other.connections()).toEqual([]);
	expect(other.verdict('vault')).toBe('pass');
});

test('of a target that another Safe has as well, only what concerns the sensitive user is kept back', async () => {
	const both = [{ ...secret, host: '10.0.0.5' }, open];
	const one = await site.start(inventoryOf(both));
	await one.sweep();
	expect(dump(site.file)).toContain('10.0.0.5');
	expect(dump(site.file)).toContain('deploy');
	expect(dump(site.file)).not.toContain('backup');
	expect(dump(privateFile())).toContain('backup');
	const other = await site.start(inventoryOf(both));
	await other.sweep();
	expect(other.connections()).toEqual([]);
	expect([other.verdict('vault'), other.verdict('db')]).toEqual(['pass', 'pass']);
});

test('share: false: nothing is written, read or claimed, not even for a fix', async () => {
	const settings = { exempt: true, share: false };
	const one = await site.start(inventoryOf([open], settings));
	await one.engine.followOthers();
	await one.sweep();
	const safe = safeNamed(one.engine.session, 'db');
	const fix = fixById('restart-connector');
	if (fix === undefined) throw new Error('no such fix');
	const plan = planFix(fix, { context: fixContextFor(one.engine.session, safe), result: null }, {});
	if ('need' in plan) throw new Error(plan.need);
	const ready = await readyFix(one.engine, plan, safe);
	const said: string[] = [];
	const claimed: string[] = [];
	const other = await site.start(inventoryOf([open]));
	await runFix(one.engine, ready, {
		auditFile: join(site.directory, 'audit.jsonl'),
		budgetWaitMs: 0,
		onProgress(line) {
			said.push(line);
			claimed.push(...other.shared.claims('').map(({ key }) => key));
		},
	});
	expect(said).not.toEqual([]);
	expect(claimed).toEqual([]);
	expect(dump(site.file)).not.toContain('10.0.0.5');
	expect(dump(site.file)).not.toContain('agent');
	await other.sweep();
	one.shared.poll();
	const { connections } =
		one.engine.sharing.board.at({ source: 'scenario', origin: 'host', address: '10.0.0.5', port: 22 }) ?? {};
	expect(connections?.writer).toBe(one.engine.sharing.self);
});

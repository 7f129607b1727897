import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Ledger, type LedgerEntry, openLedger } from '../../source/storage/ledger.ts';

const run = promisify(execFile);
const program = new URL('../helpers/ledger-process.ts', import.meta.url).pathname;
const key = { source: 'test', address: '10.0.0.5', port: 22, siblings: [] };

let directory: string;
let ledger: Ledger;
beforeEach(async () => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	ledger = await openLedger(directory);
});
afterEach(() => {
	ledger.close();
	rmSync(directory, { recursive: true });
});

const reserve = async (kind: 'key-query' | 'unfinished' = 'unfinished', target = key) => {
	const answer = await ledger.reserve(target, { kind, trigger: 'key' });
	if ('reason' in answer) throw new Error(answer.detail);
	return answer;
};

test('what was reserved is used of that target alone', async () => {
	await reserve('key-query');
	expect((await reserve()).used.seconds).toBeGreaterThan(4.5);
	expect((await reserve('unfinished', { ...key, port: 23 })).used).toEqual({ seconds: 0, unfinished: 0 });
	expect((await reserve('unfinished', { ...key, source: 'other' })).used.seconds).toBe(0);
});

test('a reservation is made before the connection, and released to what the target will count', async () => {
	const releaseAs = async (how: Parameters<Ledger['release']>[2]) => {
		const target = { ...key, address: how };
		const entry: LedgerEntry = await reserve('key-query', target);
		await ledger.release(entry, 'key-query', how);
		return (await reserve('unfinished', target)).used;
	};
	expect((await releaseAs('not-reached')).seconds).toBe(0);
	expect((await releaseAs('open')).seconds).toBe(0);
	const unfinished = await releaseAs('unfinished');
	expect(unfinished.seconds).toBeCloseTo(1, 0);
	expect(unfinished.unfinished).toBe(1);
	expect((await releaseAs('query-refused')).seconds).toBeCloseTo(5, 0);
	expect((await releaseAs('query-accepted')).unfinished).toBe(1);
});

test('what is in use counts every target of which anything is used', async () => {
	expect(await ledger.inUse()).toEqual({ targets: 0, full: 0, mostSeconds: 0 });
	await reserve('key-query');
	await reserve('unfinished');
	await reserve('unfinished', { ...key, port: 23 });
	const inUse = await ledger.inUse();
	expect(inUse).toMatchObject({ targets: 2, full: 1 });
	expect(inUse?.mostSeconds).toBeCloseTo(6, 0);
});

test('it survives a restart', async () => {
	await reserve('key-query');
	ledger.close();
	ledger = await openLedger(directory);
	expect((await reserve()).used.seconds).toBeGreaterThan(4);
});

test('six processes at once reserve no more than one would be allowed to', async () => {
	const results = await Promise.all(Array.from({ length: 6 }, () => run(process.execPath, [program, directory, '15'])));
	const total = results.reduce((sum, { stdout }) => sum + Number(stdout), 0);
	expect(total).toBe(4);
});

test('many processes reserving different targets lose nothing', async () => {
	await Promise.all(
		Array.from({ length: 8 }, (_, index) => run(process.execPath, [program, directory, '3', `10.0.1.${index}`])),
	);
	for (let index = 0; index < 8; index++) {
		expect((await reserve('unfinished', { ...key, address: `10.0.1.${index}` })).used.unfinished).toBe(3);
	}
});

test('a process that is killed while it holds the lock leaves neither a lock nor half a reservation', async () => {
	const holder = spawn(process.execPath, [
		'-e',
		`const {DatabaseSync}=require('node:sqlite');const d=new DatabaseSync(${JSON.stringify(join(directory, 'ledger-1.sqlite'))});
		d.exec("BEGIN IMMEDIATE; INSERT INTO booking (source,address,port,at,kind,seconds) VALUES ('test','10.0.0.5',22,${Date.now()},'open-query',5)");
		process.stdout.write('held');setInterval(()=>{},1000)`,
	]);
	await new Promise((resolve) => holder.stdout.once('data', resolve));
	const waiting = ledger.reserve(key, { kind: 'unfinished', trigger: 'key' });
	setTimeout(() => holder.kill('SIGKILL'), 100);
	expect(await waiting).toMatchObject({ used: { seconds: 0, unfinished: 0 } });
});

test('many reservations of one process at once are all made', async () => {
	const many = Array.from({ length: 50 }, (_, index) => reserve('unfinished', { ...key, address: `10.0.2.${index}` }));
	expect((await Promise.all(many)).every(({ used }) => used.unfinished === 0)).toBe(true);
});

test('while another process keeps the lock nothing is probed, and nothing hangs', async () => {
	const holder = spawn(process.execPath, [
		'-e',
		`const {DatabaseSync}=require('node:sqlite');new DatabaseSync(${JSON.stringify(join(directory, 'ledger-1.sqlite'))}).exec('BEGIN IMMEDIATE');
		process.stdout.write('held');setInterval(()=>{},1000)`,
	]);
	try {
		await new Promise((resolve) => holder.stdout.once('data', resolve));
		expect(await ledger.reserve(key, { kind: 'unfinished', trigger: 'key' })).toMatchObject({
			reason: 'ledger',
			freeAt: null,
			detail: expect.stringContaining('locked; see which: fuser'),
		});
	} finally {
		holder.kill('SIGKILL');
	}
});

test('a corrupt ledger is set aside, not lost, and a new one begun', async () => {
	ledger.close();
	writeFileSync(join(directory, 'ledger-1.sqlite'), 'this is no database, but it is long enough to look at'.repeat(20));
	ledger = await openLedger(directory);
	await reserve();
	expect(readdirSync(directory).some((file) => file.startsWith('ledger-1.sqlite.corrupt-'))).toBe(true);
});

test('what is used of one address of a name counts for the others', async () => {
	await reserve('key-query');
	const other = { ...key, address: '10.0.0.6' };
	expect((await reserve('unfinished', other)).used.seconds).toBe(0);
	const named = { ...other, siblings: ['10.0.0.5', '10.0.0.6'] };
	expect(await ledger.reserve(named, { kind: 'unfinished', trigger: 'key' })).toMatchObject({ reason: 'seconds' });
});

test('many reservations of one process at once do not get in each other’s way', async () => {
	const targets = Array.from({ length: 100 }, (_, index) => ({ ...key, address: `10.0.2.${index}` }));
	expect(await Promise.all(targets.map((target) => reserve('unfinished', target)))).toHaveLength(100);
});

import { mkdirSync, mkdtempSync, rmdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openLedger } from '../../source/storage/ledger.ts';
import { createPatientLedger } from '../../source/storage/patient-ledger.ts';

const key = { source: 'test', address: '10.0.0.5', port: 22, siblings: [] };
let directory: string;
let file: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	file = join(directory, 'ledger-1.sqlite');
});
afterEach(() => rmSync(directory, { recursive: true }));

const start = (retryMs = 0) => createPatientLedger(() => openLedger(directory), retryMs).ledger;

test('a directory in its place: refused with what to do, and used once it is gone', async () => {
	mkdirSync(file);
	const ledger = start();
	expect(await ledger.reserve(key, { kind: 'unfinished', trigger: 'key' })).toEqual({
		reason: 'ledger',
		freeAt: null,
		detail: `the probe budget's ledger cannot be used: ${file} is a directory; move it away: mv ${file} ${file}.old`,
	});
	expect(await ledger.inUse()).toBeNull();
	rmdirSync(file);
	expect(await ledger.reserve(key, { kind: 'unfinished', trigger: 'key' })).toMatchObject({ used: { seconds: 0 } });
	ledger.close();
	expect(await ledger.reserve(key, { kind: 'unfinished', trigger: 'key' })).toMatchObject({ reason: 'ledger' });
});

test('one of another kind is left as it is', async () => {
	const other = new DatabaseSync(file);
	other.exec('CREATE TABLE booking (a); INSERT INTO booking VALUES (1)');
	const ledger = start();
	expect(await ledger.reserve(key, { kind: 'unfinished', trigger: 'key' })).toMatchObject({
		detail: expect.stringContaining(`move it away: mv ${file}`),
	});
	expect(other.prepare('SELECT a FROM booking').all()).toHaveLength(1);
	other.close();
	ledger.close();
});

test('while another program holds it, only the first of many waits for it', async () => {
	const other = new DatabaseSync(file);
	other.exec('BEGIN EXCLUSIVE');
	const { ledger, opened } = createPatientLedger(() => openLedger(directory), 60_000);
	await opened;
	const began = performance.now();
	for (let count = 0; count < 50; count++)
		expect(await ledger.reserve(key, { kind: 'unfinished', trigger: 'key' })).toMatchObject({
			detail: expect.stringContaining('locked; see which: fuser'),
		});
	expect(performance.now() - began).toBeLessThan(1000);
	other.exec('ROLLBACK');
	other.close();
	ledger.close();
});

test('a file that was replaced is left for the new one, and what stood in it is not released there', async () => {
	const ledger = start();
	const reserved = await ledger.reserve(key, { kind: 'unfinished', trigger: 'key' });
	rmSync(file);
	await ledger.reserve(key, { kind: 'key-query', trigger: 'key' });
	if ('reason' in reserved) throw new Error(reserved.detail);
	await ledger.release(reserved, 'unfinished', 'not-reached');
	expect((await ledger.inUse())?.targets).toBe(1);
	rmSync(file);
	symlinkSync(join(directory, 'elsewhere'), file);
	expect(await ledger.reserve(key, { kind: 'unfinished', trigger: 'key' })).toMatchObject({
		detail: expect.stringContaining('is a link'),
	});
	ledger.close();
});

test('it is looked for again after a while, not for every Safe', async () => {
	const open = vi.fn(() => Promise.reject(new Error('no such thing')));
	const { ledger, opened } = createPatientLedger(open, 60_000);
	await opened;
	for (let count = 0; count < 5; count++) await ledger.reserve(key, { kind: 'unfinished', trigger: 'key' });
	expect(open).toHaveBeenCalledTimes(1);
});

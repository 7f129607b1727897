import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UserError } from '../../source/domain/user-error.ts';
import { writeReport } from '../../source/report/write-report.ts';

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const at = new Date('2026-11-22T08:14:07.120Z');

test('a new file for its owner only, in a directory that is made, named by time', async () => {
	const reports = join(directory, 'state', 'reports');
	const path = await writeReport(reports, 'text', at);
	expect(path).toMatch(/\/vpmon-report-20261122T081407Z-[0-9a-f]{8}\.md$/);
	expect(readFileSync(path, 'utf8')).toBe('text');
	expect(statSync(path).mode & 0o777).toBe(0o600);
	expect(statSync(reports).mode & 0o777).toBe(0o700);
	expect(readdirSync(reports)).toHaveLength(1);
});

test('two in the same second are two', async () => {
	const paths = await Promise.all(Array.from({ length: 5 }, () => writeReport(directory, 'text', at)));
	expect(new Set(paths).size).toBe(5);
});

test('where it cannot be written there is an error, and nothing half', async () => {
	const file = join(directory, 'a-file');
	writeFileSync(file, '');
	await expect(writeReport(file, 'text', at)).rejects.toThrow(UserError);
	await expect(writeReport(join(file, 'below'), 'text', at)).rejects.toThrow(/could not be written/);
	// root may write everywhere.
	if (process.getuid?.() !== 0) {
		chmodSync(directory, 0o500);
		await expect(writeReport(directory, 'text', at)).rejects.toThrow(UserError);
		chmodSync(directory, 0o700);
	}
	expect(readdirSync(directory)).toEqual(['a-file']);
});

import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSharedText } from '../../source/storage/read-shared.ts';
import { prepareDirectory } from '../../source/storage/safe-directory.ts';
import { isSameFile, openForAppend, prepareDatabaseFile } from '../../source/storage/shared-files.ts';

let directory: string;
let umask: number;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	umask = process.umask();
});
afterEach(() => {
	process.umask(umask);
	rmSync(directory, { recursive: true });
});

const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);
const shared = () => {
	const path = join(directory, 'shared');
	mkdirSync(path);
	chmodSync(path, 0o2770);
	return path;
};
const append = async (file: string) => {
	const handle = await openForAppend(file);
	await handle.appendFile('line\n');
	await handle.close();
};

test.each(['0', '0007', '0022', '0077'])(
	'in a directory of a group files are the group’s with umask %s',
	async (mask) => {
		const [group, own] = [shared(), join(directory, 'own')];
		process.umask(Number.parseInt(mask, 8));
		for (const place of [group, join(group, 'below'), own]) {
			await append(join(place, 'lines'));
			prepareDatabaseFile(join(place, 'database'));
		}
		await (await openForAppend(join(group, 'private'), 'owner')).close();
		expect([modeOf(join(group, 'lines')), modeOf(join(group, 'database'))]).toEqual(['660', '660']);
		expect([modeOf(join(group, 'below')), modeOf(join(group, 'below', 'lines'))]).toEqual(['2770', '660']);
		expect([modeOf(own), modeOf(join(own, 'lines')), modeOf(join(own, 'database'))]).toEqual(['700', '600', '600']);
		expect(modeOf(join(group, 'private'))).toBe('600');
	},
);

test('what an earlier umask took away is given back by the owner, also for the journal', async () => {
	const file = join(shared(), 'database');
	for (const path of [file, `${file}-journal`, `${file}.jsonl`]) writeFileSync(path, '', { mode: 0o640 });
	prepareDatabaseFile(file);
	await append(`${file}.jsonl`);
	expect([file, `${file}-journal`, `${file}.jsonl`].map(modeOf)).toEqual(['660', '660', '660']);
});

test('neither a link nor a second name is written through, nor is a pipe waited for', async () => {
	const place = shared();
	const [victim, link, second, folder] = ['victim', 'link', 'second', 'folder'].map((name) => join(place, name)) as [
		string,
		string,
		string,
		string,
	];
	writeFileSync(victim, 'precious', { mode: 0o644 });
	symlinkSync(victim, link);
	linkSync(victim, second);
	mkdirSync(folder);
	for (const [file, why] of [
		[link, 'is a link'],
		[second, 'a second name'],
		[folder, 'is a directory'],
	] as const) {
		await expect(append(file)).rejects.toThrow(why);
		expect(() => prepareDatabaseFile(file)).toThrow(why);
	}
	expect(() => readSharedText(link)).toThrow('is a link');
	writeFileSync(join(place, 'fine'), '');
	symlinkSync(victim, join(place, 'fine-journal'));
	expect(() => prepareDatabaseFile(join(place, 'fine'))).toThrow('is a link');
	expect([readSharedText(join(place, 'none')), statSync(victim).size, modeOf(victim)]).toEqual([null, 8, '644']);
});

test('a directory that is a link, or that everybody may write, is not used', async () => {
	const [link, open] = [join(directory, 'link'), join(directory, 'open')];
	symlinkSync(shared(), link);
	mkdirSync(open);
	chmodSync(open, 0o777);
	expect(() => prepareDirectory(link)).toThrow('is a link');
	expect(() => prepareDirectory(open)).toThrow('can be written by everybody');
	await expect(append(join(link, 'lines'))).rejects.toThrow('is a link');
	expect(() => prepareDirectory(join(open, 'below'))).toThrow(`${open} can be written by everybody`);
	await expect(append(join(open, 'below', 'lines'))).rejects.toThrow('can be written by everybody');
	// As /tmp: lines may be added there, a database is not kept.
	chmodSync(open, 0o1777);
	await append(join(open, 'lines'));
	expect(modeOf(join(open, 'lines'))).toBe('600');
	expect(() => prepareDatabaseFile(join(open, 'database'))).toThrow('can be written by everybody');
});

test('a file that was replaced is another one', () => {
	const file = join(directory, 'database');
	const id = prepareDatabaseFile(file);
	expect(isSameFile(file, id)).toBe(true);
	rmSync(file);
	expect(isSameFile(file, id)).toBe(false);
	writeFileSync(join(directory, 'other'), '');
	symlinkSync(join(directory, 'other'), file);
	expect(isSameFile(file, id)).toBe(false);
});

test('of a long file the end is read, from a line’s begin on', () => {
	const file = join(directory, 'lines');
	writeFileSync(file, 'first\nsecond\nthird\n');
	expect(readSharedText(file, 10)).toBe('third\n');
	expect(readSharedText(file)).toBe('first\nsecond\nthird\n');
});

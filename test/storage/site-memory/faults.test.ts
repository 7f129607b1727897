import {
	closeSync,
	existsSync,
	lstatSync,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	rmdirSync,
	rmSync,
	statSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
	writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { hostKey, measurement, measurementKey } from '../../helpers/measurement.ts';
import { exporter, type OpenedMemory, siteMemories } from '../../helpers/site-memory.ts';

const site = siteMemories();
const at = Date.now() - 60_000;
const rows = (count: number, run: string) =>
	Array.from({ length: count }, (_, index) =>
		measurement(
			{ part: 'host-key', evidence: hostKey() },
			{ at, run, key: { ...measurementKey, address: `10.0.${index >> 8}.${index & 255}` } },
		),
	);
const openThree = async () => [await site.open(), await site.open(exporter), await site.open()] as const;
const aside = () => readdirSync(site.directory()).filter((name) => /\.corrupt-\d+$/.test(name));

/** Each of them reads what any of them writes. */
async function expectShared(memories: readonly OpenedMemory[]): Promise<void> {
	for (const [index, memory] of memories.entries()) {
		const run = `shared by ${index}`;
		await memory.put([{ ...rows(1, run)[0], beganAt: Date.now() } as ReturnType<typeof measurement>]);
		await vi.waitFor(() => {
			for (const reader of memories) {
				reader.poll();
				expect(reader.load(['test']).map((one) => one.run)).toContain(run);
				expect(reader.problem()).toBeNull();
			}
		});
	}
}

function damage(position: number, length: number): void {
	const file = openSync(site.file(), 'r+');
	writeSync(file, Buffer.alloc(length, 0xa5), 0, length, position);
	closeSync(file);
}

test.each([
	['its middle', (size: number) => [4096 * 2, size - 4096 * 3]],
	['its head', () => [0, 4096]],
])('a file damaged in %s is set aside once, and shared anew with what people wrote', async (_, place) => {
	const onDamaged = vi.fn();
	const memories = [
		await site.open(undefined, { onDamaged }),
		await site.open(exporter, { onDamaged }),
		await site.open(),
	];
	await memories[0]?.put(rows(500, 'before'));
	memories[1]?.putNote('safe-1', { text: 'ticket 4711', at, until: null, by: exporter });
	expect(memories.map((memory) => memory.notes().size)).toEqual([1, 1, 1]);
	expect((await memories[2]?.claim(['fix dc1'], 'restart', 15_000))?.ok).toBe(true);
	const [position = 0, length = 0] = place(statSync(site.file()).size);
	damage(position, length);
	await Promise.all(memories.map((memory) => memory.put(rows(100, 'after'))));
	await expectShared(memories);
	expect(aside()).toHaveLength(1);
	expect(onDamaged.mock.calls.length).toBeLessThanOrEqual(1);
	const later = await site.open();
	expect(later.notes().get('safe-1')).toMatchObject({ text: 'ticket 4711', by: exporter });
	expect(later.claims('fix ')).toMatchObject([{ key: 'fix dc1' }]);
});

test('a file that was removed is begun anew by all', async () => {
	const memories = await openThree();
	await memories[0].put(rows(50, 'before'));
	memories[0].agree('/etc/vpmon.yaml');
	expect(memories[1].agreement('/etc/vpmon.yaml')).toMatchObject({ by: memories[0].self });
	rmSync(site.file());
	rmSync(`${site.file()}-journal`, { force: true });
	await expectShared(memories);
	expect(memories[2].load(['test'])).toHaveLength(1);
	expect((await site.open()).agreement('/etc/vpmon.yaml')).toMatchObject({ by: memories[0].self });
	expect(aside()).toEqual([]);
});

test.each([
	['a directory', (path: string) => mkdirSync(path), rmdirSync, /is a directory: remove it/],
	['a link', (path: string) => symlinkSync('/dev/null', path), rmSync, /is a link, and links are not followed/],
	[
		'a file of a later vpmon',
		() => site.meddle((database) => database.exec('PRAGMA user_version = 99')),
		rmSync,
		/a newer vpmon made it: update this one/,
	],
	[
		'a table of another shape',
		() => site.meddle((database) => database.exec('CREATE TABLE measurement (x); PRAGMA user_version = 1')),
		rmSync,
		/move it away/,
	],
	[
		'a trigger',
		() =>
			site.meddle((database) => database.exec('CREATE TABLE t (x); CREATE VIEW site AS SELECT 1 AS name, 2 AS value')),
		rmSync,
		/vpmon did not make it: move the file away/,
	],
])('%s in its place is told, harms nothing, and once it is gone all is shared', async (_, put, remove, told) => {
	put(site.file());
	const memories = await openThree();
	const [one, other] = memories;
	await one.put(rows(3, 'unshared'));
	one.putNote('safe-1', { text: 'ticket', at, until: null, by: one.self });
	expect(one.putTransition('t1', '/i', { kind: 'watch', at: new Date().toISOString(), begun: true })).toBe(true);
	expect((await one.claim(['x'], 'y', 15_000)).ok).toBe(true);
	one.poll();
	expect([one.load(['test']), one.transitions('/i', 0), one.claims('')]).toEqual([[], [], []]);
	expect(one.forget({ keys: [measurementKey], safes: ['x'] })).toBe(0);
	expect(one.agreement('/i')).toBeNull();
	expect(one.problem()).toMatch(told);
	expect(one.problem()).not.toMatch(/\n/);
	expect(one.notes().size).toBe(1);
	remove(site.file());
	await expectShared(memories);
	// What could not be written then is written now.
	expect(other.notes().size).toBe(1);
	expect(one.load(['test']).filter(({ run }) => run === 'unshared')).toHaveLength(2);
	expect(other.transitions('/i', 0)).toHaveLength(1);
});

test('a link in place of the file is never written through', async () => {
	const target = join(site.directory(), 'precious');
	writeFileSync(target, 'precious');
	symlinkSync(target, site.file());
	const memory = await site.open();
	await memory.put(rows(1, 'x'));
	expect(readFileSync(target, 'utf8')).toBe('precious');
	expect(lstatSync(site.file()).isSymbolicLink()).toBe(true);
});

test('a lock file that a killed program left does not keep a damaged file in place', async () => {
	const lock = `${site.file()}.lock`;
	const memory = await site.open();
	await memory.put(rows(500, 'before'));
	damage(0, 4096);
	writeFileSync(lock, '');
	memory.load(['test']);
	memory.poll();
	expect(aside()).toEqual([]);
	const old = Date.now() / 1000 - 31;
	utimesSync(lock, old, old);
	await expectShared([memory]);
	expect(aside()).toHaveLength(1);
	expect(existsSync(lock)).toBe(false);
});

test('files in a directory of a group are the group’s, whatever the umask', async () => {
	const directory = join(site.directory(), 'shared');
	mkdirSync(directory);
	const { chmodSync } = await import('node:fs');
	chmodSync(directory, 0o2770);
	const { openSiteMemory } = await import('../../../source/storage/site-memory/open-site-memory.ts');
	const memory = await openSiteMemory(directory, exporter, { pollMs: 1_000_000 });
	await memory.put(rows(1, 'x'));
	expect((statSync(join(directory, 'site-1.sqlite')).mode & 0o777).toString(8)).toBe('660');
	memory.close();
	const own = await site.open();
	expect(own.problem()).toBeNull();
	expect((statSync(site.file()).mode & 0o777).toString(8)).toBe('600');
});

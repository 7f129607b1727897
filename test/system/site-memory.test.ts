import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { openSiteMemory } from '../../source/storage/site-memory/open-site-memory.ts';
import { hostKey, measurement, measurementKey } from '../helpers/measurement.ts';
import { exporter, type OpenedMemory, siteMemories } from '../helpers/site-memory.ts';
import { siteMemoryChildren } from '../helpers/site-memory-children.ts';

const site = siteMemories();
const children = siteMemoryChildren();
const patiently = { timeout: 30_000, interval: 100 };
const row = (run: string) =>
	measurement({ part: 'host-key', evidence: hostKey() }, { run, key: { ...measurementKey, address: run } });
const runsOf = (memory: OpenedMemory) => memory.load(['test']).map(({ run }) => run);
const aside = (directory: string) => readdirSync(directory).filter((name) => name.includes('.corrupt-'));

const mounts: string[] = [];
afterEach(() => {
	for (const mount of mounts.splice(0)) execFileSync('umount', [mount]);
});

test('killed twenty times in the middle of writing, the file stays readable and no claim stuck', async () => {
	const memory = await site.open(exporter, { pollMs: 100 });
	for (let round = 0; round < 20; round++) {
		const flooding = await Promise.all(
			['a', 'b'].map((name) => children.start('flood', site.directory(), `${name}${round}`)),
		);
		await pause(Math.random() * 60);
		await Promise.all(flooding.map(({ child }) => children.kill(child)));
		await memory.put([row(`after ${round}`)]);
		expect(memory.problem()).toBeNull();
		expect(runsOf(memory)).toContain(`after ${round}`);
	}
	await vi.waitFor(() => expect(memory.claims('')).toEqual([]), patiently);
	expect((await memory.claim(['kept', 'flood 0'], 'x', 1000)).ok).toBe(true);
	expect(site.meddle((database) => database.prepare('PRAGMA integrity_check').get())).toEqual({
		integrity_check: 'ok',
	});
	expect(aside(site.directory())).toEqual([]);
});

test('a full disk is told by all three, nothing is lost to it, and it heals', async (context) => {
	const directory = join(site.directory(), 'small');
	mkdirSync(directory);
	try {
		execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', directory], { stdio: 'pipe' });
	} catch {
		context.skip('a small tmpfs can only be mounted by root');
	}
	mounts.push(directory);
	const three = await Promise.all([1, 2, 3].map(() => openSiteMemory(directory, exporter, { pollMs: 100 })));
	const [one, two, third] = three as [OpenedMemory, OpenedMemory, OpenedMemory];
	await one.put([row('before')]);
	const filling = join(directory, 'filling');
	expect(() => writeFileSync(filling, Buffer.alloc(1_000_000))).toThrow(/ENOSPC/);
	const pressed = performance.now();
	for (const memory of three) {
		const many = Array.from({ length: 40 }, (_, index) => row(`full ${three.indexOf(memory)} ${index}`));
		await memory.put(many);
		expect(memory.problem()).toMatch(/There is no space left for .*: free some on its disk/);
		expect((await memory.claim(['x'], 'y', 1000)).ok).toBe(true);
		expect(runsOf(memory)).toContain('before');
	}
	expect(performance.now() - pressed).toBeLessThan(5000);
	rmSync(filling);
	await vi.waitFor(() => expect(three.map((memory) => memory.problem())).toEqual([null, null, null]), patiently);
	await vi.waitFor(() => expect(runsOf(third)).toHaveLength(121), patiently);
	await two.put([row('after')]);
	expect(runsOf(one)).toContain('after');
	expect(aside(directory)).toEqual([]);
	for (const memory of three) memory.close();
});

test('a lock that lasts is told, holds nobody up, and what waited is written after it', async () => {
	const memory = await site.open(exporter, { pollMs: 200 });
	await memory.put([row('before')]);
	const { child } = await children.start('lock', site.directory(), 'x');
	memory.putNote('safe-1', { text: 'meanwhile', at: Date.now(), until: null, by: exporter });
	await memory.put([row('meanwhile')]);
	expect((await memory.claim(['x'], 'y', 1000)).ok).toBe(true);
	await vi.waitFor(() => expect(memory.problem()).toMatch(/has kept .* locked for \d+ s.*fuser/), patiently);
	// In the middle, since this machine may have other things to do in between.
	const polls = Array.from({ length: 21 }, () => {
		const startedAt = performance.now();
		memory.poll();
		return performance.now() - startedAt;
	});
	expect(polls.toSorted((a, b) => a - b)[10]).toBeLessThan(5);
	await children.kill(child);
	await vi.waitFor(() => expect(runsOf(memory)).toEqual(['before', 'meanwhile']), patiently);
	await vi.waitFor(() => expect(memory.problem()).toBeNull(), patiently);
	const later = await site.open(undefined, { pollMs: 200 });
	await vi.waitFor(() => expect(later.notes().get('safe-1')?.text).toBe('meanwhile'), patiently);
});

test('a file that another user may only read is read, and told with the remedy; with the right it is written', async (context) => {
	if (process.getuid?.() !== 0) context.skip('another user needs root');
	const directory = join(site.directory(), 'group');
	mkdirSync(directory);
	chmodSync(site.directory(), 0o755);
	chmodSync(directory, 0o755);
	const memory = await openSiteMemory(directory, exporter, { pollMs: 200 });
	await memory.put([row('by root')]);
	chmodSync(memory.file, 0o644);
	const { said } = await children.start('problem', directory, 'x', '0', '65534');
	const { problem, read } = JSON.parse(said) as { problem: string; read: number };
	expect(problem).toMatch(/may not write .*site-1\.sqlite: .*chmod 2770/);
	expect(read).toBe(1);
	chownSync(directory, 0, 65_534);
	chmodSync(directory, 0o2770);
	memory.close();
	// Opened again by its owner, the file and its journal take on the rights of the directory.
	const again = await openSiteMemory(directory, exporter, { pollMs: 200 });
	const { said: then } = await children.start('problem', directory, 'x', '0', '65534');
	expect(JSON.parse(then)).toEqual({ problem: null, read: 2 });
	again.close();
});

test('a clock that is set back by hours blocks nothing in three open programs', async () => {
	let now = Date.now() + 5 * 3_600_000;
	const options = { now: () => now, pollMs: 50 };
	const three = [
		await site.open(undefined, options),
		await site.open(exporter, options),
		await site.open(undefined, options),
	];
	const at = (run: string) => ({ ...row('target'), run, beganAt: now, endedAt: now, firstAt: now });
	const claim = await three[0]?.claim(['x'], 'before', 15_000);
	await three[0]?.put([at('before')]);
	now -= 5 * 3_600_000;
	for (const [index, memory] of three.entries()) {
		now += 1000;
		await memory.put([at(`after ${index}`)]);
		for (const reader of three) expect(runsOf(reader)).toEqual([`after ${index}`]);
	}
	expect(await three[1]?.claim(['x'], 'after', 15_000)).toMatchObject({ ok: false, since: expect.any(Number) });
	if (claim?.ok) await claim.release();
	expect((await three[1]?.claim(['x'], 'after', 15_000))?.ok).toBe(true);
});

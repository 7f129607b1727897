import { expect, test, vi } from 'vitest';
import type { SiteMemoryOptions } from '../../../source/storage/site-memory/open-site-memory.ts';
import { type Claim, claimKey } from '../../../source/storage/site-memory/site-memory.ts';
import { measurementKey } from '../../helpers/measurement.ts';
import { exporter, listenTo, siteMemories } from '../../helpers/site-memory.ts';

const site = siteMemories();
const key = claimKey(measurementKey);
const key2 = claimKey({ ...measurementKey, port: 23 });

let now = 1000;
const clock: SiteMemoryOptions = { bootClock: { boot: 'this boot', now: () => now } };
const openTwo = async () => [await site.open(undefined, clock), await site.open(exporter, clock)] as const;
const granted = (claim: unknown) => {
	expect(claim).toMatchObject({ ok: true });
	return claim as Claim;
};

test('what is claimed is not had by another, who is told by whom; after the release it is', async () => {
	const [one, other] = await openTwo();
	const claim = granted(await one.claim([key], 'host key', 15_000));
	const since = expect.any(Number);
	const held = { ok: false, key, what: 'host key', by: one.self, since, leftMs: 15_000 };
	expect(await other.claim([key], 'port', 15_000)).toEqual(held);
	expect(other.claims('target ')).toEqual([held]);
	expect(one.claims('target ')).toEqual([]);
	await claim.release();
	granted(await other.claim([key], 'port', 15_000));
	// Released twice, it takes nothing away from its next holder.
	await claim.release();
	expect(await one.claim([key], 'port', 15_000)).toMatchObject({ ok: false, by: exporter });
});

test('all keys or none', async () => {
	const [one, other] = await openTwo();
	granted(await one.claim([key2], 'port', 15_000));
	expect(await other.claim([key, key2], 'port', 15_000)).toMatchObject({ ok: false, key: key2 });
	granted(await one.claim([key], 'port', 15_000));
});

test('one program claims a key once, in one turn and in two', async () => {
	const [one] = await openTwo();
	const [first, second] = await Promise.all([one.claim([key], 'a', 15_000), one.claim([key], 'b', 15_000)]);
	granted(first);
	expect(second).toMatchObject({ ok: false, what: 'a', by: one.self });
	expect(await one.claim([key], 'c', 15_000)).toMatchObject({ ok: false, what: 'a' });
});

test('a lease that is not renewed runs out', async () => {
	const [one, other] = await openTwo();
	granted(await one.claim([key], 'port', 15_000));
	now += 14_999;
	expect(await other.claim([key], 'port', 15_000)).toMatchObject({ ok: false, leftMs: 1 });
	now += 2;
	granted(await other.claim([key], 'port', 15_000));
});

test('a lease is renewed while it is held', async () => {
	const one = await site.open();
	const other = await site.open(exporter);
	const claim = granted(await one.claim([key], 'port', 200));
	const startedAt = performance.now();
	await vi.waitFor(
		async () => {
			expect(other.claims('target ')).toHaveLength(1);
			expect(performance.now() - startedAt).toBeGreaterThan(600);
		},
		{ timeout: 5000, interval: 20 },
	);
	await claim.release();
	expect(other.claims('target ')).toEqual([]);
});

test('claims of another boot, and ones that last longer than a lease can, do not hold', async () => {
	const [one, other] = await openTwo();
	granted(await one.claim([key], 'port', 15_000));
	granted(await one.claim([key2], 'port', 15_000));
	site.meddle((database) => {
		database.prepare("UPDATE claim SET boot = 'another' WHERE key = ?").run(key);
		database.prepare('UPDATE claim SET until = 9007199254740993 WHERE key = ?').run(key2);
	});
	expect(other.claims('')).toEqual([]);
	granted(await other.claim([key, key2], 'port', 15_000));
});

test('a fix that begins, ends or is lost is told; a target that is measured is not', async () => {
	const [one, other] = await openTwo();
	const heard = listenTo(other);
	const told = () => {
		other.poll();
		return heard.changes.splice(0).filter(({ isOther }) => isOther).length;
	};
	granted(await one.claim([key], 'port', 15_000));
	expect(told()).toBe(0);
	const fix = granted(await one.claim(['fix dc1'], 'restarting dc1', 15_000));
	expect(told()).toBe(1);
	expect(other.claims('fix ')).toMatchObject([{ key: 'fix dc1', what: 'restarting dc1', by: one.self }]);
	await fix.release();
	expect(told()).toBe(1);
	expect(other.claims('fix ')).toEqual([]);
	granted(await one.claim(['fix dc1'], 'restarting dc1', 15_000));
	expect(told()).toBe(1);
	expect(other.claims('fix ')).toHaveLength(1);
	now += 20_000;
	expect(told()).toBe(1);
	expect(told()).toBe(0);
});

test('where the file cannot be used, claims hold within the program', async () => {
	const one = await site.open(undefined, clock);
	site.meddle((database) => database.exec('PRAGMA user_version = 2'));
	const newer = await site.open(exporter, clock);
	expect(newer.problem()).toMatch(/newer vpmon/);
	const claim = granted(await newer.claim([key], 'port', 15_000));
	expect(await newer.claim([key], 'port', 15_000)).toMatchObject({ ok: false, by: exporter });
	await claim.release();
	granted(await newer.claim([key], 'port', 15_000));
	expect(one.claims('')).toEqual([]);
});

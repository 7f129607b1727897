import { expect, test } from 'vitest';
import { cleanUp } from '../../../source/storage/site-memory/clean-up.ts';
import { createSiteFile } from '../../../source/storage/site-memory/site-file.ts';
import { importSqlite } from '../../../source/storage/sqlite.ts';
import { authEvidence, connectionEvidence, hostKey, measurement, measurementKey } from '../../helpers/measurement.ts';
import { siteMemories } from '../../helpers/site-memory.ts';

const site = siteMemories();
const dayMs = 86_400_000;
const now = Date.now();
const key = (address: string) => ({ ...measurementKey, address });
const count = (table: string) =>
	site.meddle((database) => database.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n;

async function clean(at: number): Promise<void> {
	const file = createSiteFile(await importSqlite(), site.directory(), 'site-1.sqlite', () => {});
	await cleanUp(
		file,
		() => at,
		async () => {},
	);
	expect(file.problem()).toBeNull();
	file.close();
}

test('targets that were not seen for a week go, whole; what was seen since stays with its older host keys', async () => {
	const one = await site.open();
	const connection = connectionEvidence();
	const old = { at: now - 8 * dayMs };
	await one.put([
		measurement({ part: 'connections', evidence: [connection] }, { ...old, key: key('gone') }),
		measurement({ part: 'host-key', evidence: hostKey() }, { ...old, key: key('gone') }),
		measurement({ part: 'host-key', evidence: hostKey('a') }, { ...old, key: key('seen') }),
		measurement({ part: 'answer', evidence: { auth: authEvidence(), connection } }, { ...old, key: key('seen') }),
		measurement({ part: 'host-key', evidence: hostKey('b') }, { at: now - dayMs, key: key('seen') }),
	]);
	await clean(now);
	expect(one.load(['test']).map((read) => [read.key.address, read.part])).toEqual([
		['seen', 'host-key'],
		['seen', 'host-key'],
	]);
	await clean(now + 20 * dayMs);
	expect(one.load(['test'])).toEqual([]);
	expect(count('algorithms')).toBe(0);
});

test('transitions go after 30 days, reported errors after one, ended notes after a week', async () => {
	const one = await site.open();
	const event = (at: number) => ({ kind: 'watch', at: new Date(at).toISOString(), begun: true }) as const;
	one.putTransition('old', '/i', event(now - 31 * dayMs));
	one.putTransition('new', '/i', event(now - 29 * dayMs));
	for (const [safe, at] of [
		['old', now - 2 * dayMs],
		['new', now],
	] as const) {
		one.putReportedError(safe, { text: 'x', at, by: one.self });
	}
	for (const [safe, until] of [
		['old', now - 8 * dayMs],
		['new', now - 6 * dayMs],
		['open', null],
	] as const) {
		one.putNote(safe, { text: 'x', at: now - 300 * dayMs, until, by: one.self });
	}
	await clean(now);
	expect(one.transitions('/i', 0).map(({ id }) => id)).toEqual(['new']);
	expect(count('reported_error')).toBe(1);
	const later = await site.open();
	expect([...later.notes().keys()].toSorted()).toEqual(['new', 'open']);
});

test('a clock that is a year ahead removes nothing, and neither does the first look after it; a week later it counts', async () => {
	const one = await site.open();
	const year = 365 * dayMs;
	await one.put([measurement({ part: 'host-key', evidence: hostKey() }, { at: now, key: key('seen') })]);
	one.putTransition('new', '/i', { kind: 'watch', at: new Date(now).toISOString(), begun: true });
	const kept = () => [count('measurement'), count('transition')];
	// Without an earlier clean-up too.
	for (const at of [now + year, now + year + 2 * dayMs, now, now + dayMs, now + year]) {
		await clean(at);
		expect(kept()).toEqual([1, 1]);
	}
	await clean(now + year + 8 * dayMs);
	expect(kept()).toEqual([0, 0]);
});

test('it is done once a day, and also after the clock was set back', async () => {
	const one = await site.open();
	const put = (address: string, at: number) =>
		one.put([measurement({ part: 'host-key', evidence: hostKey() }, { at, key: key(address) })]);
	await clean(now + 30 * dayMs);
	await put('old', now - 8 * dayMs);
	await clean(now);
	expect(one.load(['test'])).toEqual([]);
	await put('old', now - 8 * dayMs);
	await clean(now + dayMs / 2);
	expect(one.load(['test'])).toHaveLength(1);
	await clean(now + dayMs + 1);
	expect(one.load(['test'])).toEqual([]);
});

test('what is from the future goes; a host key stays, a day old', async () => {
	const one = await site.open(undefined, { now: () => now + 100 * dayMs });
	const at = now + 99 * dayMs;
	await one.put([measurement({ part: 'host-key', evidence: hostKey() }, { at }), measurement(undefined, { at })]);
	await clean(now);
	const then = now - dayMs;
	expect(one.load(['test'])).toMatchObject([{ part: 'host-key', beganAt: then, firstAt: then, endedAt: then }]);
});

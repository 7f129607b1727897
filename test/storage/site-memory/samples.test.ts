import { expect, test } from 'vitest';
import { causes } from '../../../source/domain/cause.ts';
import { verdictsWorstFirst } from '../../../source/domain/verdict.ts';
import { cleanUp } from '../../../source/storage/site-memory/clean-up.ts';
import {
	codeOf,
	type SampleToKeep,
	type Standing,
	scaleMs,
	standingOf,
	standings,
	unscaleMs,
} from '../../../source/storage/site-memory/samples/sample.ts';
import { createSiteFile } from '../../../source/storage/site-memory/site-file.ts';
import { importSqlite } from '../../../source/storage/sqlite.ts';
import { exporter, type OpenedMemory, siteMemories } from '../../helpers/site-memory.ts';

const site = siteMemories();
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** The beginning of a day, which is that of an hour and of a block of 4 h too. */
const midnight = Math.floor(Date.now() / dayMs) * dayMs;
const pass: Standing = { verdict: 'pass', cause: null };
const refused: Standing = { verdict: 'fail', cause: 'port-refused' };
const sample = (at: number, standing = pass, ms: number | null = 12): SampleToKeep => ({
	...{ safe: 'safe-1', at, isOwn: true, ms },
	...standing,
});
const count = (table: string) =>
	site.meddle((database) => database.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n;

async function keep(memory: OpenedMemory, samples: readonly SampleToKeep[]): Promise<void> {
	memory.putSamples(samples);
	await memory.flushSamples();
}

test('codes in the file are what they were: new ones only ever come after these', () => {
	expect(standings.slice(0, 31).join(' ')).toBe(
		'pass warn untested unknown fail connector-offline connector-degraded connector-needs-recovery ' +
			'connector-unreachable name-not-resolved port-refused port-timeout host-unreachable connection-reset ' +
			'handshake-timeout not-ssh source-penalised no-common-algorithm username-rejected user-or-key-rejected ' +
			'host-key-mismatch host-key-unrecorded host-key-type-gone key-missing key-unreadable key-invalid ' +
			'key-is-private key-is-certificate key-too-weak key-rejected method-not-offered',
	);
	const all: Standing[] = [
		...verdictsWorstFirst.map((verdict) => ({ verdict, cause: null })),
		...causes.map((cause) => ({ verdict: 'fail' as const, cause })),
	];
	expect(all.map((standing) => standingOf(codeOf(standing)))).toEqual(all);
	expect(standingOf(200)).toBeNull();
	expect(standingOf(0)).toBeNull();
});

test('milliseconds are kept to a twentieth', () => {
	for (const ms of [0, 1, 2, 17, 240, 5000, 60_000]) {
		expect(Math.abs((unscaleMs(scaleMs(ms)) ?? Number.NaN) - ms)).toBeLessThanOrEqual(0.5 + ms * 0.025);
	}
	expect(unscaleMs(scaleMs(1e9))).toBeGreaterThan(60_000);
	expect(unscaleMs(scaleMs(null))).toBeNull();
});

test('samples are read at once here, and by others once they are written', async () => {
	const now = midnight + 10 * minuteMs;
	const one = await site.open(undefined, { now: () => now });
	const other = await site.open(exporter, { now: () => now });
	one.putSamples([sample(midnight + 5 * minuteMs), sample(now, refused, null)]);
	const told = [
		{ at: midnight + 5 * minuteMs, ...pass, ms: 12 },
		{ at: now, ...refused, ms: null },
	];
	expect(one.samplesOf('safe-1', 0).recent).toEqual(told);
	expect(other.samplesOf('safe-1', 0)).toEqual({ recent: [], hours: [] });
	await one.flushSamples();
	expect(other.samplesOf('safe-1', 0)).toEqual(one.samplesOf('safe-1', 0));
	expect(other.samplesOf('safe-1', 0).recent).toEqual(told);
	expect(other.samplesOf('safe-1', now).recent).toEqual(told.slice(1));
	expect(other.samplesOf('safe-2', 0).recent).toEqual([]);
	expect(other.sampledSafes()).toEqual(['safe-1']);
});

test('of one measurement there is one sample, that of the program that came first', async () => {
	const one = await site.open();
	const other = await site.open(exporter);
	const at = Date.now() - minuteMs;
	await keep(one, [sample(at, refused)]);
	await keep(other, [{ ...sample(at), isOwn: false }, sample(at + 1500)]);
	expect(one.samplesOf('safe-1', 0).recent.map(({ verdict }) => verdict)).toEqual(['fail', 'pass']);
});

test('an hour is summed up when the next one begins, whoever goes on', async () => {
	let now = midnight;
	const one = await site.open(undefined, { now: () => now });
	const other = await site.open(exporter, { now: () => now });
	// Fails from 23:50 of the hour on, for 12 min.
	const standings = [pass, pass, refused, refused, pass];
	for (const [index, standing] of standings.entries()) {
		now = midnight + 40 * minuteMs + index * 6 * minuteMs;
		await keep(index % 2 === 0 ? one : other, [sample(now, standing, standing === pass ? 20 : null)]);
	}
	expect(count('sampled_hours')).toBe(1);
	const hours = one.samplesOf('safe-1', 0).hours;
	expect(hours).toEqual([
		{ at: midnight, worst: refused, failingSeconds: 8 * 60, medianMs: 20 },
		{ at: midnight + hourMs, worst: pass, failingSeconds: 4 * 60, medianMs: 20 },
	]);
	expect(other.samplesOf('safe-1', 0).hours).toEqual(hours);
});

test('a sample holds for a quarter of an hour at most: what nobody measured failed for nobody', async () => {
	const now = midnight + 3 * hourMs;
	const one = await site.open(undefined, { now: () => now });
	await keep(one, [sample(midnight, refused, null), sample(midnight + 2 * hourMs)]);
	expect(one.samplesOf('safe-1', 0).hours.map(({ failingSeconds }) => failingSeconds)).toEqual([15 * 60, 0]);
});

test('of 40 days there are 24 hours of samples and 30 days of hours, and no more rows than that', async () => {
	let now = midnight - 41 * dayMs;
	const one = await site.open(undefined, { now: () => now });
	for (; now < midnight; ) {
		now += dayMs;
		await keep(
			one,
			Array.from({ length: 24 }, (_, index) => sample(now - (23 - index) * hourMs)),
		);
	}
	expect(count('recent_samples')).toBe(7);
	expect(count('sampled_hours')).toBe(7);
	const { recent, hours } = one.samplesOf('safe-1', 0);
	expect([recent.length, recent[0]?.at]).toEqual([25, now - dayMs]);
	expect([hours.length, hours[0]?.at, hours.at(-1)?.at]).toEqual([721, now - 30 * dayMs, now]);
});

test('blocks of Safes that nobody measures any more go, and what is from the future', async () => {
	const clean = async (at: number) => {
		const file = createSiteFile(await importSqlite(), site.directory(), 'site-1.sqlite', () => {});
		await cleanUp(
			file,
			() => at,
			async () => {},
		);
		file.close();
	};
	let now = midnight;
	const one = await site.open(undefined, { now: () => now });
	const ahead = await site.open(undefined, { now: () => now + 20 * dayMs });
	await keep(one, [sample(now - 2 * hourMs), sample(now)]);
	await keep(ahead, [sample(now + 20 * dayMs), sample(now + 20 * dayMs + hourMs)]);
	expect([count('recent_samples'), count('sampled_hours')]).toEqual([3, 2]);
	await clean(now);
	expect([count('recent_samples'), count('sampled_hours')]).toEqual([2, 1]);
	expect(one.samplesOf('safe-1', 0).recent).toHaveLength(2);
	now += 2 * dayMs;
	await clean(now);
	expect([count('recent_samples'), count('sampled_hours'), count('sampled_safe')]).toEqual([0, 1, 1]);
	expect(one.samplesOf('safe-1', 0).hours).toHaveLength(1);
	await clean(now + 70 * dayMs);
	expect([count('recent_samples'), count('sampled_hours'), count('sampled_safe')]).toEqual([0, 0, 0]);
});

test('a Safe that is forgotten leaves no sample, and none comes that was still to be written', async () => {
	const one = await site.open();
	const at = Date.now() - 2 * hourMs;
	await keep(one, [sample(at), sample(at + hourMs + minuteMs), { ...sample(at), safe: 'safe-2' }]);
	one.putSamples([sample(Date.now())]);
	expect(one.forget({ keys: [], safes: ['safe-1'] })).toBeGreaterThan(0);
	await one.flushSamples();
	expect(one.samplesOf('safe-1', 0)).toEqual({ recent: [], hours: [] });
	expect(one.samplesOf('safe-2', 0).recent).toHaveLength(1);
	expect(one.sampledSafes()).toEqual(['safe-2']);
});

test('what others may have written into blocks is read as far as it means something', async () => {
	const one = await site.open();
	const at = Date.now() - minuteMs;
	await keep(one, [sample(at)]);
	const put = (samples: unknown) =>
		site.meddle((database) => database.prepare('UPDATE recent_samples SET samples = ?').run(samples as Uint8Array));
	for (const samples of [new Uint8Array(3), new Uint8Array(1e6).fill(7), new Uint8Array(40).fill(255)]) {
		put(samples);
		expect(one.samplesOf('safe-1', 0).recent).toEqual([]);
	}
	expect(one.problem()).toBeNull();
	site.meddle((database) => database.exec('UPDATE sampled_safe SET id = 9007199254740993'));
	await keep(one, [sample(at + 2000)]);
	expect([one.samplesOf('safe-1', 0).recent, one.problem()]).toEqual([[], null]);
});

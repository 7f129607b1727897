import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { Measurement } from '../source/domain/measurement.ts';
import { openSiteMemory } from '../source/storage/site-memory/open-site-memory.ts';
import {
	hoursBlockS,
	hoursBlocks,
	packRecent,
	recentBlockS,
	recentBlocks,
	startOf,
	withHours,
} from '../source/storage/site-memory/samples/blocks.ts';
import { hoursRow, recentRow } from '../source/storage/site-memory/samples/sample-rows.ts';
import { authEvidence, connectionEvidence, hostKey, measurement, measurementKey } from '../test/helpers/measurement.ts';
import { median, quantile, tell } from './figures.ts';

/**
 * Site memory with 10,000 Safes, a target each: how large its file is, what a sweep writes, how soon another process shows a change,
 * how long the thread that answers keys stands still for what others wrote, what an open one costs that has nothing to do, and what
 * the samples of 30 days come to.
 *
 *     node bench/site-memory.ts [changes] [idle seconds]
 */

const safes = 10_000;
const changes = Number(process.argv[2] ?? 100);
const idleSeconds = Number(process.argv[3] ?? 10);
const watcher = { program: 'screen', uid: 0, user: 'watcher' } as const;

if (process.argv[2] === 'watch') await watch(process.argv[3] ?? '');
else if (process.argv[2] === 'idle') await idle(process.argv[3] ?? '', Number(process.argv[4]));
else if (process.argv[2] === 'samples') await samples();
else await bench();

async function bench(): Promise<void> {
	const directory = mkdtempSync(join(tmpdir(), 'vpmon-bench-'));
	try {
		const memory = await openSiteMemory(directory, { program: 'exporter', uid: 0, user: 'bench' });
		await sweep(memory, 'first');
		tell('10,000 Safes, size of the file', statSync(memory.file).size / 1e6, 'MB', { atMost: 60 });
		await sweep(memory, 'second');
		await takenInWhole(directory);
		await timeToShow(directory, memory);
		memory.close();
		await samples();
		const [cpu, written] = await runIdle(directory);
		tell('idle, processor of an open one', cpu, '%', { atMost: 0.1 });
		tell('idle, written by an open one', written, 'B', { atMost: 0 });
	} finally {
		rmSync(directory, { recursive: true, force: true });
	}
}

/** As the engine puts them: a target at a time, some side by side. */
async function sweep(memory: Awaited<ReturnType<typeof openSiteMemory>>, which: string): Promise<void> {
	const before = process.resourceUsage();
	const cpuBefore = process.cpuUsage();
	const histogram = monitorEventLoopDelay({ resolution: 1 });
	histogram.enable();
	for (let index = 0; index < safes; index += 100) {
		await Promise.all(Array.from({ length: 100 }, (_, more) => memory.put(partsOf(index + more, which))));
	}
	const { user, system } = process.cpuUsage(cpuBefore);
	tell(`${which} sweep of 10,000, processor`, (user + system) / 1000, 'ms');
	tell(`${which} sweep of 10,000, to the disk`, ((process.resourceUsage().fsWrite - before.fsWrite) * 512) / 1e6, 'MB');
	tell(`${which} sweep of 10,000, pauses p99`, histogram.percentile(99) / 1e6, 'ms');
	if (memory.problem() !== null) throw new Error(memory.problem() ?? '');
}

function partsOf(index: number, run: string): Measurement[] {
	const at = Date.now();
	const key = { ...measurementKey, address: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}` };
	const connection = connectionEvidence({ startedAt: new Date(at).toISOString(), address: key.address });
	const more = { at, key, run };
	return [
		measurement({ part: 'connections', evidence: [connection] }, more),
		measurement({ part: 'host-key', evidence: hostKey() }, more),
		measurement({ part: 'answer', evidence: { auth: authEvidence(), connection } }, more),
	];
}

/** A sweep after 24 h of sweeps each 5 min and 30 days of hours, in a file of their own. */
async function samples(): Promise<void> {
	const directory = mkdtempSync(join(tmpdir(), 'vpmon-bench-'));
	const now = Date.now();
	const memory = await openSiteMemory(directory, watcher, { now: () => now, pollMs: 1e6 });
	memory.putSamples(Array.from({ length: safes }, (_, index) => sampleOf(index, now - 300_000)));
	await memory.flushSamples();
	await fillBlocks(memory.file, Math.floor(now / 1000));
	tell('10,000 Safes, size of 30 days of samples', statSync(memory.file).size / 1e6, 'MB', { atMost: 60 });
	const written = process.resourceUsage().fsWrite;
	const cpu = process.cpuUsage();
	const histogram = monitorEventLoopDelay({ resolution: 1 });
	const startedAt = performance.now();
	memory.putSamples(Array.from({ length: safes }, (_, index) => sampleOf(index, now)));
	histogram.enable();
	await memory.flushSamples();
	const { user, system } = process.cpuUsage(cpu);
	tell('samples of a sweep of 10,000, processor', (user + system) / 1000, 'ms');
	tell('samples of a sweep of 10,000, time', performance.now() - startedAt, 'ms');
	tell('samples of a sweep of 10,000, to the disk', ((process.resourceUsage().fsWrite - written) * 512) / 1e6, 'MB');
	tell('samples of a sweep of 10,000, pauses p50', histogram.percentile(50) / 1e6, 'ms', { atMost: 5 });
	tell('samples of a sweep of 10,000, pauses p99', histogram.percentile(99) / 1e6, 'ms');
	const readAt = performance.now();
	for (let index = 0; index < 1000; index++) memory.samplesOf(sampleOf(index, now).safe, 0);
	tell('samples of one Safe read', (performance.now() - readAt) / 1000, 'ms');
	memory.close();
	rmSync(directory, { recursive: true });
}

/** As a month of sweeps leaves them: rows come in the order of time. */
async function fillBlocks(file: string, now: number): Promise<void> {
	const { DatabaseSync } = await import('node:sqlite');
	const database = new DatabaseSync(file);
	database.exec('PRAGMA synchronous = OFF; BEGIN');
	const putRecent = database.prepare('INSERT OR IGNORE INTO recent_samples (id, samples) VALUES (?, ?)');
	const putHours = database.prepare('INSERT OR IGNORE INTO sampled_hours (id, hours) VALUES (?, ?)');
	for (let back = recentBlocks - 1; back >= 0; back--) {
		const start = startOf(now, recentBlockS) - back * recentBlockS;
		const places = Array.from({ length: 48 }, (_, index) => start + index * 300).filter((at) => at < now - 300);
		const blob = packRecent(
			places.map((at) => ({ at, code: 1, scaledMs: 60 })),
			start,
		);
		for (let safe = 1; safe <= safes; safe++) putRecent.run(recentRow(safe, start), blob);
	}
	for (let back = hoursBlocks - 1; back >= 0; back--) {
		const start = startOf(now, hoursBlockS) - back * hoursBlockS;
		const blob = withHours(null, start, new Map([[start, { code: 1, failingQuarters: 0, scaledMs: 60 }]]));
		for (let safe = 1; safe <= safes; safe++) putHours.run(hoursRow(safe, start), blob);
	}
	database.exec('COMMIT');
	database.close();
}

/** @returns as `safeIdentity` names a Safe with a key and a stored host key. */
function sampleOf(index: number, at: number) {
	const fingerprint = `SHA256:${String(index).padStart(43, 'a')}`;
	const safe = JSON.stringify(['local', `db${index}.example`, 22, 'deploy', 'ssh-key', fingerprint, fingerprint]);
	const isFailing = index % 50 === 0;
	const standing = { verdict: isFailing ? 'fail' : 'pass', cause: isFailing ? 'port-timeout' : null } as const;
	return { safe, at, ...standing, ms: isFailing ? null : 3 + (index % 40), isOwn: true };
}

/** Another program starts, and has 10,000 changed targets told. */
async function takenInWhole(directory: string): Promise<void> {
	const memory = await openSiteMemory(directory, watcher, { pollMs: 1e6 });
	let startedAt = performance.now();
	const loaded = memory.load(['test']).length;
	tell('30,000 rows loaded at once', performance.now() - startedAt, 'ms');
	if (loaded !== 3 * safes) throw new Error(`loaded ${loaded}`);
	let slices = createSliceWatch();
	startedAt = performance.now();
	await memory.loadGradually(['test'], slices.mark);
	tell('30,000 rows loaded gradually', performance.now() - startedAt, 'ms');
	slices.tell('30,000 rows loaded gradually');
	memory.close();

	const reader = await openSiteMemory(directory, watcher, { pollMs: 500 });
	let told = 0;
	let begun = 0;
	reader.watch((change) => {
		if (told > 0) slices.mark();
		else {
			// The first slice has no beginning that could be seen from here.
			begun = performance.now();
			slices = createSliceWatch();
		}
		told += change.measurements.length;
	});
	const { DatabaseSync } = await import('node:sqlite');
	const database = new DatabaseSync(reader.file);
	// Each row becomes one that changed, without the time that writing them takes.
	database.exec(`
		UPDATE measurement SET revision = revision + 1000000 WHERE part = 'connections';
		UPDATE site SET value = (SELECT max(revision) FROM measurement) WHERE name = 'revision';
	`);
	database.close();
	while (told < safes) await pause(1);
	tell('10,000 changed rows told', performance.now() - begun, 'ms');
	slices.tell('10,000 changed rows told');
	reader.close();
}

/** From `put` to the listener of another process. */
async function timeToShow(directory: string, memory: Awaited<ReturnType<typeof openSiteMemory>>): Promise<void> {
	const child = spawn(process.execPath, [import.meta.filename, 'watch', directory], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const lines = createInterface({ input: child.stdout });
	await once(lines, 'line');
	const times: number[] = [];
	for (let index = 0; index < changes; index++) {
		// At any moment between two polls.
		await pause(Math.random() * 1000);
		const run = `change ${index}`;
		const startedAt = Date.now();
		const shown = once(lines, 'line');
		await memory.put(partsOf(index, run));
		const [line] = (await shown) as [string];
		times.push(Number(line) - startedAt);
	}
	child.kill();
	tell('change shown by another process, p50', median(times), 'ms', { atMost: 1000 });
	tell('change shown by another process, p99', quantile(times, 0.99), 'ms', { atMost: 2000 });
}

async function watch(directory: string): Promise<void> {
	const memory = await openSiteMemory(directory, watcher);
	memory.watch((change) => {
		if (change.measurements.length > 0) process.stdout.write(`${Date.now()}\n`);
	});
	process.stdout.write('ready\n');
	await pause(1e8);
}

async function runIdle(directory: string): Promise<readonly [number, number]> {
	const child = spawn(process.execPath, [import.meta.filename, 'idle', directory, String(idleSeconds)], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
	return JSON.parse(line) as [number, number];
}

/** In a process of its own, which writes nothing else. */
async function idle(directory: string, seconds: number): Promise<void> {
	const memory = await openSiteMemory(directory, watcher);
	memory.load(['test']);
	memory.watch(() => {});
	await pause(1000);
	const cpu = process.cpuUsage();
	const { fsWrite } = process.resourceUsage();
	await pause(seconds * 1000);
	const { user, system } = process.cpuUsage(cpu);
	const written = (process.resourceUsage().fsWrite - fsWrite) * 512;
	process.stdout.write(`${JSON.stringify([(user + system) / 1e4 / seconds, written])}\n`);
	memory.close();
}

/** Processor time from one slice to the next: what a busy machine does in between is not ours. */
function createSliceWatch() {
	const slices: number[] = [];
	let before = process.cpuUsage();
	return {
		mark() {
			const { user, system } = process.cpuUsage(before);
			slices.push((user + system) / 1000);
			before = process.cpuUsage();
		},
		tell(what: string) {
			tell(`${what}, slice p95`, quantile(slices, 0.95), 'ms', { atMost: 5 });
			tell(`${what}, longest slice`, Math.max(...slices), 'ms');
		},
	};
}

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
import { authEvidence, connectionEvidence, hostKey, measurement, measurementKey } from '../test/helpers/measurement.ts';
import { median, quantile, tell } from './figures.ts';

/**
 * Site memory with 10,000 Safes, a target each: how large its file is, what a sweep writes, how soon another process shows a change,
 * how long the thread that answers keys stands still for what others wrote, and what an open one costs that has nothing to do.
 *
 *     node bench/site-memory.ts [changes] [idle seconds]
 */

const safes = 10_000;
const changes = Number(process.argv[2] ?? 100);
const idleSeconds = Number(process.argv[3] ?? 10);
const watcher = { program: 'screen', uid: 0, user: 'watcher' } as const;

if (process.argv[2] === 'watch') await watch(process.argv[3] ?? '');
else if (process.argv[2] === 'idle') await idle(process.argv[3] ?? '', Number(process.argv[4]));
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

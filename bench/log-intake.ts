import { spawn } from 'node:child_process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { createLocalHost } from '../source/hosts/local-host.ts';
import { dockerSource } from '../source/logs/docker-source.ts';
import { fileSource } from '../source/logs/file-source.ts';
import { followLog } from '../source/logs/follow.ts';
import { journalSource } from '../source/logs/journal-source.ts';
import { LogBuffer } from '../source/logs/log-buffer.ts';
import type { Shape } from './log-samples.ts';

/**
 * One process that takes a log in from a child process, and says what that cost it: vpmon's own way (follow, split, decode, clean,
 * ring), or a bare readline that only counts.
 *
 *     node bench/log-intake.ts vpmon|readline file|docker|journal lines command…
 */

export type Intake = {
	readonly lines: number;
	readonly dropped: number;
	/** From the first line to the last. */
	readonly ms: number;
	readonly cpuMs: number;
	/** Of the whole process, at its highest. */
	readonly peakMb: number;
	/** How long a key press would have had to wait at worst, and at the 99th percentile. */
	readonly worstMs: number;
	readonly p99Ms: number;
};

const [way, shape, count, ...command] = process.argv.slice(2);
const expected = Number(count);
const delay = monitorEventLoopDelay({ resolution: 5 });
let started = 0;
let cpu = process.cpuUsage();

function begin(): void {
	started = performance.now();
	cpu = process.cpuUsage();
	delay.enable();
}

function finish(lines: number, dropped: number): never {
	const ms = performance.now() - started;
	const { user, system } = process.cpuUsage(cpu);
	const intake: Intake = {
		lines,
		dropped,
		ms,
		cpuMs: (user + system) / 1000,
		peakMb: process.resourceUsage().maxRSS / 1024,
		worstMs: delay.max / 1e6,
		p99Ms: delay.percentile(99) / 1e6,
	};
	process.stdout.write(JSON.stringify(intake));
	process.exit();
}

function follow(): void {
	const source = { file: fileSource('x'), docker: dockerSource('x'), journal: journalSource('x', null) }[
		shape as Shape
	];
	const buffer = new LogBuffer();
	let first = true;
	buffer.subscribe(() => {
		if (first) begin();
		first = false;
		if (buffer.taken === expected) finish(checked(buffer), buffer.dropped);
	});
	followLog(
		createLocalHost(),
		{ ...source, tailCommand: () => ['true'], followCommand: () => command },
		buffer,
		(state) => {
			// Before the first line the writer may still be starting.
			if (state.phase === 'waiting' && buffer.taken > 0)
				throw new Error(`only ${buffer.taken} of ${expected} lines came: ${state.reason}`);
		},
	);
}

/** Every line that is there has the number it should have. */
function checked(buffer: LogBuffer): number {
	for (const { text, sequence } of buffer.last(buffer.length)) {
		const number = Number(/seq"?[=:](\d+)/.exec(text)?.[1]);
		if (number !== sequence) throw new Error(`line ${sequence} is ${number}: ${text}`);
	}
	if (buffer.dropped !== buffer.taken - buffer.length) throw new Error(`${buffer.dropped} counted as dropped`);
	return buffer.taken;
}

function readLines(): void {
	const [file = '', ...args] = command;
	const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
	let lines = 0;
	createInterface({ input: child.stdout }).on('line', () => {
		if (lines++ === 0) begin();
		if (lines === expected) finish(lines, 0);
	});
}

if (way === 'readline') readLines();
else follow();

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, tell } from './figures.ts';
import type { Intake } from './log-intake.ts';
import { type Shape, shapes, writeSample } from './log-samples.ts';

/**
 * How many lines a second the follower of a log takes in from a child process, and what that costs: as fast as they come, as a ratio
 * to a bare readline over the same child and to `cat`, in turn; and at steady rates. Every line is counted and has its number.
 * Budget: 50,000 lines a second, nothing lost (design, section 10).
 *
 *     node bench/logs.ts [rounds] [seconds at each rate]
 */

const rounds = Number(process.argv[2] ?? 5);
const budget = 50_000; // Lines a second.
const flatOut = 400_000; // Lines.
const rates = [1000, 10_000, 50_000];
const seconds = Number(process.argv[3] ?? 4);

const directory = mkdtempSync(join(tmpdir(), 'vpmon-bench-'));

function sample(shape: Shape, lines: number): string {
	const path = join(directory, `${shape}-${lines}.log`);
	writeSample(path, shape, lines);
	return path;
}

function takeIn(way: 'vpmon' | 'readline', shape: Shape, lines: number, command: readonly string[]): Intake {
	const intake = new URL('log-intake.ts', import.meta.url).pathname;
	const { status, stdout, stderr } = spawnSync(process.execPath, [intake, way, shape, String(lines), ...command], {
		encoding: 'utf8',
		env: { ...process.env, NODE_ENV: 'production' },
	});
	if (status !== 0) throw new Error(`${way} over ${shape} failed:\n${stderr}`);
	const result = JSON.parse(stdout) as Intake;
	if (result.lines !== lines) throw new Error(`${way} counted ${result.lines} of ${lines} lines`);
	return result;
}

const whole = (value: number) => Math.round(value).toLocaleString('en');
const print = (...cells: readonly string[]) =>
	console.log(cells.map((cell, index) => (index === 0 ? cell.padEnd(20) : cell.padStart(12))).join(''));
const costs = ({ dropped, cpuMs, ms, peakMb, p99Ms, worstMs }: Intake) => [
	whole(dropped),
	`${((cpuMs / ms) * 100).toFixed(0)} %`,
	`${peakMb.toFixed(0)} MB`,
	`${p99Ms.toFixed(0)}/${worstMs.toFixed(0)} ms`,
];

const flat: Array<readonly [shape: Shape, perSecond: number, ofReadline: number]> = [];
const kept: number[] = [];

try {
	console.log(`As fast as they come: ${whole(flatOut)} lines, median of ${rounds} rounds`);
	print('source', 'lines/s', 'dropped', 'CPU', 'peak', 'p99/worst', 'readline', 'ratio', 'cat');
	for (const shape of shapes) {
		const path = sample(shape, flatOut);
		const times = Array.from({ length: rounds }, () => {
			const started = performance.now();
			execFileSync('sh', ['-c', 'cat "$0" > /dev/null', path]);
			const catMs = performance.now() - started;
			const command = ['cat', path];
			return {
				catMs,
				vpmon: takeIn('vpmon', shape, flatOut, command),
				bare: takeIn('readline', shape, flatOut, command),
			};
		});
		const perSecond = median(times.map(({ vpmon }) => flatOut / (vpmon.ms / 1000)));
		const middle = times.toSorted((a, b) => a.vpmon.ms - b.vpmon.ms)[Math.floor(rounds / 2)]?.vpmon;
		if (middle === undefined) throw new Error('at least one round');
		print(
			`${shape} (${(statSync(path).size / flatOut).toFixed(0)} B a line)`,
			whole(perSecond),
			...costs(middle),
			whole(median(times.map(({ bare }) => flatOut / (bare.ms / 1000)))),
			`${median(times.map(({ vpmon, bare }) => vpmon.ms / bare.ms)).toFixed(1)}`,
			`${median(times.map(({ catMs }) => catMs)).toFixed(0)} ms`,
		);
		flat.push([shape, perSecond, median(times.map(({ vpmon, bare }) => vpmon.ms / bare.ms))]);
	}
	const writer = new URL('log-writer.ts', import.meta.url).pathname;
	console.log(`\nAt a steady rate, ${seconds} s each`);
	print('source, lines/s', 'taken in/s', 'dropped', 'CPU', 'peak', 'p99/worst');
	for (const shape of shapes) {
		for (const rate of rates) {
			const path = sample(shape, rate * seconds);
			const intake = takeIn('vpmon', shape, rate * seconds, [process.execPath, writer, path, String(rate)]);
			const perSecond = intake.lines / (intake.ms / 1000);
			print(`${shape}, ${whole(rate)}`, whole(perSecond), ...costs(intake));
			// The last lines of a rate that is kept come with the last piece.
			kept.push(perSecond / rate);
		}
	}
	console.log('\nEvery line was counted and had its number.');
	for (const [shape, perSecond, ratio] of flat) {
		tell(`lines taken in, ${shape}`, perSecond, '/s', { atLeast: budget });
		tell(`lines taken in, ${shape}, time of readline`, ratio, '×');
	}
	tell('of a steady rate taken in, at worst', Math.min(...kept) * 100, '%', { atLeast: 90 });
} finally {
	rmSync(directory, { recursive: true, force: true });
}

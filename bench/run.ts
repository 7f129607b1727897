import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { budgetRatio, type Figure, figuresVariable, isMet, shown, shownBudget } from './figures.ts';

/**
 * All benches, one after the other, and one table of what they found: each figure with its budget (design, section 10) and how much of
 * it is used. Of all benches it is kept as bench/results/DATE.json, with the machine it was on. Ends with 1 when a budget is missed or a
 * bench failed.
 *
 *     npm run bench [-- [--quick] [bench...]]
 *
 * `--quick` shows in two minutes that all of them work and roughly where things are: few rounds, no long waits, nothing is kept.
 */

const benches: Readonly<Record<string, { readonly quick: readonly string[] }>> = {
	'first-frame': { quick: ['3'] },
	inventory: { quick: ['3'] },
	logs: { quick: ['1', '1'] },
	probes: { quick: ['1'] },
	'site-memory': { quick: ['10', '3'] },
	screen: { quick: ['3', '0.2', '1', 'frames', 'idle'] },
};

type Found = { readonly bench: string; readonly figures: readonly Figure[]; readonly failed: string | null };

const { values: flags, positionals } = parseArgs({ allowPositionals: true, options: { quick: { type: 'boolean' } } });
const unknown = positionals.filter((name) => benches[name] === undefined);
if (unknown.length > 0) {
	console.error(`There is no bench ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}.`);
	process.exit(2);
}
const machine = {
	processor: cpus()[0]?.model ?? 'unknown',
	cores: cpus().length,
	memoryGb: Math.round(totalmem() / 2 ** 30),
	system: `${process.platform} ${release()} ${process.arch}`,
	node: process.versions.node,
	loadBefore: loadavg()[0] ?? Number.NaN,
};
const startedAt = new Date();
const directory = mkdtempSync(join(tmpdir(), 'vpmon-bench-'));
const chosen = positionals.length === 0 ? Object.keys(benches) : positionals;
const found = chosen.map(run);
rmSync(directory, { recursive: true });
printTable(found);
if (!flags.quick && positionals.length === 0) keep(found);
if (found.some(({ failed, figures }) => failed !== null || figures.some(isMissed))) process.exitCode = 1;

function run(bench: string): Found {
	console.log(`\n== ${bench}`);
	const file = join(directory, bench);
	const args = flags.quick ? (benches[bench]?.quick ?? []) : [];
	const { status, signal } = spawnSync(process.execPath, [new URL(`${bench}.ts`, import.meta.url).pathname, ...args], {
		stdio: ['ignore', 'inherit', 'inherit'],
		cwd: new URL('..', import.meta.url),
		env: { ...process.env, [figuresVariable]: file },
	});
	const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
	const figures = lines.map((line) => JSON.parse(line) as Figure);
	// One that misses a budget ends with 1 too: a failure is what leaves no missed figure behind.
	const hasFailed = status !== 0 && !(status === 1 && figures.some(isMissed));
	return { bench, figures, failed: hasFailed ? `ended with ${status ?? signal}` : null };
}

function isMissed({ value, budget }: Figure): boolean {
	return budget !== null && !isMet(value, budget);
}

function printTable(results: readonly Found[]): void {
	const { processor, cores, memoryGb, system, node, loadBefore } = machine;
	console.log(`\n${processor}, ${cores} cores, ${memoryGb} GB, ${system}, Node ${node}, load ${shown(loadBefore)}`);
	const row = (bench: string, what: string, value: string, budget: string, used: string, verdict: string) =>
		console.log(
			`${bench.padEnd(12)} ${what.padEnd(44)} ${value.padStart(13)}  ${budget.padEnd(9)} ${used.padStart(6)}  ${verdict}`.trimEnd(),
		);
	row('bench', 'medians, × is a ratio to a peer', 'found', 'budget', 'used', '');
	for (const { bench, figures, failed } of results) {
		for (const { what, value, unit, budget } of figures) {
			const used = budget === null ? '' : `${(budgetRatio(value, budget) * 100).toFixed(0)} %`;
			const verdict = budget === null ? '' : isMet(value, budget) ? 'met' : 'MISSED';
			row(bench, what, `${shown(value)} ${unit}`, budget === null ? '' : shownBudget(budget), used, verdict);
		}
		if (failed !== null) row(bench, failed, '', '', '', 'FAILED');
	}
}

function keep(results: readonly Found[]): void {
	const target = new URL('results/', import.meta.url).pathname;
	mkdirSync(target, { recursive: true });
	const file = join(target, `${startedAt.toISOString().slice(0, 16).replace(/[-:]/g, '')}Z.json`);
	const text = JSON.stringify({ startedAt, commit: commit(), machine, benches: results }, null, '\t');
	writeFileSync(file, `${text}\n`);
	console.log(`\nkept as ${file}`);
}

function commit(): string | null {
	try {
		return execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8', stdio: 'pipe' }).trim();
	} catch {
		return null;
	}
}

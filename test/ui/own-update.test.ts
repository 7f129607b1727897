import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { watchOwnProgram } from '../../source/ui/own-update.ts';
import { giveItAMoment } from '../helpers/system.ts';

const source = new URL('../../source/', import.meta.url).pathname;
/** They load each other and what the screen has from the start. */
const loaders = ['program.ts', 'cli.ts', 'monitor.ts', 'demo.ts', 'first-start.ts', 'completion.ts'];
const preloaders = ['own-update.ts', 'load-parts.ts'];
/** Loaded with their first use while the screen starts, or by the call that a preloader makes. */
const early = [
	'node:sqlite',
	'@secretlint/core',
	'@secretlint/secretlint-rule-preset-recommend',
	'../engine/follow-inventory.ts',
	'../storage/history.ts',
	'./local-programs.ts',
];

test('whatever is loaded late is also loaded once the screen is up: an update takes its files away', () => {
	const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file));
	const importsOf = (file: string) =>
		[...readFileSync(join(source, file), 'utf8').matchAll(/(?<!typeof )\bimport\('([^']+)'\)/g)].map(
			([, path = '']) => path,
		);
	const late = files.filter((file) => ![...loaders, ...preloaders].includes(basename(file))).flatMap(importsOf);
	const preloaded = files.filter((file) => preloaders.includes(basename(file))).flatMap(importsOf);
	const names = new Set(preloaded.map((path) => basename(path)));
	expect(late.length).toBeGreaterThan(5);
	expect(late.filter((path) => !early.includes(path) && !names.has(basename(path)))).toEqual([]);
});

test('another file in the place of the program is told once, a missing one is waited for', async () => {
	const directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	const path = join(directory, 'cli.js');
	writeFileSync(path, 'old');
	const told = vi.fn();
	const stop = watchOwnProgram(path, told, 10);
	renameSync(path, `${path}.old`);
	await giveItAMoment();
	expect(told).not.toHaveBeenCalled();
	writeFileSync(path, 'newer');
	await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(1), 5000);
	stop();
	rmSync(directory, { recursive: true });
});

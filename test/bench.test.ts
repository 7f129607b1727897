import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { budgetRatio, isMet, median, quantile } from '../bench/figures.ts';

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');

test('npm run bench runs every bench that has a script, and each tells its figures', () => {
	const scripts = Object.keys(JSON.parse(read('package.json')).scripts);
	const names = scripts.flatMap((script) => /^bench:(.+)$/.exec(script)?.[1] ?? []);
	const listed = /const benches[^{]*\{[^{]*\{([\s\S]*?)\n\};/.exec(read('bench/run.ts'))?.[1] ?? '';
	expect([...listed.matchAll(/^\t'?([\w-]+)'?:/gm)].map(([, name]) => name).toSorted()).toEqual(names.toSorted());
	for (const name of names) expect(read(`bench/${name}.ts`)).toContain('tell(');
});

test('a budget is met or missed, and what nobody measured is missed', () => {
	expect([isMet(4.5, { atMost: 4.5 }), isMet(4.6, { atMost: 4.5 }), isMet(Number.NaN, { atMost: 4.5 })]).toEqual([
		true,
		false,
		false,
	]);
	expect([isMet(4, { atLeast: 4 }), isMet(3.9, { atLeast: 4 }), isMet(Number.NaN, { atLeast: 4 })]).toEqual([
		true,
		false,
		false,
	]);
	expect([budgetRatio(3, { atMost: 4 }), budgetRatio(8, { atLeast: 4 })]).toEqual([0.75, 0.5]);
	expect([budgetRatio(0, { atMost: 0 }), budgetRatio(1, { atMost: 0 })]).toEqual([0, Number.POSITIVE_INFINITY]);
	expect([median([3, 1, 2]), quantile([1, 2, 3, 4], 0.99), median([])]).toEqual([2, 4, Number.NaN]);
});

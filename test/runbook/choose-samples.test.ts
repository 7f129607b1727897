import { expect, test } from 'vitest';
import { chooseSamples } from '../../source/runbook/choose-samples.ts';
import { deadNetwork, stateOf } from '../helpers/safe-states.ts';

const results = (count: number) => deadNetwork(count).map(({ result }) => result);
const names = (...args: Parameters<typeof chooseSamples>) => chooseSamples(...args).map(({ name }) => name);

test('three of sixty lie apart', () => {
	expect(names(results(60), 3)).toEqual(['app-01', 'app-21', 'app-41']);
	expect(names(results(60).reverse(), 3)).toEqual(['app-01', 'app-21', 'app-41']);
});

test('of few all are tried, and none twice', () => {
	expect(names(results(2), 3)).toEqual(['app-01', 'app-02']);
	expect(names(results(1), 3)).toEqual(['app-01']);
	expect(names([], 3)).toEqual([]);
});

test('one connection is enough for all Safes of a target', () => {
	const [first] = results(1);
	if (first === undefined) throw new Error('no Safe');
	const same = ['a', 'b', 'c', 'd'].map((name) => ({ ...first, name }));
	expect(chooseSamples(same, 3)).toHaveLength(1);
});

test('trying again and again goes through all of them', () => {
	let safes = results(12);
	const tried = new Set<string>();
	for (let round = 1; round <= 4; round++) {
		const now = chooseSamples(safes, 3);
		for (const { name } of now) tried.add(name);
		const measuredAt = `2026-11-22T09:0${round}:00.000Z`;
		safes = safes.map((safe) => {
			const isTried = now.includes(safe);
			return isTried
				? stateOf(safe.name, safe.target.replace(':22', ''), 'fail', {
						cause: 'port-timeout',
						connector: 'dmz',
						measuredAt,
					}).result
				: safe;
		});
	}
	expect(tried.size).toBe(12);
});

import { expect, test } from 'vitest';
import { chooseCovers } from '../../source/runbook/choose-covers.ts';

const choose = (...candidates: Array<[name: string, members: string, against?: number]>) =>
	chooseCovers<string, { name: string; members: string[]; against: number }>(
		candidates.map(([name, members, against = 0]) => ({ name, members: [...members], against })),
	).map(([{ name }, members]) => [name, members.join('')]);

test('what explains most and has least against it goes first; the next explains what is left', () => {
	expect(choose(['all', 'abcdef', 5], ['left', 'abc'], ['right', 'def', 1])).toEqual([
		['left', 'abc'],
		['right', 'def'],
	]);
	expect(choose(['all', 'abcdef', 1], ['left', 'abc'])).toEqual([['all', 'abcdef']]);
});

test('a candidate that lost members to another one only counts for what it still has', () => {
	expect(choose(['big', 'abcd'], ['overlaps', 'cdef', 1], ['small', 'ef'])).toEqual([
		['big', 'abcd'],
		['small', 'ef'],
	]);
	expect(choose(['big', 'abcd'], ['overlaps', 'defg', 1])).toEqual([
		['big', 'abcd'],
		['overlaps', 'efg'],
	]);
});

test('one member alone is no explanation, nor what is true of as many that do not fail', () => {
	expect(choose(['one', 'a'], ['even', 'bc', 2])).toEqual([]);
});

test('of equal ones the larger, then the earlier', () => {
	expect(choose(['small', 'ab'], ['large', 'abc', 1])).toEqual([['large', 'abc']]);
	expect(choose(['first', 'ab'], ['second', 'ab'])).toEqual([['first', 'ab']]);
});

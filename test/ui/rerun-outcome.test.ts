import { expect, test } from 'vitest';
import type { SafeResult } from '../../source/domain/check.ts';
import type { BudgetRefusal } from '../../source/domain/evidence.ts';
import { outcomeOfAll, outcomeOfGroup, outcomeOfOne, type Tried } from '../../source/ui/rerun-outcome.ts';
import { stateOf } from '../helpers/safe-states.ts';

const time = Date.UTC(2026, 10, 30, 16, 11, 31);
const refusal: BudgetRefusal = {
	reason: 'seconds',
	freeAt: '2026-11-30T16:11:40.000Z',
	detail: 'earlier probes count',
};
const passes = (name: string) => stateOf(name, '10.0.0.1', 'pass').result;
const refused = (name: string) => stateOf(name, '10.0.0.1', 'fail', { cause: 'port-refused' }).result;
const changed = (name: string) => stateOf(name, '10.0.0.1', 'fail', { cause: 'host-key-mismatch' }).result;
const rejected = (name: string) => stateOf(name, '10.0.0.1', 'fail', { cause: 'key-rejected' }).result;
const tried = (before: SafeResult, after: SafeResult, more: Partial<Tried> = {}): Tried => ({
	before,
	after,
	measuredAt: time,
	refusal: null,
	...more,
});
const held = { measuredAt: null, refusal };

test('r says what it came to, with the time', () => {
	const outcome = (before: SafeResult, after: SafeResult, more = {}) => outcomeOfOne(tried(before, after, more));
	expect(outcome(refused('db'), refused('db'))).toBe('db measured 16:11:31: still port refused');
	expect(outcome(refused('db'), passes('db'))).toBe('db measured 16:11:31: now passes');
	expect(outcome(passes('db'), passes('db'))).toBe('db measured 16:11:31: still passes');
	expect(outcome(changed('db'), rejected('db'))).toBe(
		'db measured 16:11:31: now key rejected (host key: fail → pass, SSH key: pass → fail)',
	);
	expect(outcome(refused('db'), refused('db'), held)).toBe('db not measured again: free at 16:11:40');
	const last = { agoMs: 8200, by: 'exporter' };
	expect(outcome(refused('db'), refused('db'), { ...held, last })).toBe(
		'db measured 8 s before your key press by exporter; free at 16:11:40',
	);
	expect(outcome(rejected('db'), rejected('db'), { refusal })).toBe(
		'db measured 16:11:31: still key rejected; login not asked again: free at 16:11:40',
	);
});

test('on a group it counts what was measured, and names what changed', () => {
	const [a, b, c] = ['app-01', 'app-21', 'app-41'] as const;
	const same = (name: string) => tried(refused(name), refused(name));
	expect(outcomeOfGroup([same(a), same(b), same(c)], 62)).toBe('3 of 62 measured 16:11:31: still port refused');
	expect(outcomeOfGroup([tried(refused(a), passes(a)), same(b), same(c)], 62)).toBe(
		'3 of 62 measured 16:11:31: app-01 now passes, 2 still port refused; R measures all',
	);
	expect(outcomeOfGroup([same(a), tried(refused(b), refused(b), held)], 62)).toBe(
		'1 of 62 measured 16:11:31: still port refused; 1 not: free at 16:11:40',
	);
	expect(outcomeOfGroup([tried(refused(a), refused(a), held)], 62)).toBe(
		'none of 62 Safes measured again: free at 16:11:40',
	);
});

test('R counts what fails, what is new of it and what passes again', () => {
	const all = [
		tried(refused('a'), refused('a')),
		tried(passes('b'), changed('b')),
		tried(refused('c'), passes('c')),
		tried(passes('d'), passes('d')),
	];
	expect(outcomeOfAll(all)).toBe('all measured 16:11:31: 2 fail (1 new), 1 passes again');
	expect(outcomeOfAll(all.slice(0, 1))).toBe('all measured 16:11:31: 1 fails, as before');
	expect(outcomeOfAll(all.slice(3))).toBe('all measured 16:11:31: none fails');
	expect(outcomeOfAll([...all, tried(refused('e'), refused('e'), held)])).toBe(
		'4 of 5 measured 16:11:31: 3 fail (1 new), 1 passes again; 1 not: free at 16:11:40',
	);
	expect(outcomeOfAll([tried(refused('e'), refused('e'), held)])).toBe('none measured again: free at 16:11:40');
});

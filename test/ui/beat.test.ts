import { afterEach, expect, test, vi } from 'vitest';
import { atBeat } from '../../source/ui/beat.ts';

afterEach(() => vi.useRealTimers());

test('what is due is run on one beat, what is not yet due on a later one, and without anything there are none', () => {
	vi.useFakeTimers();
	const ran: string[] = [];
	const note = (name: string) => () => ran.push(`${name} ${Math.round((performance.now() - begun) / 10) * 10}`);
	// A beat is a whole tenth of a second.
	vi.advanceTimersByTime(100 - (performance.now() % 100));
	const begun = performance.now();
	vi.advanceTimersByTime(30);
	atBeat(note('log'));
	atBeat(note('late'), performance.now() + 100);
	vi.advanceTimersByTime(20);
	atBeat(note('sweep'));
	const cancel = atBeat(note('cancelled'));
	cancel();
	vi.advanceTimersByTime(40);
	expect(ran).toEqual([]);
	vi.advanceTimersByTime(200);
	expect(ran).toEqual(['log 100', 'sweep 100', 'late 200']);
	expect(vi.getTimerCount()).toBe(0);
});

test('what is asked for in a beat waits for the next one', () => {
	vi.useFakeTimers();
	let runs = 0;
	const again = () => {
		runs++;
		if (runs < 3) atBeat(again);
	};
	atBeat(again);
	vi.advanceTimersByTime(101);
	expect(runs).toBe(1);
	vi.advanceTimersByTime(300);
	expect(runs).toBe(3);
});

test('one that undoes another on the same beat has it undone', () => {
	vi.useFakeTimers();
	const ran: string[] = [];
	const undo: Array<() => void> = [];
	atBeat(() => {
		ran.push('first');
		undo[0]?.();
	});
	undo.push(atBeat(() => ran.push('second')));
	vi.advanceTimersByTime(300);
	expect(ran).toEqual(['first']);
});

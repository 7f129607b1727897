import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Session } from '../../source/engine/session.ts';
import { createStore } from '../../source/engine/store.ts';
import { keepHeapSmall, tidyMemoryWhenQuiet } from '../../source/ui/tidy-memory.ts';
import { createView } from '../../source/ui/view.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('memory is given back once in each quiet spell, and never while somebody is at the keys or a sweep goes on', () => {
	const session = createStore({ sweep: { running: false, done: 0, total: 0, finishedAt: null } } as Session);
	const view = createView();
	const collect = vi.fn();
	const stop = tidyMemoryWhenQuiet({ session }, view, collect);
	vi.advanceTimersByTime(19_000);
	view.patch({ notice: 'a key' });
	vi.advanceTimersByTime(19_000);
	session.patch({ sweep: { running: true, done: 0, total: 3, finishedAt: null } });
	vi.advanceTimersByTime(60_000);
	expect(collect).not.toHaveBeenCalled();
	session.patch({ sweep: { running: false, done: 3, total: 3, finishedAt: 1 } });
	// Connectors are asked all the time, and change nothing of it.
	for (let seconds = 0; seconds < 60; seconds += 5) {
		session.patch({ connectors: new Map() });
		vi.advanceTimersByTime(5_000);
	}
	expect(collect).toHaveBeenCalledTimes(1);
	view.patch({ notice: 'another key' });
	vi.advanceTimersByTime(20_000);
	expect(collect).toHaveBeenCalledTimes(2);
	stop();
	view.patch({ notice: 'the last key' });
	vi.advanceTimersByTime(60_000);
	expect(collect).toHaveBeenCalledTimes(2);
});

test('the heap is kept small from soon after the first frame on, unless the screen is left before', () => {
	const collect = vi.fn();
	keepHeapSmall(collect)();
	keepHeapSmall(collect);
	expect(collect).not.toHaveBeenCalled();
	vi.advanceTimersByTime(10_000);
	expect(collect).toHaveBeenCalledTimes(1);
});

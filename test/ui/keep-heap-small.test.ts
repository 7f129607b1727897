import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepHeapSmall } from '../../source/ui/keep-heap-small.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the heap is kept small from soon after the first frame on, unless the screen is left before', () => {
	const collect = vi.fn();
	keepHeapSmall(collect)();
	keepHeapSmall(collect);
	expect(collect).not.toHaveBeenCalled();
	vi.advanceTimersByTime(10_000);
	expect(collect).toHaveBeenCalledTimes(1);
});

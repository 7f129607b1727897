import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSession } from '../../source/engine/session/create-session.ts';
import { parseInventory } from '../../source/inventory/file.ts';
import { endNotices, sayNews, sayUnless } from '../../source/ui/notice.ts';
import type { Screen } from '../../source/ui/screen.ts';
import { createView } from '../../source/ui/view.ts';

const session = createSession(parseInventory('version: 1\nconnectors: []\nsafes: []\n', '/vpmon.yaml'), 'here');
const open = () => {
	const view = createView();
	const stop = endNotices({ view, engine: { session } } as unknown as Screen);
	return { view, stop };
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what is no longer true goes with the change that ends it', () => {
	const { view, stop } = open();
	let isMeasured = false;
	sayUnless(view, 'db is being measured', () => isMeasured);
	session.learn({ kind: 'history problem', problem: null });
	vi.advanceTimersByTime(1000);
	expect(view.get().notice).toBe('db is being measured');
	isMeasured = true;
	session.learn({ kind: 'history problem', problem: 'none' });
	vi.advanceTimersByTime(1000);
	expect(view.get().notice).toBeNull();
	stop();
});

test('what waits for a time goes at that time', () => {
	const { view, stop } = open();
	const free = Date.now() + 9000;
	sayUnless(view, 'free at 16:11:40', () => Date.now() >= free, free);
	vi.advanceTimersByTime(8900);
	expect(view.get().notice).toBe('free at 16:11:40');
	vi.advanceTimersByTime(200);
	expect(view.get().notice).toBeNull();
	stop();
});

test('an end belongs to its own text, and any other text grows old', () => {
	const { view, stop } = open();
	sayUnless(view, 'first', () => true);
	view.patch({ notice: 'copied 3 lines', did: 'y copy' });
	expect(view.get().notice).toBe('copied 3 lines');
	vi.advanceTimersByTime(29_000);
	expect(view.get()).toMatchObject({ notice: 'copied 3 lines', did: 'y copy' });
	vi.advanceTimersByTime(2000);
	expect(view.get()).toMatchObject({ notice: null, did: null });
	expect(vi.getTimerCount()).toBe(0);
	stop();
});

test('news that no key asked for stays until the next key', () => {
	const { view, stop } = open();
	sayNews(view, 'a newer vpmon was installed');
	vi.advanceTimersByTime(3_600_000);
	expect(view.get().notice).toBe('a newer vpmon was installed');
	stop();
	expect(vi.getTimerCount()).toBe(0);
});

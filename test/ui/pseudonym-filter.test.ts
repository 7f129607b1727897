import { expect, test, vi } from 'vitest';
import { loadPseudonymsFor, withRealNames } from '../../source/ui/pseudonym-filter.ts';
import type { Screen } from '../../source/ui/screen.ts';

test('a pseudonym in the filter stands for the name, once the list of them is there', async () => {
	const view = { filter: 'web' };
	const names: Readonly<Record<string, string>> = { 'SAFE 3': 'db-primary', 'IP-2 7': '10.20.4.17' };
	const patched: unknown[] = [];
	const openPseudonyms = vi.fn(async () => ({
		nameOf: (scope: string, number: number) => names[`${scope} ${number}`] ?? null,
	}));
	const screen = {
		openPseudonyms,
		view: {
			get: () => view,
			patch: (part: { filter: string }) => patched.push(Object.assign(view, part) && part.filter),
		},
	} as unknown as Screen;
	loadPseudonymsFor(screen);
	expect(openPseudonyms).not.toHaveBeenCalled();
	expect(withRealNames('safe-3')).toBe('safe-3');
	view.filter = 'safe-3 failing';
	loadPseudonymsFor(screen);
	await vi.waitFor(() => expect(patched).toEqual(['', 'safe-3 failing']));
	expect(withRealNames('safe-3 failing')).toBe('db-primary failing');
	expect(withRealNames('IP-2.7')).toBe('10.20.4.17');
	expect(withRealNames('SAFE-9 web')).toBe('SAFE-9 web');
});

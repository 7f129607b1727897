import { type Hint, typedInto } from './hint.ts';
import { goToLine, patchLog } from './log-actions.ts';
import { parsePattern } from './log-pattern.ts';
import { currentLogScene } from './log-scene.ts';
import type { LogTyping } from './log-view.ts';
import { firstAbove } from './log-window.ts';
import type { Screen } from './screen.ts';

/** Searching in Logs. */

export const searchHints: readonly Hint[] = [
	{ keys: 'type', title: 'to search', always: true },
	{ keys: 'enter', title: 'keep', always: true },
	{ keys: '/…/', title: 'pattern', always: false },
	{ keys: '!', title: 'lines without', always: false },
	{ keys: 'ctrl-u', title: 'clear', always: false },
	{ keys: 'esc', title: 'leave', always: true },
];

export function startSearch(screen: Screen, wantsOnly = false): void {
	const { pause, pattern, onlyMatches } = screen.view.get().log;
	const before = { pause, pattern, onlyMatches };
	patchLog(screen, { typing: { text: '', problem: null, wantsOnly, before }, pattern: null, onlyMatches: false });
}

/** Each key searches at once, from where the person was. */
export function typeSearch(screen: Screen, typing: LogTyping, chord: string): void {
	if (chord === 'esc' || (chord === 'backspace' && typing.text === ''))
		return patchLog(screen, { ...typing.before, typing: null });
	if (chord === 'enter') return keepSearch(screen, typing);
	const text = typedInto(typing.text, chord);
	if (text !== null) searchFor(screen, typing, text);
}

export function searchFor(screen: Screen, typing: LogTyping, text: string): void {
	const parsed = parsePattern(text);
	const isEmpty = text === '' || text === '!';
	const pattern = parsed.ok && !isEmpty ? parsed.pattern : null;
	const problem = parsed.ok ? null : parsed.reason;
	// What was found last stays while the text is no pattern.
	const shown = parsed.ok ? { pattern, pause: typing.before.pause } : {};
	patchLog(screen, { typing: { ...typing, text, problem }, ...shown });
	if (pattern !== null) void goToNearest(screen);
}

function keepSearch(screen: Screen, { problem, wantsOnly, before }: LogTyping): void {
	const { view } = screen;
	if (problem !== null) return view.patch({ notice: `this is no pattern: ${problem}` });
	const { pattern } = view.get().log;
	patchLog(screen, { typing: null, onlyMatches: pattern !== null && (wantsOnly || before.onlyMatches) });
}

/** To the nearest match up the log, else down; as soon as it is found. */
async function goToNearest(screen: Screen): Promise<void> {
	const { pattern, pause } = screen.view.get().log;
	while (screen.view.get().log.pattern === pattern && screen.view.get().log.pause === pause) {
		const scene = currentLogScene(screen);
		if (scene.search === null) return;
		const { matches, search, window, reach } = scene;
		const bottom = window.bottom ?? 0;
		const found = matches[firstAbove(matches, bottom) - 1] ?? matches[0];
		if (found !== undefined) return goToLine(screen, scene, found);
		if (search.isTooSlow || search.hasSearched(reach)) return;
		await new Promise((resolve) => setImmediate(resolve));
	}
}

/** `n` down the log, `N` up; past the last match it goes on from the other end. */
export function goToMatch(screen: Screen, direction: 'up' | 'down'): void {
	const scene = currentLogScene(screen);
	const { matches, pause, window } = scene;
	if (matches.length === 0) return screen.view.patch({ notice: 'no line matches' });
	const isUp = direction === 'up';
	const here = pause?.mark ?? (isUp ? (window.bottom ?? 0) + 1 : (window.bottom ?? 0));
	const index = isUp ? firstAbove(matches, here - 1) - 1 : firstAbove(matches, here);
	const found = matches[index] ?? (isUp ? matches.at(-1) : matches[0]);
	if (found === undefined) return;
	goToLine(screen, scene, found);
	if (matches[index] === undefined)
		screen.view.patch({ notice: `past the ${isUp ? 'first' : 'last'} match: round from the other end` });
}

/** Null where there is a search to go on with, else why not. */
export function noSearch({ view }: Screen): string | null {
	return view.get().log.pattern === null ? 'nothing is searched for: / first' : null;
}

/** `&`: only what matches, or all again; without a search it asks for one. */
export function toggleOnlyMatches(screen: Screen): void {
	const { pattern, onlyMatches } = screen.view.get().log;
	if (pattern === null) startSearch(screen, true);
	else patchLog(screen, { onlyMatches: !onlyMatches });
}

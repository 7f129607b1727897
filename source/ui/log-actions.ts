import type { Move } from './actions.ts';
import { orderedConnectors } from './connector-list.ts';
import { textOf } from './log-lines.ts';
import { currentLogScene, type LogScene, logConnector, logSize } from './log-scene.ts';
import type { LogPause, LogView } from './log-view.ts';
import { bottomBelow } from './log-window.ts';
import type { Screen } from './screen.ts';
import { widthOf } from './width.ts';

/** What keys do in Logs. */

/** Lines from before a gap that stay when one moves on past it. */
const mostOlder = 500;

export function patchLog({ view }: Screen, part: Partial<LogView>): void {
	view.patch({ log: { ...view.get().log, ...part } });
}

export function pauseLog(screen: Screen): void {
	const scene = currentLogScene(screen);
	patchLog(screen, { pause: scene.pause === null ? pauseAt(scene, scene.window.bottom ?? 0) : null });
}

/** Stands still with this line at the bottom. What was held before is held on as long as it is looked at. */
export function pauseAt(
	{ connector, pause, buffer, reach }: LogScene,
	bottom: number,
	mark: number | null = null,
): LogPause {
	const held = pause?.held ?? [];
	const isHeld = bottom >= (held[0]?.sequence ?? Number.POSITIVE_INFINITY) && bottom <= (held.at(-1)?.sequence ?? 0);
	const kept = isHeld
		? held
		: [...held.filter(({ sequence }) => sequence < buffer.oldest).slice(-mostOlder), ...buffer.last(buffer.length)];
	return { connector: connector ?? '', bottom, mark, held: kept, began: pause?.began ?? reach.newest };
}

export function moveLog(screen: Screen, move: Move): void {
	const scene = currentLogScene(screen);
	if (move === 'last') return patchLog(screen, { pause: null });
	const { window, walk, pause, reach } = scene;
	const { top, bottom } = window;
	if (top === null || bottom === null) return;
	const isDown = move === 'down' || move === 'page-down';
	if (!isDown && window.isFirst) {
		// There is nothing above to be shown: it stands still, and again asks for more.
		if (pause !== null) return readOlderLines(screen, scene);
		return patchLog(screen, { pause: pauseAt(scene, bottom) });
	}
	const to = {
		up: () => walk.up(bottom - 1)?.sequence ?? bottom,
		down: () => walk.down(bottom + 1)?.sequence ?? bottom,
		'page-up': () => walk.up(top - 1)?.sequence ?? top,
		'page-down': () => bottomBelow(walk, bottom, logSize(screen).height, scene.draw),
		first: () => reach.oldest,
	}[move]();
	// Back at the newest line it follows again.
	if (isDown && walk.down(to + 1) === null) return patchLog(screen, { pause: null });
	const next = move === 'first' || move === 'page-up' ? settled(screen, scene, to) : to;
	patchLog(screen, { pause: pauseAt(scene, next, pause?.mark ?? null) });
}

/** Near the oldest line the window is filled downwards: the line that then is at the bottom. */
function settled(screen: Screen, { walk, draw, reach }: LogScene, bottom: number): number {
	return Math.max(bottom, bottomBelow(walk, reach.oldest, logSize(screen).height, draw));
}

/** Esc: ends the search, then follows again. True where there was something to go back from. */
export function stepBackInLog(screen: Screen): boolean {
	const { pattern, pause } = screen.view.get().log;
	if (pattern !== null) patchLog(screen, { pattern: null, onlyMatches: false });
	else if (pause !== null) patchLog(screen, { pause: null });
	return pattern !== null || pause !== null;
}

/** Shows a line with a sign in front, paused: where it stands if it is in view, else in the middle. */
export function goToLine(screen: Screen, scene: LogScene, sequence: number): void {
	const { window, walk, draw } = scene;
	const isInView = sequence >= (window.top ?? 0) && sequence <= (window.bottom ?? -1);
	const half = Math.ceil(logSize(screen).height / 2);
	const bottom = isInView
		? (window.bottom ?? sequence)
		: settled(screen, scene, bottomBelow(walk, sequence, half, draw));
	patchLog(screen, { pause: pauseAt(scene, bottom, sequence) });
}

/** To the next error down the log, or up; past the last one it goes on from the other end. */
export function goToError(screen: Screen, direction: 'up' | 'down'): void {
	const scene = currentLogScene(screen);
	const { walk, reach, window, pause } = scene;
	const step = direction === 'up' ? -1 : 1;
	const ends = { up: reach.newest, down: reach.oldest };
	const look = (from: number) => {
		for (let line = walk[direction](from); line !== null; line = walk[direction](line.sequence + step))
			if (line.kind === 'error') return line.sequence;
		return null;
	};
	const here = pause?.mark ?? (direction === 'up' ? (window.bottom ?? 0) + 1 : (window.bottom ?? 0));
	const found = look(here + step) ?? look(ends[direction]);
	if (found === null) return screen.view.patch({ notice: 'no error in the lines that are kept' });
	const isAround = direction === 'up' ? found >= here : found <= here;
	goToLine(screen, scene, found);
	if (isAround)
		screen.view.patch({ notice: `past the ${direction === 'up' ? 'first' : 'last'} error: round from the other end` });
}

/**
 * Shows the log of a connector as it was at a time (milliseconds since 1970), paused there; what was written then stands in the
 * middle of the pane. Lines that are not kept any more are asked for once.
 */
export async function jumpToTime(screen: Screen, connector: string, time: number): Promise<void> {
	const { engine, view } = screen;
	const { logPanel, log } = view.get();
	view.patch({
		connector,
		focus: 'logs',
		dialog: null,
		logPanel: logPanel === 'hidden' ? 'normal' : logPanel,
		log: { ...log, pinned: log.pinned === null ? null : connector, onlyMatches: false, since: null, range: 0 },
	});
	const buffer = engine.logs.buffer(connector);
	const isKept = () => buffer.last(buffer.length).some((line) => line.time !== null && line.time <= time);
	if (!isKept()) await engine.logs.older(connector);
	const lines = buffer.last(buffer.length);
	const found = lines.find((line) => line.time !== null && line.time >= time) ?? lines.at(-1);
	if (found === undefined) return view.patch({ notice: `the log of ${connector} has no lines` });
	// The layout of a panel that was hidden comes with the next frame.
	await new Promise((resolve) => setImmediate(resolve));
	goToLine(screen, currentLogScene(screen), found.sequence);
	if (!isKept()) view.patch({ notice: 'the log that is kept begins later than that' });
}

export function toggleWrap(screen: Screen): void {
	patchLog(screen, { wrap: !screen.view.get().log.wrap, column: 0 });
}

export function toggleTime(screen: Screen): void {
	patchLog(screen, { time: !screen.view.get().log.time });
}

/** Without wrap, half a pane to the side. True where it did something with the key. */
export function scrollSideways(screen: Screen, direction: 1 | -1): boolean {
	const { focus, log, dialog } = screen.view.get();
	if (focus !== 'logs' || dialog !== null || log.wrap) return false;
	const step = Math.floor(logSize(screen).columns / 2);
	const longest = Math.max(0, ...currentLogScene(screen).window.lines.map((line) => widthOf(textOf(line))));
	patchLog(screen, { column: Math.max(0, Math.min(log.column + direction * step, longest - step)) });
	return true;
}

export function togglePin(screen: Screen): void {
	const { engine, view } = screen;
	const connector = logConnector(engine.session.get(), view.get());
	const isPinned = view.get().log.pinned !== null;
	patchLog(screen, { pinned: isPinned ? null : connector });
	view.patch({
		notice: isPinned ? 'the log follows what is selected' : `the log of ${connector} stays whatever is selected`,
	});
}

/** The next connector's log; it stays. */
export function nextLog(screen: Screen): void {
	const { engine, view } = screen;
	const names = orderedConnectors(engine.session.get());
	const index = names.indexOf(logConnector(engine.session.get(), view.get()) ?? '');
	const next = names[(index + 1) % names.length];
	if (next !== undefined) patchLog(screen, { pinned: next });
}

/** At the oldest line kept, going up asks the source for more. */
function readOlderLines(screen: Screen, { connector }: LogScene): void {
	const { engine, view } = screen;
	if (connector === null || view.get().log.isReading) return;
	if (view.get().log.since !== null) return view.patch({ notice: '[ goes further back' });
	patchLog(screen, { isReading: true });
	view.patch({ notice: 'reading older lines' });
	void engine.logs.older(connector).then(({ said }) => {
		patchLog(screen, { isReading: false });
		view.patch({ notice: said });
	});
}

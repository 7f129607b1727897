import { withCommas } from '../domain/numbers.ts';
import type { Session } from '../engine/session/session.ts';
import type { LogBuffer } from '../logs/log-buffer.ts';
import { LogBuffer as EmptyBuffer } from '../logs/log-buffer.ts';
import type { LogLine } from '../logs/log-line.ts';
import { drawLogLine, type LogLook } from './log-lines.ts';
import type { LogPattern } from './log-pattern.ts';
import { type Reach, reachOf } from './log-reach.ts';
import { LogSearch } from './log-search.ts';
import type { LogPause } from './log-view.ts';
import { fillWindow, firstAbove, type LogWindow, type Walk, walkOf } from './log-window.ts';
import { type Screen, shownConnector } from './screen.ts';
import { paint } from './theme.ts';
import type { View } from './view.ts';

/** Whose log is shown: the pinned one, else that of what is selected. */
export function logConnector(session: Session, view: View): string | null {
	return view.log.pinned ?? shownConnector(session, view);
}

/** All that Logs shows and its keys act on, read from the stores: the same for a frame and for a key that comes before the next. */
export type LogScene = {
	readonly connector: string | null;
	readonly buffer: LogBuffer;
	/** Null follows. A pause holds for the log it began in. */
	readonly pause: LogPause | null;
	readonly reach: Reach;
	readonly search: LogSearch | null;
	/** Matches in reach, ascending. */
	readonly matches: readonly number[];
	readonly walk: Walk;
	readonly draw: (line: LogLine) => readonly string[];
	readonly window: LogWindow;
};

const noBuffer = new EmptyBuffer(1);
/** Milliseconds of searching in a frame or for a key. */
const searchMs = 4;

export function logScene(screen: Screen, size: { readonly columns: number; readonly height: number }): LogScene {
	const { engine, view, theme } = screen;
	const state = view.get();
	const { log } = state;
	const connector = logConnector(engine.session.get(), state);
	const buffer = connector === null ? noBuffer : engine.logs.buffer(connector);
	const pause = log.pause?.connector === connector ? log.pause : null;
	const all = reachOf(buffer, pause?.held ?? [], null);
	const reach = log.since === null ? all : reachOf(buffer, pause?.held ?? [], log.since);
	const search = log.pattern === null ? null : searchFor(log.pattern, buffer, pause?.bottom ?? reach.newest);
	search?.catchUp(all, searchMs);
	const found = search?.matches ?? [];
	const matches = (found[0] ?? reach.oldest) >= reach.oldest ? found : found.slice(firstAbove(found, reach.oldest - 1));
	const walk = walkOf(reach, log.onlyMatches ? matches : null);
	const look: LogLook = {
		theme,
		columns: size.columns,
		wrap: log.wrap,
		time: log.time,
		column: log.column,
		pattern: log.pattern,
		mark: pause?.mark ?? null,
	};
	const draw = (line: LogLine) => drawLogLine(look, line);
	const between = (above: LogLine, below: LogLine) =>
		paint(
			theme,
			'dim',
			log.onlyMatches ? ' --' : ` ── ${withCommas(below.sequence - above.sequence - 1)} lines are gone ──`,
		);
	const window = fillWindow(walk, pause?.bottom ?? reach.newest, size.height, draw, between);
	return { connector, buffer, pause, reach, search, matches, walk, draw, window };
}

/** The scene as the last layout shows it. A panel that was hidden is drawn with the next frame; until then any size does. */
export function currentLogScene(screen: Screen): LogScene {
	const { columns, height } = logSize(screen);
	return logScene(screen, { columns, height });
}

export function logSize({ layout }: Screen): { readonly columns: number; readonly height: number } {
	const { logColumns, logRows } = layout.kind === 'too-small' ? { logColumns: 0, logRows: 0 } : layout;
	return logRows > 0 && logColumns > 0 ? { columns: logColumns, height: logRows } : { columns: 80, height: 10 };
}

const searches = new WeakMap<LogPattern, WeakMap<LogBuffer, LogSearch>>();

/** What was found of a pattern in a log, as long as the pattern is there. */
function searchFor(pattern: LogPattern, buffer: LogBuffer, start: number): LogSearch {
	const known = searches.get(pattern) ?? new WeakMap<LogBuffer, LogSearch>();
	searches.set(pattern, known);
	const search = known.get(buffer) ?? new LogSearch(pattern, start);
	known.set(buffer, search);
	return search;
}

import { useEffect, useState } from 'react';
import { withCommas } from '../../domain/numbers.ts';
import { formatSince, zoneName } from '../../domain/time.ts';
import type { Session } from '../../engine/session/session.ts';
import { logSourceOf } from '../../logs/choose-source.ts';
import { type LogScene, logScene } from '../log-scene.ts';
import type { LogView } from '../log-view.ts';
import { firstAbove } from '../log-window.ts';
import { Rows, titleRule } from '../rows.tsx';
import { useLogVersion, useScreen, useStore } from '../screen.ts';
import { paint } from '../theme.ts';
import { wrap } from '../width.ts';

/** The log of the selected Safe's connector, or of the pinned one; stands still while paused. */
export function Logs({ columns, height }: { columns: number; height: number }) {
	const screen = useScreen();
	const { engine, theme, view } = screen;
	const session = useStore(engine.session, (state) => state);
	const { focus, log } = useStore(view, (state) => state);
	const scene = logScene(screen, { columns, height });
	useLogVersion(scene.buffer);
	useRestOfSearch(scene);
	const title = titleRule(theme, 'Logs', titleDetail(session, log, scene), columns, focus === 'logs');
	const said = sentences(session, log, scene).flatMap((text) =>
		wrap(text, columns - 1).map((line) => paint(theme, 'yellow', ` ${line}`)),
	);
	// Where the log does not fill the pane, it begins at the top.
	const lines = [...scene.window.rows, ...said].slice(-height);
	return <Rows lines={[title, ...lines]} columns={columns} height={height + 1} />;
}

/** Milliseconds of searching between two key presses. */
const pieceMs = 5;

/** Searches on between frames until all lines are searched, then draws once more. */
function useRestOfSearch({ search, reach }: LogScene): void {
	const [, draw] = useState(0);
	const isDone = search === null || search.isTooSlow || search.hasSearched(reach);
	useEffect(() => {
		if (isDone || search === null) return;
		let next: NodeJS.Immediate;
		const goOn = () => {
			if (search.catchUp(reach, pieceMs)) draw((count) => count + 1);
			else next = setImmediate(goOn);
		};
		next = setImmediate(goOn);
		return () => clearImmediate(next);
	}, [isDone, search, reach]);
}

function titleDetail(session: Session, log: LogView, scene: LogScene): string {
	const { connector: name, buffer, pause, reach } = scene;
	const connector = session.inventory.connectors.find((candidate) => candidate.name === name);
	if (connector === undefined) return 'no connector';
	if (log.typing !== null) return `${log.typing.problem ?? matchCount(log, scene)} /${log.typing.text}▏`.trimStart();
	const source = logSourceOf(connector);
	const state = session.logs.get(connector.name);
	const fresh = pause === null ? 0 : reach.newest - pause.began;
	const gone = reach.gone === 0 ? '' : ` (${withCommas(reach.gone)} gone)`;
	return [
		pause !== null ? `PAUSED, ${withCommas(fresh)} new${gone}` : (state?.phase ?? 'not followed'),
		log.pattern === null ? '' : `${matchCount(log, scene)}${log.onlyMatches ? ' only' : ''} /${log.pattern.text}`,
		`${connector.name}${log.pinned === null ? '' : ' pinned'}`,
		log.since === null ? '' : `since ${formatSince(log.since, Date.now())}`,
		log.time ? zoneName(Date.now()) : '',
		'none' in source ? '' : source.name,
		buffer.dropped === 0 ? '' : `${withCommas(buffer.dropped)} older dropped`,
	]
		.filter((part) => part !== '')
		.join(' · ');
}

/** `3 of 17`, `17 match`. */
function matchCount({ pattern }: LogView, { search, matches, reach, pause }: LogScene): string {
	if (pattern === null || search === null) return '';
	if (search.isTooSlow) return 'takes too long';
	const place = firstAbove(matches, pause?.mark ?? 0);
	const isPlace = matches[place - 1] === pause?.mark && pause?.mark !== undefined;
	const more = search.hasSearched(reach) ? '' : '+';
	return isPlace
		? `${place} of ${matches.length}${more}`
		: `${matches.length === 0 ? 'no' : matches.length}${more} match`;
}

/** What is said under the lines, or instead of them. */
function sentences(session: Session, log: LogView, { connector, window, buffer, reach, search }: LogScene): string[] {
	const state = connector === null ? undefined : session.logs.get(connector);
	const problem = state?.phase === 'waiting' ? [state.reason] : [];
	const said = log.said === null ? [] : [log.said];
	if (window.lines.length > 0) return [...problem, ...said];
	if (connector === null) return ['The inventory has no connector, so there is no log to follow.'];
	if (log.onlyMatches && log.pattern !== null && search?.hasSearched(reach) && reach.newest >= reach.oldest)
		return [`No line matches ${JSON.stringify(log.pattern.text)}; & shows all lines.`, ...problem, ...said];
	if (log.since !== null && buffer.length > 0)
		return [`No line since ${formatSince(log.since, Date.now())}; [ goes further back.`, ...problem, ...said];
	if (problem.length === 0 && buffer.length === 0)
		return [state?.phase === 'following' ? `${connector} has logged nothing yet.` : `Reading the log of ${connector}.`];
	return [...problem, ...said];
}

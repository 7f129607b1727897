import { formatLogTime } from '../../domain/time.ts';
import type { Session } from '../../engine/session.ts';
import { logSourceOf } from '../../logs/choose-source.ts';
import { LogBuffer } from '../../logs/log-buffer.ts';
import type { LogLine } from '../../logs/log-line.ts';
import { readableLine } from '../../logs/readable.ts';
import { Rows, titleRule } from '../rows.tsx';
import { shownConnector, useLogVersion, useScreen, useStore } from '../screen.ts';
import { paint, paintMaybe, type Style, type Theme } from '../theme.ts';
import { wrap } from '../width.ts';

const mostRowsOfALine = 6;
const noBuffer = new LogBuffer();

/** The log of the selected Safe's connector; stands still while paused. */
export function Logs({ columns, height }: { columns: number; height: number }) {
	const { engine, theme, view } = useScreen();
	const session = useStore(engine.session, (state) => state);
	const connector = useStore(view, (state) => shownConnector(session, state));
	const { focus, logAnchor } = useStore(view, (state) => state);
	const buffer = connector === null ? noBuffer : engine.logs.buffer(connector);
	useLogVersion(buffer);
	const title = titleRule(theme, 'Logs', describe(session, connector, buffer, logAnchor), columns, focus === 'logs');
	const lines = visibleLines(buffer, height, logAnchor).flatMap((line) => logLines(theme, line, columns));
	const problem = problemOf(session, connector);
	if (problem !== null) lines.push(...wrap(problem, columns - 1).map((text) => paint(theme, 'yellow', ` ${text}`)));
	return <Rows lines={[title, ...lines.slice(-height)]} columns={columns} height={height + 1} />;
}

/** The lines in the window; the one with the anchor's number is the last while paused. */
export function visibleLines(buffer: LogBuffer, height: number, anchor: number | null): LogLine[] {
	if (anchor === null) return buffer.last(height);
	// Sequence numbers have no gaps, so a line's place follows from the newest one's. What fell off the ring is gone.
	const newest = buffer.last(1)[0]?.sequence ?? 0;
	const behind = newest - anchor;
	const end = behind >= buffer.length ? Math.min(height, buffer.length) : buffer.length - behind;
	return buffer.slice(end - height, end);
}

function describe(session: Session, name: string | null, buffer: LogBuffer, anchor: number | null): string {
	const connector = session.inventory.connectors.find((candidate) => candidate.name === name);
	if (connector === undefined) return 'no connector';
	const source = logSourceOf(connector);
	const state = session.logs.get(connector.name);
	const dropped = buffer.dropped === 0 ? '' : ` · ${buffer.dropped} older dropped`;
	const fresh = anchor === null ? 0 : (buffer.last(1)[0]?.sequence ?? anchor) - anchor;
	const phase = anchor !== null ? `PAUSED, ${fresh} new` : (state?.phase ?? 'not followed');
	return `${phase} · ${connector.name}${dropped}${'none' in source ? '' : ` · ${source.name}`}`;
}

function problemOf(session: Session, connector: string | null): string | null {
	const state = connector === null ? undefined : session.logs.get(connector);
	return state?.phase === 'waiting' ? state.reason : null;
}

const kindStyles: Readonly<Record<LogLine['kind'], Style | null>> = {
	error: 'red',
	warning: 'yellow',
	notice: 'cyan',
	log: null,
};

/** A line of the log as lines of the pane; a very long one is cut, and says so. */
export function logLines(theme: Theme, line: LogLine, columns: number): string[] {
	const { time, text } = readableLine(line);
	// Yesterday's lines must not look like today's.
	const clock = time === null ? '' : `${formatLogTime(time, Date.now())} `;
	const shown = line.kind === 'notice' ? `── ${text} ──` : text;
	const cut = cutForDisplay(shown, (columns - 3) * mostRowsOfALine);
	const [first = ''] = wrap(cut, columns - 1 - clock.length);
	const rest = cut.slice(first.length).trimStart();
	const style = kindStyles[line.kind];
	const indented = rest === '' ? [] : wrap(rest, columns - 3);
	return [
		` ${paint(theme, 'dim', clock)}${paintMaybe(theme, style, first)}`,
		...indented.map((part) => `   ${paintMaybe(theme, style, part)}`),
	];
}

function cutForDisplay(text: string, most: number): string {
	if (text.length <= most) return text;
	const said = ` … cut, ${text.length.toLocaleString('en')} characters`;
	// Not between the halves of a character.
	return text.slice(0, Math.max(1, most - said.length)).replace(/[\ud800-\udbff]$/, '') + said;
}

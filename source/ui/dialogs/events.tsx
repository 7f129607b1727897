import { formatClock, formatWeekday } from '../../domain/time.ts';
import type { Session } from '../../engine/session/session.ts';
import { digestEvents, digestWords } from '../../report/event-digest.ts';
import { type EventsDialog, linesOf } from '../event-actions.ts';
import type { EventLine } from '../event-list.ts';
import { Rows, titleRule } from '../rows.tsx';
import { useScreen, useStore } from '../screen.ts';
import { paint, paintMaybe, type Theme, verdictStyles } from '../theme.ts';
import { cell, truncate, widthOf, wrap } from '../width.ts';

/** What changed, newest last, by day; first what it comes to since the person was last here. */
export function Events({ dialog, columns, height }: { dialog: EventsDialog; columns: number; height: number }) {
	const { engine, theme, view } = useScreen();
	const session = useStore(engine.session, (state) => state);
	const away = useStore(view, ({ awaySince }) => awaySince);
	const now = Date.now();
	const lines = linesOf(session.events, dialog);
	const head = dialog.query === '' && !dialog.searching ? digestLines(theme, session, away, now, columns) : [];
	const listed = eventLines(theme, lines, dialog.cursor ?? lines.length - 1, columns, now);
	const room = Math.max(1, height - head.length);
	const start = Math.max(0, Math.min(listed.at - Math.floor(room / 2), listed.lines.length - room));
	const about = dialog.searching
		? `/${dialog.query}▏ ${lines.length} found`
		: `${dialog.query === '' ? '' : `/${dialog.query}: `}${lines.length === 1 ? '1 change' : `${lines.length} changes`}, newest last`;
	const title = titleRule(theme, 'Events', about, columns, true, 'esc back');
	const shown = lines.length === 0 ? [emptyLine(dialog.query)] : listed.lines.slice(start, start + room);
	return <Rows lines={[title, ...head, ...shown]} columns={columns} height={height + 1} />;
}

function emptyLine(query: string): string {
	return query === ''
		? '  Nothing has changed so far.'
		: `  No event has these words: ${JSON.stringify(query)}. esc shows all.`;
}

/** Where nobody was away: the time before is as long as a night and what is around it. */
const nightMs = 16 * 60 * 60_000;

function digestLines(
	theme: Theme,
	{ events, historyProblem, historyDamage, notShared }: Session,
	away: number | null,
	now: number,
	columns: number,
): string[] {
	const alone = notShared.flatMap((why) => wrap(` ${why}`, columns - 1, 1)).map((line) => paint(theme, 'yellow', line));
	const [first] = events;
	if (first === undefined) return alone.length === 0 ? [] : [...alone, ''];
	const from = Math.max(away ?? now - nightMs, Date.parse(first.at));
	const why = away !== null && from === away ? ', when the last key was pressed' : '';
	const since = `Since ${formatWeekday(from, now)} ${formatClock(from).slice(0, 5)}${why}: `;
	const said = wrap(` ${since}${digestWords(digestEvents(events, from))}`, columns - 1, 1);
	const lost = [
		...(historyProblem === null ? [] : wrap(` Not kept over restarts: ${historyProblem}`, columns - 1, 1)),
		...(historyDamage === null ? [] : wrap(` Part is missing: ${historyDamage}`, columns - 1, 1)),
	];
	return [
		...said.map((line) => paint(theme, 'bold', line)),
		...lost.map((line) => paint(theme, 'yellow', line)),
		...alone,
		'',
	];
}

const clockColumns = 8;
const whatColumns = 20;
const widestWho = 34;

/** With a line for each day, and where among all of them the cursor is. */
function eventLines(theme: Theme, lines: readonly EventLine[], cursor: number, columns: number, now: number) {
	const who = Math.min(
		widestWho,
		Math.max(12, ...lines.map(({ text }) => widthOf(text.who))),
		Math.floor(columns * 0.35),
	);
	const drawn: string[] = [];
	let at = 0;
	let day = '';
	for (const [index, line] of lines.entries()) {
		const itsDay = formatWeekday(line.at, now);
		if (itsDay !== day) drawn.push(` ${paint(theme, 'bold', itsDay)}`);
		day = itsDay;
		if (index === cursor) at = drawn.length;
		drawn.push(eventLine(theme, line, who, columns, index === cursor));
	}
	return { lines: drawn, at };
}

function eventLine(
	theme: Theme,
	{ at, text, isMember }: EventLine,
	who: number,
	columns: number,
	isHere: boolean,
): string {
	const time = isMember ? ' '.repeat(clockColumns) : formatClock(at);
	const lead = `${cell(isMember ? `  ${text.who}` : text.who, who)}  ${cell(text.what, whatColumns)}  `;
	const room = columns - 1 - clockColumns - 1 - 2 - widthOf(lead) - 1;
	const glyph = paintMaybe(theme, verdictStyles[text.verdict], text.glyph);
	const detail = paint(theme, 'dim', truncate(isMember ? '' : text.detail, room));
	return `${isHere ? '▶' : ' '}${paint(theme, 'dim', time)} ${glyph} ${isHere ? paint(theme, 'inverse', lead) : lead}${detail}`;
}

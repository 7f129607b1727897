import type { ConnectorResult } from '../../domain/check.ts';
import { formatClock } from '../../domain/time.ts';
import type { Session } from '../../engine/session/session.ts';
import type { LinkProblem, LinkState } from '../../hosts/host.ts';
import { statusGlyphs, statusTitles, verdictGlyphs } from '../../report/glyphs.ts';
import { isDown, orderedConnectors } from '../connector-list.ts';
import { Rows } from '../rows.tsx';
import { shownConnector, useScreen, useStore } from '../screen.ts';
import { paint, paintMaybe, type Style, statusStyles, type Theme, verdictStyles } from '../theme.ts';
import { truncate, widthOf } from '../width.ts';

/** Connectors with status and number of Safes, those that are not Online first, as many as there is room for. */
export function Connectors({ columns, height }: { columns: number; height: number }) {
	const { engine, theme, view } = useScreen();
	const session = useStore(engine.session, (state) => state);
	const focused = useStore(view, ({ focus }) => focus === 'connectors');
	const shown = useStore(view, (state) => shownConnector(session, state));
	const lines = connectorLines(theme, session, columns, height, focused ? shown : null);
	return <Rows lines={lines} columns={columns} height={height} />;
}

const label = ' Connectors  ';
const gap = 3;

/** How many lines all connectors would take; the same for every status, so that nothing moves when one changes. */
export function connectorLineCount({ inventory }: Session, columns: number): number {
	return breakLines(
		inventory.connectors.map(({ name }) => entryColumns(name, 4)),
		columns,
	).length;
}

export function connectorLines(
	theme: Theme,
	session: Session,
	columns: number,
	height: number,
	selected: string | null,
): string[] {
	const fix = describeFixes(session.fixesUnderWay);
	if (fix === '') return entryLines(theme, session, columns, height, selected);
	// What somebody does now stands beside the connectors; those that it leaves no room for are counted.
	const room = columns - widthOf(fix) - gap;
	const [first = '', ...others] = entryLines(theme, session, room, height, selected);
	const used = widthOf(plainText(first));
	return [`${first}${' '.repeat(gap)}${paint(theme, 'yellow', truncate(fix, columns - used - gap - 1))}`, ...others];
}

/** `anna is restarting dc1 since 15:59` */
export function describeFixes(fixes: Session['fixesUnderWay']): string {
	return fixes.map(({ user, what, since }) => `${user} is ${what} since ${formatClock(since).slice(0, 5)}`).join('; ');
}

function plainText(line: string): string {
	return line.replace(/\u001b\[[\d;]*m/g, '');
}

function entryLines(
	theme: Theme,
	session: Session,
	columns: number,
	height: number,
	selected: string | null,
): string[] {
	const counts = new Map<string, number>();
	for (const { result } of session.safes.values())
		counts.set(result.connector, (counts.get(result.connector) ?? 0) + 1);
	const names = orderedConnectors(session);
	const entries = names.map((name) => entryOf(theme, name, session, counts.get(name) ?? 0, name === selected));
	const all = breakLines(
		entries.map((entry) => entry.columns),
		columns,
	);
	// The window begins at the line that has the selected one.
	const first = Math.max(
		0,
		Math.min(
			all.findIndex((line) => line.some((index) => names[index] === selected)),
			all.length - height,
		),
	);
	const window = all.slice(first, first + height);
	const seen = new Set(window.flat());
	const hidden = names.filter((_, index) => !seen.has(index));
	return window.map((line, index) => {
		const head = index === 0 ? paint(theme, 'dim', label) : ' '.repeat(widthOf(label));
		const text = line.map((entry) => entries[entry]?.text).join(' '.repeat(gap));
		const isLast = index === window.length - 1;
		return head + text + (isLast && hidden.length > 0 ? restOf(theme, session, hidden, line, entries, columns) : '');
	});
}

/** `… 15 more, 2 not Online`, as far as the line has room. */
function restOf(
	theme: Theme,
	session: Session,
	hidden: readonly string[],
	line: readonly number[],
	entries: ReadonlyArray<{ columns: number }>,
	columns: number,
): string {
	const down = hidden.filter((name) => isDown(session, name)).length;
	const text = ` … ${hidden.length} more${down === 0 ? '' : `, ${down} not Online`}`;
	const used = widthOf(label) + line.reduce((sum, index) => sum + (entries[index]?.columns ?? 0) + gap, -gap);
	return paint(theme, 'dim', truncate(text, columns - used));
}

/** Which entries stand on which line. The last place of a line is kept for saying that there are more. */
function breakLines(widths: readonly number[], columns: number): number[][] {
	const lines: number[][] = [[]];
	const room = columns - widthOf(label) - widthOf(' … 99 more, 99 not Online');
	const whole = columns - widthOf(label);
	let used = 0;
	const total = widths.reduce((sum, width) => sum + width + gap, -gap);
	for (const [index, width] of widths.entries()) {
		if (used + width > (total <= whole ? whole : room) && used > 0) {
			lines.push([]);
			used = 0;
		}
		lines.at(-1)?.push(index);
		used += width + gap;
	}
	return lines;
}

function entryColumns(name: string, digits: number): number {
	return 2 + widthOf(name) + 1 + widthOf('Needs recovery') + 1 + digits;
}

function entryOf(theme: Theme, name: string, { connectors, links }: Session, safes: number, selected: boolean) {
	const { word, glyph, style } = appearance(connectors.get(name), links.get(name));
	const shown = selected ? paint(theme, 'inverse', name) : name;
	const count = String(safes);
	const text = `${paintMaybe(theme, style, glyph)} ${shown} ${paintMaybe(theme, style === 'green' ? null : style, word)} ${paint(theme, 'dim', count)}`;
	return { text, columns: 2 + widthOf(name) + 1 + widthOf(word) + 1 + widthOf(count) };
}

function appearance(
	result: ConnectorResult | undefined,
	link: LinkState | undefined,
): { word: string; glyph: string; style: Style | null } {
	// Row 1 says why, and when it is tried again.
	if (link?.phase === 'connecting' || link?.phase === 'waiting') {
		const word = link.problem === null ? 'connecting' : wordOf(link.problem.kind);
		return { word, glyph: verdictGlyphs.unknown, style: verdictStyles.unknown };
	}
	if (result === undefined) return { word: 'measuring', glyph: verdictGlyphs.running, style: verdictStyles.running };
	if (result.check.verdict === 'untested')
		return { word: 'untested', glyph: verdictGlyphs.untested, style: verdictStyles.untested };
	return { word: statusTitles[result.status], glyph: statusGlyphs[result.status], style: statusStyles[result.status] };
}

/** No longer than `Needs recovery`. */
function wordOf(kind: LinkProblem['kind']): string {
	if (kind === 'host-key-unknown' || kind === 'host-key-changed') return 'host key?';
	return kind === 'login' ? 'no login' : 'reconnecting';
}

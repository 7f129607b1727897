import { useRef } from 'react';
import { formatSince } from '../../domain/time.ts';
import type { SafeState } from '../../engine/session.ts';
import { verdictGlyphs } from '../../report/glyphs.ts';
import { checks } from '../../runbook/checks.ts';
import { Rows, titleRule } from '../rows.tsx';
import { labelOf, selectedSafe } from '../safe-list.ts';
import { cachedList, useScreen, useStore } from '../screen.ts';
import { paint, paintMaybe, type Theme, verdictStyles } from '../theme.ts';
import { cell } from '../width.ts';

/** The Safes, failing first: name, why, the five rows, since when. */
export function Safes({ columns, height }: { columns: number; height: number }) {
	const { engine, theme, view } = useScreen();
	const safes = useStore(engine.session, (state) => state.safes);
	const { focus, filter, typing, safe } = useStore(view, (state) => state);
	const offset = useRef(0);
	const list = cachedList(safes, filter);
	const selected = selectedSafe(list, { safe });
	const index = selected === null ? 0 : list.indexOf(selected);
	// The window only moves when the selection would leave it.
	offset.current = Math.max(0, Math.min(Math.max(offset.current, index - height + 1), index, list.length - height));
	const now = Date.now();
	const focused = focus === 'safes';
	const lines = list
		.slice(offset.current, offset.current + height)
		.map((state) => safeLine(theme, state, columns, now, state === selected, focused));
	if (list.length === 0) lines.push(emptyLine(safes.size, filter));
	const heads = checks.map(({ number }) => number).join('');
	const title = titleRule(
		theme,
		'Safes',
		describe(list, safes.size, filter, typing),
		columns,
		focused,
		`${heads}  since `,
	);
	return <Rows lines={[title, ...lines]} columns={columns} height={height + 1} />;
}

function describe(list: readonly SafeState[], all: number, filter: string, typing: boolean): string {
	const failing = list.filter(({ result }) => result.verdict === 'fail').length;
	const counts = `${failing} of ${list.length} fail`;
	if (typing) return `/${filter}▏ ${list.length} of ${all} match`;
	return filter === '' ? counts : `/${filter}: ${list.length} of ${all}, ${counts}`;
}

function emptyLine(all: number, filter: string): string {
	return all === 0 ? '  The inventory has no Safes.' : `  No Safe matches ${JSON.stringify(filter)}; esc shows all.`;
}

const sinceColumns = 6;
const connectorColumns = 12;
const connectorFrom = 72;

export function safeLine(
	theme: Theme,
	state: SafeState,
	columns: number,
	now: number,
	selected: boolean,
	focused: boolean,
): string {
	const { result, running, since } = state;
	const marks = result.checks.map(({ id, verdict }) => (running?.checks.includes(id) ? 'running' : verdict));
	const withConnector = columns >= connectorFrom;
	const free = columns - 3 - 2 - 2 - marks.length - 2 - sinceColumns - 1 - (withConnector ? connectorColumns + 2 : 0);
	const nameColumns = Math.min(32, Math.floor(free * 0.45));
	const cells = [
		cell(result.name, nameColumns),
		cell(labelOf(state), free - nameColumns),
		...(withConnector ? [cell(result.connector, connectorColumns)] : []),
	];
	const rows = marks.map((verdict) => paintMaybe(theme, verdictStyles[verdict], verdictGlyphs[verdict])).join('');
	const glyph = paintMaybe(theme, verdictStyles[result.verdict], verdictGlyphs[result.verdict]);
	const text = cells.join('  ');
	const body = selected && focused ? paint(theme, 'inverse', text) : selected ? paint(theme, 'bold', text) : text;
	const shownSince = cell(since === null ? '' : formatSince(since, now), sinceColumns);
	return `${selected ? '▶' : ' '}${glyph} ${body}  ${rows}  ${paint(theme, 'dim', shownSince)}`;
}

import { formatSince } from '../../domain/time.ts';
import type { SafeState } from '../../engine/session.ts';
import { verdictGlyphs } from '../../report/glyphs.ts';
import { checks } from '../../runbook/checks.ts';
import { Rows, titleRule } from '../rows.tsx';
import { labelOf } from '../safe-list.ts';
import { listOf, useScreen, useStore } from '../screen.ts';
import { paint, paintMaybe, type Theme, verdictStyles } from '../theme.ts';
import { cell, truncateMiddle, widthOf } from '../width.ts';

/** The Safes, failing first: name, why, the five rows, since when. */
export function Safes({ columns, height }: { columns: number; height: number }) {
	const { engine, theme, view, ends } = useScreen();
	const { safes, inventory } = useStore(engine.session, (state) => state);
	const state = useStore(view, (current) => current);
	const { list, selected } = listOf(safes, state);
	const index = selected === null ? 0 : list.indexOf(selected);
	// The window only moves when the selection would leave it.
	ends.safesFrom = Math.max(0, Math.min(Math.max(ends.safesFrom, index - height + 1), index, list.length - height));
	const now = Date.now();
	const focused = state.focus === 'safes';
	const shown = list.slice(ends.safesFrom, ends.safesFrom + height);
	const widths = columnsFor(shown, columns);
	const lines = shown.map((safe) => safeLine(theme, safe, widths, now, safe === selected, focused));
	if (list.length === 0) lines.push(...emptyLines(safes.size, state.filter, inventory.file));
	const heads = checks.map(({ number }) => number).join('');
	const position = list.length > height ? ` · ${index + 1} of ${list.length}` : '';
	const detail = describe(list, safes.size, state.filter, state.typing) + position;
	const title = titleRule(theme, 'Safes', detail, columns, focused, `${heads}  since `);
	return <Rows lines={[title, ...lines]} columns={columns} height={height + 1} />;
}

function describe(list: readonly SafeState[], all: number, filter: string, typing: boolean): string {
	const failing = list.filter(({ result }) => result.verdict === 'fail').length;
	const counts = `${failing} of ${list.length} fail`;
	if (typing) return `/${filter}▏ ${list.length} of ${all} match`;
	return filter === '' ? counts : `/${filter}: ${list.length} of ${all}, ${counts}`;
}

function emptyLines(all: number, filter: string, file: string | null): string[] {
	if (all > 0) return [`  No Safe matches ${JSON.stringify(filter)}; esc shows all.`];
	return [
		`  ${file ?? 'The inventory'} has no Safes yet. q leaves; add one under "safes:", as the README shows,`,
		'  or look at one target at once: vpmon check user@host:22 --key FILE.pub',
	];
}

const sinceColumns = 6;
const connectorFrom = 72;
const shortestLabel = 20;
const widestName = 48;

type Columns = { readonly name: number; readonly label: number; readonly connector: number };

/** The name gets what it needs, as long as the reason keeps enough to be read. */
function columnsFor(shown: readonly SafeState[], columns: number): Columns {
	const widest = (texts: readonly string[]) => Math.max(4, ...texts.map(widthOf));
	const connector = columns < connectorFrom ? 0 : Math.min(12, widest(shown.map(({ result }) => result.connector)));
	const free = columns - 3 - 2 - 2 - checks.length - 2 - sinceColumns - 1 - (connector === 0 ? 0 : connector + 2);
	const name = Math.min(
		widestName,
		Math.max(widest(shown.map(({ result }) => result.name)), Math.floor(free * 0.4)),
		free - shortestLabel,
	);
	return { name, label: free - name, connector };
}

export function safeLine(
	theme: Theme,
	state: SafeState,
	widths: Columns,
	now: number,
	selected: boolean,
	focused: boolean,
): string {
	const { result, running, since } = state;
	const cells = [
		cell(truncateMiddle(result.name, widths.name), widths.name),
		cell(labelOf(state), widths.label),
		...(widths.connector > 0 ? [cell(truncateMiddle(result.connector, widths.connector), widths.connector)] : []),
	];
	// What is known stays to be seen while it is measured again.
	const rows = result.checks
		.map(({ verdict }) => paintMaybe(theme, verdictStyles[verdict], verdictGlyphs[verdict]))
		.join('');
	const sign = running === null ? result.verdict : 'running';
	const text = cells.join('  ');
	const body = selected && focused ? paint(theme, 'inverse', text) : selected ? paint(theme, 'bold', text) : text;
	const shownSince = cell(since === null ? '' : formatSince(since, now), sinceColumns);
	const glyph = paintMaybe(theme, verdictStyles[sign], verdictGlyphs[sign]);
	return `${selected ? '▶' : ' '}${glyph} ${body}  ${rows}  ${paint(theme, 'dim', shownSince)}`;
}

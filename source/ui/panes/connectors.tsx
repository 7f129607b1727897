import type { ConnectorResult } from '../../domain/check.ts';
import type { Session } from '../../engine/session.ts';
import { statusGlyphs, statusTitles } from '../../report/glyphs.ts';
import { Rows } from '../rows.tsx';
import { shownConnector, useScreen, useStore } from '../screen.ts';
import { paint, paintMaybe, statusStyles, type Theme } from '../theme.ts';
import { widthOf } from '../width.ts';

/** All connectors with status and number of Safes, as many in a line as there is room for. */
export function Connectors({ columns, height }: { columns: number; height: number }) {
	const { engine, theme, view } = useScreen();
	const session = useStore(engine.session, (state) => state);
	const focused = useStore(view, ({ focus }) => focus === 'connectors');
	const shown = useStore(view, (state) => shownConnector(session, state));
	return (
		<Rows lines={connectorLines(theme, session, columns, focused ? shown : null)} columns={columns} height={height} />
	);
}

const label = ' Connectors  ';

/** How many lines the connectors take in a pane of this width; the same for every status, so that nothing moves when one changes. */
export function connectorLineCount(session: Session, columns: number): number {
	return connectorLines({ color: false, ascii: false }, session, columns, null).length;
}

export function connectorLines(
	theme: Theme,
	{ inventory, connectors, safes }: Session,
	columns: number,
	selected: string | null,
): string[] {
	const counts = new Map<string, number>();
	for (const { result } of safes.values()) counts.set(result.connector, (counts.get(result.connector) ?? 0) + 1);
	const lines: string[] = [];
	let line = paint(theme, 'dim', label);
	let used = widthOf(label);
	for (const { name } of inventory.connectors) {
		const entry = entryOf(theme, name, connectors.get(name), counts.get(name) ?? 0, name === selected);
		if (used + entry.columns > columns && used > widthOf(label)) {
			lines.push(line);
			line = ' '.repeat(widthOf(label));
			used = widthOf(label);
		}
		line += `${entry.text}   `;
		used += entry.columns + 3;
	}
	return [...lines, line];
}

function entryOf(theme: Theme, name: string, result: ConnectorResult | undefined, safes: number, selected: boolean) {
	const status = result?.status ?? 'unknown';
	const word =
		result === undefined ? 'measuring' : result.check.verdict === 'untested' ? 'untested' : statusTitles[status];
	const glyph = paintMaybe(theme, statusStyles[status], statusGlyphs[status]);
	const shown = selected ? paint(theme, 'inverse', name) : name;
	const tail = `${paintMaybe(theme, status === 'online' ? null : statusStyles[status], word)} ${paint(theme, 'dim', String(safes))}`;
	return {
		text: `${glyph} ${shown} ${tail}`,
		columns: 2 + widthOf(name) + 1 + 'Needs recovery'.length + 1 + String(safes).length,
	};
}

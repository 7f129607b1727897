import type { Session } from '../engine/session/session.ts';
import { type Layout, layOut, layOutZoomed } from './layout.ts';
import { connectorLineCount } from './panes/connectors.tsx';
import { listOf } from './screen.ts';
import type { View } from './view.ts';

/** The layout for what there is to show now, and how many lines the list could have in it. */
export function arrange(
	session: Session,
	view: View,
	columns: number,
	rows: number,
): { readonly layout: Layout; readonly room: number } {
	const { logPanel, isZoomed, focus } = view;
	const unlimited = { safes: Number.POSITIVE_INFINITY, logPanel };
	const first = layOut(columns, rows, { ...unlimited, connectorLines: 1 });
	if (first.kind === 'too-small') return { layout: first, room: view.room };
	const connectorLines = connectorLineCount(session, first.workColumns);
	const most = layOut(columns, rows, { ...unlimited, connectorLines });
	const zoomed = isZoomed ? layOutZoomed(columns, rows, focus) : most;
	// What is folded stays folded while another pane is zoomed.
	const room = (focus === 'safes' ? rowsForSafes(zoomed) : 0) || rowsForSafes(most);
	if (isZoomed) return { layout: zoomed, room };
	const safes = listOf(session, { ...view, room }).list.entries.length;
	return { layout: layOut(columns, rows, { safes, connectorLines, logPanel }), room };
}

function rowsForSafes(layout: Layout): number {
	return layout.kind === 'too-small' ? 0 : layout.safeRows;
}

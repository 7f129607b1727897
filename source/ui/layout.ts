import type { Pane } from './view.ts';

/** Which panes are where, in columns and rows. Pure. */
export type Layout =
	| { readonly kind: 'too-small'; readonly columns: number; readonly rows: number }
	| {
			/** `zoomed`: the focused pane alone; the others have no rows. */
			readonly kind: 'side' | 'stacked' | 'zoomed';
			readonly columns: number;
			readonly rows: number;
			/** Of the work: Connectors, Safes, Checks. */
			readonly workColumns: number;
			/** 0 where the log is hidden. */
			readonly logColumns: number;
			/** Rows below each pane's title. */
			readonly connectorRows: number;
			readonly safeRows: number;
			readonly checkRows: number;
			readonly logRows: number;
	  };

export type LogPanel = 'normal' | 'wide' | 'hidden';

export const smallest = { columns: 60, rows: 15 } as const;
const sideFrom = 120;
/** Wide enough for `    offered ED25519 SHA256:` and a whole fingerprint. */
const workWanted = 74;
const logShare = 0.4;
const wideLogShare = 0.5;
const title = 1;
/** Below this every row goes to the answer first. */
const short = 30;
const answerRows = 12;

export function layOut(
	columns: number,
	rows: number,
	panes: { safes: number; connectorLines: number; logPanel: LogPanel },
): Layout {
	if (columns < smallest.columns || rows < smallest.rows) return { kind: 'too-small', columns, rows };
	const body = rows - 2; // Header and footer.
	const isShort = rows < short;
	const connectorRows = Math.min(panes.connectorLines, isShort ? 1 : 3);
	if (columns >= sideFrom) {
		const logColumns = sideLogColumns(columns, panes.logPanel);
		const left = body - connectorRows - 2 * title;
		const safeRows = shareOfSafes(left, panes.safes);
		const workColumns = logColumns === 0 ? columns : columns - logColumns - 1;
		return {
			kind: 'side',
			columns,
			rows,
			workColumns,
			logColumns,
			connectorRows,
			safeRows,
			checkRows: left - safeRows,
			logRows: body - title,
		};
	}
	const logRows =
		panes.logPanel === 'hidden'
			? 0
			: panes.logPanel === 'wide'
				? Math.floor(body * 0.45)
				: isShort
					? 2
					: Math.floor(body * 0.15);
	const left = body - connectorRows - 2 * title - (logRows === 0 ? 0 : logRows + title);
	const safeRows = shareOfSafes(left, panes.safes);
	return {
		kind: 'stacked',
		columns,
		rows,
		workColumns: columns,
		logColumns: logRows === 0 ? 0 : columns,
		connectorRows,
		safeRows,
		checkRows: left - safeRows,
		logRows,
	};
}

function sideLogColumns(columns: number, panel: LogPanel): number {
	if (panel === 'hidden') return 0;
	if (panel === 'wide') return Math.floor(columns * wideLogShare);
	return Math.max(0, Math.min(Math.floor(columns * logShare), columns - workWanted - 1));
}

/** One pane with the whole screen between header and footer. */
export function layOutZoomed(columns: number, rows: number, pane: Pane): Layout {
	if (columns < smallest.columns || rows < smallest.rows) return { kind: 'too-small', columns, rows };
	const all = rows - 2 - title;
	const rowsOf = (candidate: Pane, own = all) => (candidate === pane ? own : 0);
	return {
		kind: 'zoomed',
		columns,
		rows,
		workColumns: columns,
		logColumns: rowsOf('logs', columns),
		// Connectors have no title.
		connectorRows: rowsOf('connectors', all + title),
		safeRows: rowsOf('safes'),
		checkRows: rowsOf('checks'),
		logRows: rowsOf('logs'),
	};
}

/** The answer for the selected Safe comes first; the list takes what it needs of the rest, but at least three rows. */
function shareOfSafes(left: number, safes: number): number {
	const most = Math.max(3, Math.min(left - answerRows, Math.ceil(left * 0.45)));
	return Math.max(1, Math.min(safes, most));
}

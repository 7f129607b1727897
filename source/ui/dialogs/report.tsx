import { basename, dirname } from 'node:path';
import { formatClock } from '../../domain/time.ts';
import { Rows, titleRule } from '../rows.tsx';
import { useScreen } from '../screen.ts';
import { paint, type Theme } from '../theme.ts';
import type { Dialog } from '../view.ts';
import { wrap } from '../width.ts';

type ReportDialog = Extract<Dialog, { kind: 'report' }>;

/** The escalation report under way, written, or why it was not. */
export function Report({ dialog, columns, height }: { dialog: ReportDialog; columns: number; height: number }) {
	const { theme } = useScreen();
	const title = titleRule(theme, 'Escalation report', dialog.safe, columns, true, 'esc back');
	return <Rows lines={[title, '', ...reportLines(theme, dialog, columns)]} columns={columns} height={height + 1} />;
}

function reportLines(theme: Theme, dialog: ReportDialog, columns: number): string[] {
	switch (dialog.phase) {
		case 'collecting':
			return [` Collecting log, nc and versions; begun ${formatClock(dialog.since)}, each part has 8 s.`];
		case 'failed':
			return wrap(` ${dialog.reason}`, columns - 1, 1).map((line) => paint(theme, 'red', line));
		case 'done':
			return [
				' Written, readable by you only:',
				'',
				// The name on a line of its own can be selected as one word.
				...wrap(` ${dirname(dialog.path)}/`, columns - 1, 1),
				...wrap(` ${basename(dialog.path)}`, columns - 1, 1).map((line) => paint(theme, 'bold', line)),
				'',
				...wrap(` ${dialog.detail}`, columns - 1, 1),
				' Attach it to the support ticket.',
			];
	}
}

import { countSafes } from '../../report/check-report.ts';
import { Rows, titleRule } from '../rows.tsx';
import type { Entry } from '../safe-list.ts';
import { useScreen, useStore } from '../screen.ts';
import type { Theme } from '../theme.ts';
import { labelled } from './labelled.ts';

type FoldEntry = Extract<Entry, { kind: 'fold' }>;

/** Safes that are folded into one line: how many by connector, and how to see them. */
export function Folded({ entry, columns, height }: { entry: FoldEntry; columns: number; height: number }) {
	const { theme, view } = useScreen();
	const focused = useStore(view, ({ focus }) => focus === 'checks');
	const about = `${countSafes(entry.members.length)} · ${entry.label}`;
	const title = titleRule(theme, 'Checks', about, columns, focused, 'enter lists them');
	return <Rows lines={[title, ...foldedLines(theme, entry, columns - 1)]} columns={columns} height={height + 1} />;
}

const meanings: Readonly<Record<FoldEntry['verdict'], string>> = {
	pass: 'All five checks pass; R measures them again with all others.',
	warn: 'Measured, and worth a look.',
	fail: 'They fail.',
	unknown: 'Could not be measured; the row of each says why.',
	untested: 'Open as far as can be seen from here; only a session from VaultPAM tests the rest.',
};

export function foldedLines(theme: Theme, { verdict, members }: FoldEntry, columns: number): string[] {
	const byConnector = Map.groupBy(members, ({ result }) => result.connector);
	const counts = [...byConnector]
		.sort(([, a], [, b]) => b.length - a.length)
		.map(([connector, { length }]) => `${connector} ${length}`);
	return [
		...labelled(theme, 'Means', meanings[verdict], columns),
		...labelled(theme, 'Via', counts.join(', '), columns).slice(0, 3),
	];
}

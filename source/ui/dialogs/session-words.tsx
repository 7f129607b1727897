import { rowsOf } from '../../domain/check.ts';
import { formatSince } from '../../domain/time.ts';
import { checkById } from '../../runbook/checks.ts';
import { normalizeError } from '../../runbook/find-message.ts';
import { reconcile } from '../../runbook/session-words.ts';
import { masked } from '../masking.ts';
import { Rows, titleRule } from '../rows.tsx';
import { useScreen, useStore } from '../screen.ts';
import { paint } from '../theme.ts';
import type { WordsDialog } from '../type-words.ts';
import { wrap } from '../width.ts';

/** The error text of a session as it is typed, and what it stands for so far. */
export function SessionWords({ dialog, columns, height }: { dialog: WordsDialog; columns: number; height: number }) {
	const { engine, theme } = useScreen();
	const { safes, inventory } = useStore(engine.session, (session) => session);
	const safe = inventory.safes.find(({ name }) => name === dialog.safe);
	const result = safes.get(dialog.safe)?.result;
	const title = titleRule(theme, 'Error text', dialog.safe, columns, true, 'esc back');
	const ask = wrap(
		" What did the session's banner or window say? Lines of the target's sshd log count too.",
		columns - 1,
		1,
	);
	const after = [
		'',
		...(safe === undefined || result === undefined ? [] : meaning(dialog.text, safe, rowsOf(result), columns)),
		...(result?.sessionWords === undefined ? [] : ['', ...keptLines(result.sessionWords, columns)]),
	];
	// What was typed last has to be seen.
	const room = Math.max(1, height - ask.length - 1 - after.length);
	const typed = `${masked(dialog.text)}▏`.split('\n').slice(-room);
	const wrapped = typed.flatMap((line) => wrap(` ${line.slice(-room * columns)}`, columns - 1));
	const shown = wrapped.slice(-room).map((line) => paint(theme, 'bold', line));
	return <Rows lines={[title, ...ask, '', ...shown, ...after]} columns={columns} height={height + 1} />;
}

type Kept = { readonly quote: string; readonly givenAt: string; readonly givenBy: string | null };

function keptLines({ quote, givenAt, givenBy }: Kept, columns: number): string[] {
	const since = formatSince(Date.parse(givenAt), Date.now());
	const by = givenBy === null ? '' : `, given by ${givenBy}`;
	return wrap(
		` Kept since ${since}${by}: "${quote}". Another text takes its place, none at all removes it.`,
		columns - 1,
		1,
	);
}

function meaning(
	text: string,
	safe: Parameters<typeof reconcile>[1],
	rows: Parameters<typeof reconcile>[2],
	columns: number,
): string[] {
	const tidy = normalizeError(text);
	if (tidy === '') return [];
	const { known, check, summary } = reconcile({ text: tidy, at: Date.now() }, safe, rows);
	const row = check === null ? null : checkById[check];
	const lead = known ? `Row ${row?.number}, ${row?.title}: ` : 'So far this ';
	return wrap(` ${lead}${summary}.`, columns - 1, 1);
}

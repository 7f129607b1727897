import { commandLines } from '../command-log.ts';
import { Rows, titleRule } from '../rows.tsx';
import { useScreen, useStore } from '../screen.ts';
import { paint } from '../theme.ts';
import type { Dialog } from '../view.ts';
import { wrap } from '../width.ts';

type Props = { dialog: Extract<Dialog, { kind: 'commands' }>; columns: number; height: number };

/** The command log: what was run, changed and reported. */
export function Commands({ dialog, columns, height }: Props) {
	const { engine, theme, ends } = useScreen();
	const { entries, file, problem } = dialog;
	const notShared = useStore(engine.session, (session) => session.notShared);
	const problems = [...new Set([...(problem === null ? [] : [problem]), ...notShared])];
	const head = problems.flatMap((why) => wrap(` ${why}`, columns - 1, 1)).map((line) => paint(theme, 'yellow', line));
	const room = Math.max(0, height - head.length);
	const lines = commandLines(entries, Date.now()).flatMap((line) => wrap(` ${line}`, columns - 1, 5));
	ends.dialog = Math.max(0, lines.length - room);
	const start = Math.min(dialog.offset, ends.dialog);
	const empty = wrap(` No fix was made yet. What is done will stand in ${file}.`, columns - 1, 1);
	const title = titleRule(theme, 'Command log', `${file}, newest first`, columns, true, 'esc back');
	const shown = entries.length === 0 ? empty : lines.slice(start, start + room);
	return <Rows lines={[title, ...head, ...shown]} columns={columns} height={height + 1} />;
}

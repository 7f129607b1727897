import { commandLines } from '../command-log.ts';
import { Rows, titleRule } from '../rows.tsx';
import { useScreen } from '../screen.ts';
import type { Dialog } from '../view.ts';
import { wrap } from '../width.ts';

type Props = { dialog: Extract<Dialog, { kind: 'commands' }>; columns: number; height: number };

/** The command log: what fixes have run and changed. */
export function Commands({ dialog, columns, height }: Props) {
	const { theme, ends } = useScreen();
	const { entries, file } = dialog;
	const lines = commandLines(entries, Date.now()).flatMap((line) => wrap(` ${line}`, columns - 1, 5));
	ends.dialog = Math.max(0, lines.length - height);
	const start = Math.min(dialog.offset, ends.dialog);
	const empty = wrap(` No fix was made yet. They will stand in ${file}.`, columns - 1, 1);
	const title = titleRule(theme, 'Command log', `${file}, newest first`, columns, true, 'esc back');
	const shown = entries.length === 0 ? empty : lines.slice(start, start + height);
	return <Rows lines={[title, ...shown]} columns={columns} height={height + 1} />;
}

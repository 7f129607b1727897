import { Rows, titleRule } from '../rows.tsx';
import { useScreen } from '../screen.ts';
import { paint } from '../theme.ts';
import type { Dialog } from '../view.ts';
import { cell, truncate } from '../width.ts';

const titleColumns = 22;

/** What can be copied, each under a digit. */
export function Copy({
	dialog,
	columns,
	height,
}: {
	dialog: Extract<Dialog, { kind: 'copy' }>;
	columns: number;
	height: number;
}) {
	const { theme } = useScreen();
	const lines = dialog.choices.map(({ title, text }, index) => {
		const [first = '', ...more] = text.split('\n');
		const shown = more.length === 0 ? first : `${more.length + 1} lines`;
		const lead = cell(`${index + 1} ${title}`, titleColumns);
		const isHere = index === dialog.cursor;
		return `${isHere ? '▶' : ' '}${isHere ? paint(theme, 'inverse', lead) : lead} ${truncate(shown, columns - titleColumns - 3)}`;
	});
	const title = titleRule(theme, 'Copy', 'to the clipboard of your terminal', columns, true, 'esc back');
	return <Rows lines={[title, ...lines]} columns={columns} height={height + 1} />;
}

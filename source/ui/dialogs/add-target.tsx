import { formLines } from '../form-lines.ts';
import { Rows, titleRule } from '../rows.tsx';
import { useScreen, useStore } from '../screen.ts';
import type { AddDialog } from '../type-target.ts';
import { nameOfListed } from '../vaultpam-only.ts';

/** One more target, as it is typed. */
export function AddTarget({ dialog, columns, height }: { dialog: AddDialog; columns: number; height: number }) {
	const { engine, theme } = useScreen();
	const { file, connectors } = useStore(engine.session, ({ inventory }) => inventory);
	const takes = {
		target: 'user@host or user@host:port',
		key: "path of the Safe's public key (.pub), never the private one; empty for a password",
		connector: connectors.map(({ name }) => name).join(', '),
	};
	const { listed } = dialog;
	const about = `${listed === null ? '' : `of ${nameOfListed(listed)} `}to ${file ?? ''}`;
	const title = titleRule(theme, 'Add a target', about, columns, true, 'esc leave');
	return (
		<Rows lines={[title, ...formLines(theme, dialog.form, takes, columns)]} columns={columns} height={height + 1} />
	);
}

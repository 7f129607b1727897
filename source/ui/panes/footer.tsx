import type { Hint } from '../hint.ts';
import { footerKeys } from '../keys.ts';
import { Rows } from '../rows.tsx';
import { useScreen, useStore } from '../screen.ts';
import { paint, type Theme } from '../theme.ts';
import { truncate, widthOf } from '../width.ts';

/** The last line: the keys that matter now, help and quit always, and what the last key did where nothing else shows it. */
export function Footer({ columns }: { columns: number }) {
	const screen = useScreen();
	const view = useStore(screen.view, (state) => state);
	return (
		<Rows lines={[footerLine(screen.theme, footerKeys(view), view.notice, columns)]} columns={columns} height={1} />
	);
}

export function footerLine(theme: Theme, hints: readonly Hint[], notice: string | null, columns: number): string {
	const width = ({ keys, title }: Hint) => widthOf(`${keys} ${title}`) + 2;
	const always = hints.filter((hint) => hint.always);
	let room = columns - 1 - always.reduce((sum, hint) => sum + width(hint), 0);
	const said = notice === null ? '' : `${truncate(notice, room - 2)}  `;
	room -= widthOf(said);
	const shown = hints.filter((hint) => {
		if (hint.always) return true;
		if (width(hint) > room) {
			room = 0;
			return false;
		}
		room -= width(hint);
		return true;
	});
	const text = shown.map(({ keys, title }) => `${paint(theme, 'bold', keys)} ${title}`).join('  ');
	return ` ${paint(theme, 'yellow', said)}${text}`;
}

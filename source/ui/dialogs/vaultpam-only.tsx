import { countSafes } from '../../report/check-report.ts';
import { verdictGlyphs } from '../../report/glyphs.ts';
import { isMasked } from '../masking.ts';
import { addLines, meaningLines, problemLines } from '../panes/vaultpam-only.tsx';
import { Rows, titleRule } from '../rows.tsx';
import { useScreen, useStore } from '../screen.ts';
import { paint, paintMaybe, verdictStyles } from '../theme.ts';
import { nameOfListed } from '../vaultpam-only.ts';
import { listedIn, type VaultPamOnlyDialog } from '../vaultpam-only-actions.ts';
import { cell, truncateMiddle, widthOf } from '../width.ts';

type Props = { dialog: VaultPamOnlyDialog; columns: number; height: number };

const widestName = 48;

/** The Safes that only VaultPAM knows, by name and id, and how they get a target. */
export function VaultPamOnlyList({ dialog, columns, height }: Props) {
	const { engine, theme } = useScreen();
	const { coverage, inventory } = useStore(engine.session, (state) => state);
	const all = coverage?.withoutTarget ?? [];
	const listed = listedIn(all, dialog);
	const cursor = Math.min(dialog.cursor, listed.length - 1);
	const whole = [
		...(coverage === null ? [] : meaningLines(theme, coverage, inventory.safes.length, columns - 1)),
		...(coverage === null ? [] : problemLines(theme, coverage, columns - 1)),
		...(all.length === 0 ? [] : addLines(theme, 'a gives the marked one', columns - 1)),
		'',
	];
	// The names matter most where there is little room.
	const head = whole.length + Math.min(listed.length, 5) <= height ? whole : [];
	const room = Math.max(1, height - head.length);
	const start = Math.max(0, Math.min(cursor - Math.floor(room / 2), listed.length - room));
	const shown = listed.slice(start, start + room);
	const name = Math.min(widestName, columns - 6, Math.max(4, ...shown.map((safe) => widthOf(nameOfListed(safe)))));
	const glyph = paintMaybe(theme, verdictStyles.unknown, verdictGlyphs.unknown);
	const lines = shown.map((safe, index) => {
		const isHere = start + index === cursor;
		const text = cell(truncateMiddle(nameOfListed(safe), name), name);
		// The same pseudonym twice says nothing.
		const id = safe.name === null || isMasked() ? '' : `  ${paint(theme, 'dim', `id ${safe.id}`)}`;
		return `${isHere ? '▶' : ' '}${glyph} ${isHere ? paint(theme, 'inverse', text) : text}${id}`;
	});
	const empty =
		all.length === 0
			? '  None is listed.'
			: `  No Safe in VaultPAM only has these words: ${JSON.stringify(dialog.query)}. esc shows all.`;
	const query = dialog.searching ? `/${dialog.query}▏ ` : dialog.query === '' ? '' : `/${dialog.query}: `;
	const count = query === '' ? countSafes(all.length) : `${listed.length} of ${all.length}`;
	const position = listed.length > room ? ` · line ${cursor + 1} of ${listed.length}` : '';
	const title = titleRule(theme, 'In VaultPAM only', query + count + position, columns, true, 'esc back');
	return (
		<Rows lines={[title, ...head, ...(lines.length === 0 ? [empty] : lines)]} columns={columns} height={height + 1} />
	);
}

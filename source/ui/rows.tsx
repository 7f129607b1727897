import { Box, Text } from 'ink';
import { memo } from 'react';
import { maskedLine } from './masking.ts';
import { useScreen } from './screen.ts';
import { forTerminal, paint, type Theme } from './theme.ts';
import { truncate, widthOf } from './width.ts';

/** One line that was formatted before: as wide as its pane at most. Memoised, so that only changed lines cost. */
export const Row = memo(function Row({ text }: { text: string }) {
	return <Text wrap="truncate">{text === '' ? ' ' : text}</Text>;
});

/** Exactly so many lines: what is missing is left empty, what is too much is not shown. */
export function Rows({ lines, columns, height }: { lines: readonly string[]; columns: number; height: number }) {
	const { theme } = useScreen();
	const shown = Array.from({ length: height }, (_, index) => forTerminal(theme, maskedLine(lines[index] ?? '')));
	return (
		<Box flexDirection="column" width={columns} height={height} flexShrink={0} overflow="hidden">
			{shown.map((text, index) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: a line is its place on the screen
				<Row key={index} text={text} />
			))}
		</Box>
	);
}

/** A rule with a title instead of a box: `─ Safes ─ 2 of 9 fail ─────`. */
export function titleRule(
	theme: Theme,
	title: string,
	detail: string,
	columns: number,
	focused: boolean,
	tail = '',
): string {
	const head = `─ ${title} `;
	const room = columns - widthOf(head) - (tail === '' ? 0 : widthOf(tail) + 2);
	const shown = detail === '' ? '' : `─ ${truncate(detail, room - 4)} `;
	const rule = '─'.repeat(Math.max(0, room - widthOf(shown)));
	const end = tail === '' ? '' : ` ${tail} `;
	const [before, after] = [paint(theme, 'dim', '─ '), paint(theme, 'dim', `${shown}${rule}`)];
	return `${before}${paint(theme, focused ? 'bold' : 'dim', title)} ${after}${end}`;
}

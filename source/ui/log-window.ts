import type { LogLine } from '../logs/log-line.ts';
import type { Reach } from './log-reach.ts';

/** Lines shown before and after one that matches. */
const context = 2;

/** The lines a window walks along: the nearest one at or before a sequence number, and at or after it. */
export type Walk = Pick<Reach, 'up' | 'down'>;

/** @param matches ascending; null walks along all lines, else only along these and those around them. */
export function walkOf(reach: Reach, matches: readonly number[] | null): Walk {
	if (matches === null) return reach;
	return {
		up(sequence) {
			const match = matches[firstAbove(matches, sequence + context) - 1];
			return match === undefined ? null : reach.up(Math.min(sequence, match + context));
		},
		down(sequence) {
			const match = matches[firstAbove(matches, sequence - context - 1)];
			return match === undefined ? null : reach.down(Math.max(sequence, match - context));
		},
	};
}

/** Index of the first of ascending numbers, or of what has them, that is greater. */
export function firstAbove<Item = number>(
	items: readonly Item[],
	than: number,
	numberOf: (item: Item) => number = (item) => item as number,
): number {
	let [low, high] = [0, items.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (numberOf(items[middle] as Item) > than) high = middle;
		else low = middle + 1;
	}
	return low;
}

export type LogWindow = {
	readonly rows: readonly string[];
	/** Lines of which a row is shown, oldest first. */
	readonly lines: readonly LogLine[];
	/** Sequence numbers of the first and last line that are shown whole; null without lines. */
	readonly top: number | null;
	readonly bottom: number | null;
	/** There is nothing above, nothing below. */
	readonly isFirst: boolean;
	readonly isLast: boolean;
};

type Piece = { readonly line: LogLine | null; readonly rows: readonly string[] };

/**
 * Fills a window from the line at its bottom upwards; where the log begins before it is full, downwards too.
 *
 * @param between what stands between two lines that do not follow each other.
 */
export function fillWindow(
	walk: Walk,
	bottom: number,
	height: number,
	draw: (line: LogLine) => readonly string[],
	between: (above: LogLine, below: LogLine) => string,
): LogWindow {
	const pieces: Piece[] = [];
	let count = 0;
	const put = (piece: Piece, where: 'unshift' | 'push') => {
		pieces[where](piece);
		count += piece.rows.length;
	};
	const last = walk.up(bottom) ?? walk.down(bottom);
	for (let line = last, below: LogLine | null = null; line !== null && count < height; ) {
		if (below !== null && below.sequence - line.sequence > 1)
			put({ line: null, rows: [between(line, below)] }, 'unshift');
		put({ line, rows: draw(line) }, 'unshift');
		below = line;
		line = walk.up(line.sequence - 1);
	}
	const tooMany = Math.max(0, count - height);
	for (let above = last; above !== null && count < height; ) {
		const line = walk.down(above.sequence + 1);
		if (line === null) break;
		if (line.sequence - above.sequence > 1) put({ line: null, rows: [between(above, line)] }, 'push');
		put({ line, rows: draw(line) }, 'push');
		above = line;
	}
	return cutTo(height, tooMany, pieces, walk);
}

/** Leaves out rows above, and those past the height. */
function cutTo(height: number, above: number, pieces: readonly Piece[], walk: Walk): LogWindow {
	const shown: LogLine[] = [];
	const whole: LogLine[] = [];
	let at = -above;
	for (const { line, rows } of pieces) {
		const [from, to] = [at, at + rows.length];
		at = to;
		if (line === null || to <= 0 || from >= height) continue;
		shown.push(line);
		if (from >= 0 && to <= height) whole.push(line);
	}
	const rows = pieces.flatMap((piece) => piece.rows).slice(above, above + height);
	const [first, last] = [whole[0] ?? shown[0], whole.at(-1) ?? shown.at(-1)];
	return {
		rows,
		lines: shown,
		top: first?.sequence ?? null,
		bottom: last?.sequence ?? null,
		isFirst: first === undefined || walk.up(first.sequence - 1) === null,
		isLast: last === undefined || walk.down(last.sequence + 1) === null,
	};
}

/** The line at the bottom of a window that has this one at its top; of one that has it in its middle, with half the height. */
export function bottomBelow(
	walk: Walk,
	top: number,
	height: number,
	draw: (line: LogLine) => readonly string[],
): number {
	let count = 0;
	let bottom = top;
	for (let line = walk.down(top); line !== null; line = walk.down(line.sequence + 1)) {
		count += draw(line).length + (line.sequence - bottom > 1 ? 1 : 0);
		if (count > height) break;
		bottom = line.sequence;
	}
	return bottom;
}

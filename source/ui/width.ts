import stringWidth from 'string-width';
import { keepPieces, masked } from './masking.ts';
import { steady } from './steady.ts';

/** Columns are counted as the terminal counts them: wide characters take two, combining ones none. While the screen is masked, of the pseudonyms. */

// Latin, Greek and Cyrillic letters, and the signs of our own screen: one column each, without asking further.
const narrow = /^[\u0020-\u007e\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f–…→↻─│●○◌◐▶✔✖·’“”]*$/;

// Made with the first text that needs it; it costs milliseconds.
let segmenter: Intl.Segmenter | undefined;

export function widthOf(whole: string): number {
	const text = masked(whole);
	return narrow.test(text) ? text.length : stringWidth(steady(text));
}

/** Exactly so many columns: filled with blanks, or cut with an ellipsis in the last one. */
export function cell(text: string, columns: number): string {
	const cut = truncate(text, columns);
	return cut + ' '.repeat(Math.max(0, columns - widthOf(cut)));
}

/** At most so many columns; what is cut ends with an ellipsis. */
export function truncate(whole: string, columns: number): string {
	if (columns <= 0) return '';
	const shown = masked(whole);
	if (narrow.test(shown)) return shown.length <= columns ? shown : `${shown.slice(0, columns - 1)}…`;
	const text = steady(shown);
	if (stringWidth(text) <= columns) return text;
	segmenter ??= new Intl.Segmenter();
	let result = '';
	let used = 0;
	for (const { segment } of segmenter.segment(text)) {
		const width = stringWidth(segment);
		if (used + width > columns - 1) break;
		result += segment;
		used += width;
	}
	return `${result}…`;
}

/** At most so many columns; what does not fit is left out of the middle, since the ends of names tell them apart. */
export function truncateMiddle(whole: string, columns: number): string {
	const shown = masked(whole);
	const text = narrow.test(shown) ? shown : steady(shown);
	if (widthOf(text) <= columns) return text;
	if (columns < 8) return truncate(text, columns);
	const tail = Math.floor((columns - 1) / 2);
	segmenter ??= new Intl.Segmenter();
	const segments = [...segmenter.segment(text)].map(({ segment }) => segment);
	const take = (from: readonly string[], most: number) => {
		const taken: string[] = [];
		let used = 0;
		for (const segment of from) {
			used += widthOf(segment);
			if (used > most) break;
			taken.push(segment);
		}
		return taken;
	};
	const end = take(segments.toReversed(), tail).reverse().join('');
	return `${take(segments, columns - 1 - tail).join('')}…${end}`;
}

/** Breaks at blanks, with blanks in front kept; a word too long for a line is broken where the line ends. Later lines are indented. */
export function wrap(whole: string, columns: number, indent = 0): string[] {
	const shown = masked(whole);
	const text = narrow.test(shown) ? shown : steady(shown);
	const lead = /^ */.exec(text)?.[0] ?? '';
	const later = ' '.repeat(Math.max(0, Math.min(lead.length + indent, columns - 1)));
	const lines: string[] = [];
	let line = lead;
	let isEmpty = true;
	for (const word of text.slice(lead.length).split(' ')) {
		if (widthOf(line) + (isEmpty ? 0 : 1) + widthOf(word) <= columns) {
			line += isEmpty ? word : ` ${word}`;
			isEmpty = false;
			continue;
		}
		if (!isEmpty) {
			lines.push(line);
			line = later;
		}
		line += word;
		isEmpty = false;
		while (widthOf(line) > columns) {
			const head = truncate(line, columns + 1).slice(0, -1);
			// A character wider than the line itself has nowhere to go.
			if (head.trim() === '') break;
			lines.push(head);
			line = later + line.slice(head.length);
		}
	}
	keepPieces(lines);
	keepPieces([line]);
	return [...lines, line];
}

/**
 * What stands in so many columns of a text from a column on; an ellipsis where it goes on, on both sides.
 *
 * @returns `start` is the place of the shown text in the whole; `before` goes in front of it.
 */
export function columnsOf(
	text: string,
	from: number,
	columns: number,
): { readonly text: string; readonly start: number; readonly before: string } {
	if (from === 0) {
		const shown = truncate(text, columns);
		return { text: shown, start: 0, before: '' };
	}
	segmenter ??= new Intl.Segmenter();
	let at = 0;
	for (const { segment, index } of segmenter.segment(text)) {
		// The ellipsis takes the first column; half of a wide character is a blank.
		if (at >= from + 1) {
			const before = `…${' '.repeat(at - from - 1)}`;
			return {
				text: truncate(text.slice(index, index + 20 * columns), columns - widthOf(before)),
				start: index,
				before,
			};
		}
		at += widthOf(segment);
	}
	return { text: '', start: text.length, before: columns > 0 && text !== '' ? '…' : '' };
}

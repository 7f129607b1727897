// Stands in for Ink's own output in the bundle. Ink lays every character of a frame into a grid of cells and reads it out again: 6 of
// the 9 ms a key took. The screen writes whole rows that never overlap and fit where they stand, so a frame is rows put side by side;
// each text is made canonical by Ink's own functions, once. Whatever else a frame holds is left to Ink's own.
import { styledCharsToString } from '@alcalzone/ansi-tokenize';
import Output from '../node_modules/ink/build/output.js';
import { recent } from './recent.js';

/** @typedef {{ lines: { text: string, width: number }[] }} Block */

/** Styles go on over a line's end in Ink, as they do here: each line's are opened anew. */
function measure(text, caches) {
	const rows = [[]];
	for (const character of caches.getStyledChars(text)) {
		if (character.value === '\n') rows.push([]);
		else rows.at(-1).push(character);
	}
	const lines = rows.map((characters) => ({
		text: styledCharsToString(characters),
		width: characters.reduce((sum, { value }) => sum + Math.max(1, caches.getStringWidth(value)), 0),
	}));
	return { lines };
}

/** @type {(text: string, caches: unknown) => Block} */
const blockOf = recent(measure);

const isWithin = (clip, x, y, width) =>
	clip === undefined ||
	(x >= (clip.x1 ?? 0) &&
		x + width <= (clip.x2 ?? Number.POSITIVE_INFINITY) &&
		y >= (clip.y1 ?? 0) &&
		y < (clip.y2 ?? Number.POSITIVE_INFINITY));

export default class RowsOutput extends Output {
	get() {
		const rows = this.rows();
		return rows === null ? super.get() : { output: rows.join('\n'), height: this.height };
	}

	/** Null where a frame is more than rows side by side. */
	rows() {
		const placed = Array.from({ length: this.height }, () => []);
		const clips = [];
		for (const operation of this.operations) {
			if (operation.type === 'clip') {
				// One within another is their intersection: that is Ink's.
				if (clips.length > 0) return null;
				clips.push(operation.clip);
				continue;
			}
			if (operation.type === 'unclip') {
				clips.pop();
				continue;
			}
			const { x, y, text, transformers } = operation;
			if (!Number.isInteger(x) || !Number.isInteger(y)) return null;
			for (const [index, line] of blockOf(text, this.caches).lines.entries()) {
				const row = placed[y + index];
				if (row === undefined || x < 0 || x + line.width > this.width) return null;
				// Every <Text> has one, which changes nothing where it was given no style.
				if (transformers.some((transform) => transform(line.text, index) !== line.text)) return null;
				if (!isWithin(clips[0], x, y + index, line.width)) return null;
				if (line.width > 0) row.push({ x, ...line });
			}
		}
		const rows = placed.map(sideBySide);
		return rows.includes(null) ? null : rows;
	}
}

/** Null where two overlap. */
function sideBySide(pieces) {
	let row = '';
	let column = 0;
	for (const { x, text, width } of pieces.sort((a, b) => a.x - b.x)) {
		if (x < column) return null;
		row += ' '.repeat(x - column) + text;
		column = x + width;
	}
	return row.trimEnd();
}

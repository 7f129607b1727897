import stringWidth from 'string-width';

/**
 * Turns what `tmux capture-pane -p -e` prints into an SVG picture: text with SGR styles (ECMA-48 section 8.3.117), which go on from line
 * to line, each run placed on its cell, so that it looks the same with every monospaced font.
 */

const cellWidth = 8.4;
const cellHeight = 18;
const padding = 12;
const colors = {
	background: '#14171c',
	foreground: '#d5d9e0',
	31: '#ff6b6b',
	32: '#6bd68a',
	33: '#f2c55c',
	36: '#62c8e0',
} as const;

type Style = { bold: boolean; dim: boolean; underline: boolean; inverse: boolean; color: 31 | 32 | 33 | 36 | null };

const plain: Style = { bold: false, dim: false, underline: false, inverse: false, color: null };

export function pictureOf(capture: string, columns: number, rows: number): string {
	return frame(columns, rows, '', drawLines(capture, rows));
}

/** Seconds that each picture of a moving one stands. */
const secondsEach = 4;

/**
 * Several captures one after the other, for ever. Where nothing moves (a viewer without CSS animation, or a person who wants no motion)
 * the first one stands.
 */
export function movingPictureOf(captures: readonly string[], columns: number, rows: number): string {
	const share = 100 / captures.length;
	const styles = `<style>
.f { visibility: hidden; animation: turn ${captures.length * secondsEach}s step-end infinite }
.f:first-of-type { visibility: visible }
@keyframes turn { 0% { visibility: visible } ${share.toFixed(3)}% { visibility: hidden } 100% { visibility: hidden } }
@media (prefers-reduced-motion: reduce) { .f { animation: none } }
</style>`;
	const drawn = captures.map((capture, index) => [
		`<g class="f" style="animation-delay: ${index * secondsEach}s">`,
		`<rect width="100%" height="100%" rx="8" fill="${colors.background}"/>`,
		...drawLines(capture, rows),
		'</g>',
	]);
	return frame(columns, rows, styles, drawn.flat());
}

function drawLines(capture: string, rows: number): string[] {
	const lines = capture.replace(/\n$/, '').split('\n').slice(0, rows);
	let style = plain;
	return lines.flatMap((line, row) => {
		const drawn = drawLine(line, row, style);
		style = drawn.style;
		return drawn.text;
	});
}

function frame(columns: number, rows: number, styles: string, body: readonly string[]): string {
	const width = Math.ceil(columns * cellWidth + 2 * padding);
	const height = rows * cellHeight + 2 * padding;
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
		'<title>vpmon</title>',
		...(styles === '' ? [] : [styles]),
		`<rect width="100%" height="100%" rx="8" fill="${colors.background}"/>`,
		`<g font-family="'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" xml:space="preserve">`,
		...body,
		'</g>',
		'</svg>',
		'',
	].join('\n');
}

/** @param before the style that the line before it ended with. */
function drawLine(line: string, row: number, before: Style): { text: string[]; style: Style } {
	const drawn: string[] = [];
	let style = before;
	let column = 0;
	for (const part of line.split(/(\u001b\[[\d;]*m)/)) {
		const codes = /^\u001b\[([\d;]*)m$/.exec(part);
		if (codes !== null) {
			style = (codes[1] ?? '').split(';').reduce((so, code) => applyCode(so, Number(code || 0)), style);
			continue;
		}
		// Words apart: a viewer's font may be a little wider or narrower than ours.
		for (const word of part.matchAll(/[^ ]+(?: [^ ]+)*|(?<=^|.) +/g)) {
			const at = column + stringWidth(part.slice(0, word.index));
			drawn.push(...drawRun(word[0], at, row, style));
		}
		column += stringWidth(part);
	}
	return { text: drawn, style };
}

function drawRun(text: string, column: number, row: number, { bold, dim, underline, inverse, color }: Style): string[] {
	const x = padding + column * cellWidth;
	const y = padding + row * cellHeight;
	const width = stringWidth(text) * cellWidth;
	const ink = color === null ? colors.foreground : colors[color];
	const box = inverse
		? [`<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${cellHeight}" fill="${ink}"/>`]
		: [];
	if (text.trim() === '') return box;
	const attributes = [
		`x="${x.toFixed(1)}"`,
		`y="${y + 13.5}"`,
		`textLength="${width.toFixed(1)}"`,
		'lengthAdjust="spacingAndGlyphs"',
		`fill="${inverse ? colors.background : ink}"`,
		...(bold ? ['font-weight="bold"'] : []),
		...(dim ? ['opacity="0.6"'] : []),
		...(underline ? ['text-decoration="underline"'] : []),
	];
	const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
	return [...box, `<text ${attributes.join(' ')}>${escaped}</text>`];
}

function applyCode(style: Style, code: number): Style {
	switch (code) {
		case 0:
			return plain;
		case 1:
			return { ...style, bold: true };
		case 2:
			return { ...style, dim: true };
		case 4:
			return { ...style, underline: true };
		case 7:
			return { ...style, inverse: true };
		case 22:
			return { ...style, bold: false, dim: false };
		case 24:
			return { ...style, underline: false };
		case 27:
			return { ...style, inverse: false };
		case 39:
			return { ...style, color: null };
		case 31:
		case 32:
		case 33:
		case 36:
			return { ...style, color: code };
		default:
			return style;
	}
}

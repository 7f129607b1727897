import type { LiveMask } from '../engine/live-mask.ts';
import type { Screen } from './screen.ts';

/**
 * Masking on the screen. A name that is cut before it is masked would leak what is left of it, and one that is measured before would
 * leave its columns wrong. So text is masked where it is measured and cut (`width.ts`), which all of it passes, once more as a
 * finished line (`rows.tsx`), and where it leaves by another way: title, clipboard, saved logs. There is one screen in a process.
 */
export type ScreenMask = ((text: string) => string) & Partial<Pick<LiveMask, 'isRenewed'>>;

let current: ScreenMask | null = null;

/** Most of a frame is the frame before. */
const mostKnown = 20_000;
const known = new Map<string, string>();

export function isMasked(): boolean {
	return current !== null;
}

/** As the screen may show it. */
export function masked(text: string): string {
	if (current === null || text === '') return text;
	if (current.isRenewed?.()) known.clear();
	const before = known.get(text);
	if (before !== undefined) return before;
	const shown = current(text);
	keep(text, shown);
	// What is masked already passes here again and again on its way to the screen.
	keep(shown, shown);
	return shown;
}

function keep(text: string, shown: string): void {
	if (known.size >= mostKnown) known.clear();
	known.set(text, shown);
}

/** Pieces of a text that was masked as a whole: nothing is left in them to look for. */
export function keepPieces(pieces: readonly string[]): void {
	if (current !== null) for (const piece of pieces) keep(piece, piece);
}

/** A line that is painted already: names stand between its styles, not in them. */
export function maskedLine(line: string): string {
	if (current === null) return line;
	if (!line.includes('\u001b')) return masked(line);
	return line
		.split(/(\u001b\[[\d;]*m)/)
		.map((part, index) => (index % 2 === 0 ? masked(part) : part))
		.join('');
}

/** From now on everything is masked; without a mask nothing is. */
export function setMask(mask: ScreenMask | null): void {
	current = mask;
	known.clear();
}

/** `m`: on while the screen is shared, off again. What was masked before is so at once; nothing is shown bare meanwhile. */
export function toggleMask({ view, mask, isMaskKept }: Screen): void {
	if (view.get().isMasked) {
		if (isMaskKept)
			return view.patch({ notice: 'the inventory masks always (settings: mask); vpmon --no-mask shows names' });
		setMask(null);
		return view.patch({ isMasked: false, notice: 'names and addresses are shown again' });
	}
	void mask().then((siteMask) => {
		setMask(siteMask);
		view.patch({ isMasked: true, notice: 'names and addresses are masked, in title and clipboard too' });
	});
}

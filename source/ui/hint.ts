/** A key with what it does, as the footer shows it. */
export type Hint = {
	readonly keys: string;
	readonly title: string;
	/** Never left out. */
	readonly always: boolean;
	/** It cannot act now; pressing it says why. */
	readonly idle?: boolean;
};

/** What comes of a key press in text that is typed: only what can be seen. */
export function printable(text: string): string {
	return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '');
}

/** What a key press makes of a line that is typed; null for keys that write nothing. */
export function typedInto(text: string, chord: string): string | null {
	if (chord === 'backspace') return [...text].slice(0, -1).join('');
	if (chord === 'ctrl-u') return '';
	if (chord === 'ctrl-w')
		return text
			.trimEnd()
			.split(/(?<=\s)/)
			.slice(0, -1)
			.join('');
	if (chord === 'space') return `${text} `;
	return [...chord].length === 1 ? text + printable(chord) : null;
}

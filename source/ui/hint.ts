/** A key with what it does, as the footer shows it. */
export type Hint = { readonly keys: string; readonly title: string; readonly always: boolean };

/** What comes of a key press in text that is typed: only what can be seen. */
export function printable(text: string): string {
	return text.replace(/\p{C}/gu, '');
}

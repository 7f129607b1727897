/** A drawn text without its styles (ECMA-48 SGR). */
export function plain(text: string): string {
	return text.replace(/\u001b\[[\d;]*m/g, '');
}

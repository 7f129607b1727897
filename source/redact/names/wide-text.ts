import type { Disguised } from '../text/encoded-text.ts';

/** base64 of UTF-16, as PowerShell takes commands and Windows keeps texts: every second byte is nought. */
const token =
	/(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{4}){5,16384}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?(?![A-Za-z0-9+/=])/g;

/** Looks into it as `findDisguised` does into base64 of UTF-8. */
export function findWideText(outer: string, change: (inner: string) => string): Disguised[] {
	const found: Disguised[] = [];
	// The second byte of the first letter is nought, and so is what base64 makes of it.
	if (!/[A-Za-z0-9+/][ABQgw]A/.test(outer)) return found;
	for (const { 0: written, index } of outer.matchAll(token)) {
		const bytes = Buffer.from(written, 'base64');
		if (bytes.length % 2 !== 0 || !bytes.every((byte, at) => (at % 2 === 0 ? byte >= 0x09 : byte < 0x06))) continue;
		const inner = bytes.toString('utf16le');
		const changed = change(inner);
		if (changed === inner) continue;
		const text = Buffer.from(changed, 'utf16le').toString('base64');
		found.push({ start: index, end: index + written.length, text });
	}
	return found;
}

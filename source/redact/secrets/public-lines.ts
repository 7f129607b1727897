import { keyRuns } from './key-text.ts';
import { frameOf, withinFrame } from './line-frame.ts';
import type { Span } from './spans.ts';

/**
 * Public keys, certificates and fingerprints that go over several lines are evidence and stay as they are: the code that goes on in the
 * same frame and width, and nothing beside it.
 */

/** Only what base64 is written with; also the checksum of OpenPGP. */
export const onlyCode = /^=?[A-Za-z0-9+/]+={0,2}$/;
/** No tool writes public keys and certificates in shorter lines. Characters. */
const narrowest = 60;
/** No file of certificates that is looked back into has more lines. */
const mostLines = 160;
/** Of SHA-256 in base64, without padding. Characters. */
const fingerprintLength = 43;
const cutFingerprint = /SHA256:([A-Za-z0-9+/]{4,42})\s*$/;

/** How many characters a fingerprint lacks at the end of its line. */
export function missingOfFingerprint(line: string): number {
	const cut = line.includes('SHA256:') ? cutFingerprint.exec(line)?.[1] : undefined;
	return cut === undefined ? 0 : fingerprintLength - cut.length;
}

/** Where on a line the rest of a public key ends; null where it is not there: before its end it fills the lines. */
export function endOfRest(
	line: string,
	start: number,
	{ left, width }: { left: number; width: number },
): number | null {
	const end = Math.min(line.trimEnd().length, start + left);
	if (!onlyCode.test(line.slice(start, end)) || /[\w+/=]/.test(line.charAt(end))) return null;
	return end - start === left || line.trimEnd().length === width ? end : null;
}

/** Inside a certificate or a public key: nothing but code, as wide as the lines above; and not the bytes of a private key. */
export function isPublicLine(text: string, width: number): boolean {
	if (!onlyCode.test(text) || (width === 0 ? text.length < narrowest : text.length > width)) return false;
	for (const { kind } of text.length >= 40 ? keyRuns(text) : []) if (kind === 'private') return false;
	return true;
}

/** From the nearest on, the lines above the end of a certificate that are nothing but code: full ones of one width, and the last shorter one. */
export function publicAbove(lines: readonly string[], index: number): readonly Span[] {
	const last = lines[index] ?? '';
	const dashes = last.search(/-{4,5} ?END /);
	const frame = frameOf(
		last,
		dashes,
		dashes + (/^-{4,5} ?END [A-Z0-9 ]{3,40} ?-{4,5}/.exec(last.slice(dashes))?.[0].length ?? 0),
	);
	let width = 0;
	const spans: Span[] = [];
	for (let at = index - 1; at >= 0 && index - at <= mostLines; at--) {
		const line = lines[at] ?? '';
		const within = withinFrame(frame, line);
		const text = within === null ? '' : line.slice(within.start, within.end).trim();
		if (within === null || !isPublicLine(text, Number.POSITIVE_INFINITY) || (spans.length > 1 && text.length !== width))
			break;
		if (spans.length === 1 && text.length < width) break;
		width = text.length;
		spans.push({ start: line.indexOf(text, within.start), end: within.end });
	}
	return width < narrowest ? [] : spans;
}

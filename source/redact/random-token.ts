import { isUtf8 } from 'node:buffer';

/** A word of base64 that is long enough for a secret. */
const token = /(?<![A-Za-z0-9+/_=:-])[A-Za-z0-9+/_-]{24,512}={0,2}(?![A-Za-z0-9+/_-])/g;
/** Bits for each character: random base64 of 24 characters has about 4.2, words and names of files under 4. */
const leastEntropy = 4;

/**
 * Whether a line still has a word that nobody but a program makes, and that says nothing to people: random, and no digest, no id, no
 * public key, no fingerprint, no path and no text in base64.
 */
export function hasRandomToken(line: string): boolean {
	for (const { 0: found } of line.matchAll(token)) {
		if (!/[a-z]/.test(found) || !/[A-Z]/.test(found) || !/\d/.test(found)) continue;
		if (found.startsWith('AAAA') || (found.match(/[/_-]/g)?.length ?? 0) > found.length / 8) continue;
		if (entropyOf(found) >= leastEntropy && !isText(Buffer.from(found, 'base64'))) return true;
	}
	return false;
}

function isText(bytes: Buffer): boolean {
	return isUtf8(bytes) && !/\p{Cc}(?<![\t\r\n])|\ufffd/u.test(bytes.toString('utf8'));
}

/** Shannon's, in bits for each character. */
function entropyOf(text: string): number {
	const counts = new Map<string, number>();
	for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
	let bits = 0;
	for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
	return bits;
}

/** What base64, hexadecimal and tokens are written with, but for their padding. */
const isCode = new Uint8Array(128);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-')
	isCode[character.charCodeAt(0)] = 1;

function isCodeAt(text: string, at: number): boolean {
	return isCode[text.charCodeAt(at)] === 1;
}

/** Cheaper than any pattern, and each line is asked: a run so long cannot pass between two of the places looked at. */
export function hasLongRun(text: string, length: number): boolean {
	for (let at = length - 1; at < text.length; at += length) {
		if (!isCodeAt(text, at)) continue;
		let start = at;
		while (at - start < length && isCodeAt(text, start - 1)) start--;
		let end = at + 1;
		while (end - start < length && isCodeAt(text, end)) end++;
		if (end - start >= length) return true;
	}
	return false;
}

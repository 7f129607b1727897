import { isUtf8 } from 'node:buffer';

/** A token that is more than it looks, and what it is to be replaced by. */
export type Disguised = { readonly start: number; readonly end: number; readonly text: string };

// Shorter ones are words.
const base64 = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{8,}={0,2}(?![A-Za-z0-9+/_=-])/g;
const hex = /(?<![0-9a-f])(?:[0-9a-f]{2}){5,}(?![0-9a-f])/gi;
const longestToken = 64 * 1024;
const text = /^[\p{L}\p{N}\p{P}\p{S}\p{Zs}\p{M}\t\r\n]+$/u;

/**
 * Looks into what is base64 or hexadecimal of a text. Where `change` makes another text of the inner one, the token becomes that, in
 * the same disguise.
 */
export function findDisguised(outer: string, change: (inner: string) => string, shortest = 8): Disguised[] {
	const found = [...look(outer, base64, fromBase64, change, shortest), ...look(outer, hex, fromHex, change, shortest)];
	return found.sort((a, b) => a.start - b.start);
}

type Code = { readonly inner: string; readonly encode: (text: string) => string };

function* look(
	outer: string,
	tokens: RegExp,
	decode: (token: string) => Code | null,
	change: (inner: string) => string,
	shortest: number,
): Iterable<Disguised> {
	for (const { 0: token, index } of outer.matchAll(tokens)) {
		if (token.length > longestToken || token.length < shortest) continue;
		const whole = decode(token);
		// A slash is a letter of base64, and it parts the names in a path.
		const pieces = whole === null && token.includes('/') ? piecesOf(token) : [{ piece: token, at: 0 }];
		for (const { piece, at } of pieces) {
			const code = piece === token ? whole : piece.length < shortest ? null : decode(piece);
			if (code === null) continue;
			const changed = change(code.inner);
			const start = index + at;
			if (changed !== code.inner) yield { start, end: start + piece.length, text: code.encode(changed) };
		}
	}
}

function piecesOf(token: string): Array<{ piece: string; at: number }> {
	let at = 0;
	return token.split('/').map((piece) => {
		const start = at;
		at += piece.length + 1;
		return { piece, at: start };
	});
}

function fromBase64(token: string): Code | null {
	// The first character has the upper six bits of the first byte: of none but these that of a letter, a sign, a line end, a zero of
	// UTF-16 or its mark.
	if (!/^(?:[CI-Za-fw-z0-9]|A[A-H]|\/[/v]|_[_v])/.test(token)) return null;
	const isUrlSafe = /[-_]/.test(token);
	if (isUrlSafe && /[+/]/.test(token)) return null;
	const inner = asText(Buffer.from(token, 'base64'));
	return inner === null
		? null
		: { inner, encode: (changed) => Buffer.from(changed).toString(isUrlSafe ? 'base64url' : 'base64') };
}

function fromHex(token: string): Code | null {
	const inner = asText(Buffer.from(token, 'hex'));
	return inner === null ? null : { inner, encode: (changed) => Buffer.from(changed).toString('hex') };
}

/** Null for what is no text: of most tokens the first bytes tell. */
function asText(bytes: Buffer): string | null {
	const wide = fromUtf16(bytes);
	if (wide !== null) return text.test(wide) ? wide : null;
	for (const byte of bytes.subarray(0, 16))
		if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return null;
	if (!isUtf8(bytes)) return null;
	const inner = bytes.toString('utf8');
	return text.test(inner) ? inner : null;
}

/** Text of Windows: every other byte of what is Latin is zero. Null for what is none. */
function fromUtf16(bytes: Buffer): string | null {
	const size = Math.min(bytes.length, 64) & ~1;
	if (size < 8) return null;
	const zeros = [0, 0];
	for (let at = 0; at < size; at++) if (bytes[at] === 0) zeros[at & 1] = (zeros[at & 1] ?? 0) + 1;
	const [even = 0, odd = 0] = zeros;
	const enough = size * 0.35;
	if ((even < enough && odd < enough) || (even >= enough && odd >= enough)) return null;
	const whole = bytes.subarray(0, bytes.length & ~1);
	// Big-endian is told by where the zeros are; Node reads the other order alone.
	const little = even >= enough ? Buffer.from(whole).swap16() : whole;
	return little.toString('utf16le').replace(/^\ufeff/, '');
}

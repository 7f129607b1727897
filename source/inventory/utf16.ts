/** Which UTF-16 bytes are, or null: by its mark, or without one by the zero bytes that every Latin letter has there. */
export function utf16Of(bytes: Buffer): 'utf-16le' | 'utf-16be' | null {
	if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
	if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
	const start = bytes.subarray(0, 64);
	const zeros = (odd: number) => start.filter((byte, index) => index % 2 === odd && byte === 0).length;
	const most = Math.floor(start.length / 2) * 0.8;
	if (start.length < 4) return null;
	return zeros(1) > most ? 'utf-16le' : zeros(0) > most ? 'utf-16be' : null;
}

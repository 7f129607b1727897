import { kindOfKey } from './key-material.ts';
import { isReadable, keyBegins } from './key-text.ts';
import type { Span } from './spans.ts';

/**
 * Bytes as programs print them: [45, 45, 45], 2d 2d 2d, 2d:2d:2d, 0x2d, 0x2d, <Buffer 2d 2d>. A private key in any of these is one.
 */
const hexBytes = /(?<![\w.:])(?:0x)?[0-9a-f]{2}(?:(?:[ :]|, ?)(?:0x)?[0-9a-f]{2}){11,}(?![\w])/gi;
const words = /(?<![\w.:])[0-9a-f]{4}(?: [0-9a-f]{4}){5,}(?![\w])/gi;
const decimals = /(?<![\w.])\d{1,3}(?:(?: |, ?|\s{1,2})\d{1,3}){11,}(?![\w.])/g;
/** Only so much of a list is decoded to tell what it is. Characters. */
const mostDecoded = 64 * 1024;

/** Cheap, for each line is asked; times and addresses have fewer parts. */
export const mayBeBytes = /[0-9a-f]{1,4}[ :,] ?(?:[0-9a-fx]{1,4}[ :,] ?){5}/i;

export type ByteList = Span & { readonly bytes: Buffer };

const fromHex = (text: string) => Buffer.from(text.replace(/0x|[^0-9a-f]/gi, ''), 'hex');

/** Lists of at least twelve bytes in a text. */
export function* findByteLists(text: string): Iterable<ByteList> {
	for (const expression of [hexBytes, words])
		for (const { 0: list, index } of text.matchAll(expression))
			yield { start: index, end: index + list.length, bytes: fromHex(list.slice(0, mostDecoded)) };
	for (const { 0: list, index } of text.matchAll(decimals)) {
		const numbers = list.slice(0, mostDecoded).split(/\D+/).map(Number);
		if (numbers.some((number) => number > 255)) continue;
		yield { start: index, end: index + list.length, bytes: Buffer.from(numbers) };
	}
}

/** Whether bytes are a private key or hold one, also as text. */
export function holdKey(bytes: Buffer): boolean {
	return kindOfKey(bytes) === 'private' || keyBegins.test(bytes.subarray(0, 4096).toString('latin1'));
}

/** Lists of bytes that are a private key, or a text that holds a secret. */
export function* findSecretBytes(text: string, holdsSecret: (inner: string) => boolean): Iterable<Span> {
	for (const { start, end, bytes } of findByteLists(text)) {
		if (holdKey(bytes)) yield { start, end, isKey: true };
		else if (isReadable(bytes) && holdsSecret(bytes.toString('latin1'))) yield { start, end };
	}
}

import { type KeyKind, kindOfKey } from './key-material.ts';
import { looksLikeKeyLine } from './random-look.ts';
import type { Span } from './spans.ts';

/** How private keys begin and end as text: PEM (RFC 7468), ssh.com (RFC 4716), PuTTY (its manual, appendix C). */
export const keyBegins = /-{4,5} ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}|PuTTY-User-Key-File-\d{1,2}:/;
export const keyEnds =
	/-{4,5} ?END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}|Private-(?:MAC|Hash):(?:\s{0,8}[0-9a-f]{32,128})?/;
const publicBegins = /-{4,5} ?BEGIN (?![A-Z0-9 ]{0,40}PRIVATE KEY)[A-Z0-9 ]{3,40} ?-{4,5}/;
const publicEnds = /-{4,5} ?END (?![A-Z0-9 ]{0,40}PRIVATE KEY)[A-Z0-9 ]{3,40} ?-{4,5}/;

/** A marker of a key in a line: what begins or ends there. */
export function blockMark(line: string): 'private begins' | 'private ends' | 'public begins' | 'public ends' | null {
	if (!line.includes('----') && !line.includes('PuTTY-') && !line.includes('Private-')) return null;
	if (keyBegins.test(line)) return 'private begins';
	if (keyEnds.test(line)) return 'private ends';
	if (publicBegins.test(line)) return publicEnds.test(line) ? null : 'public begins';
	return publicEnds.test(line) ? 'public ends' : null;
}

/** What keys are written with, also in URLs. */
const runs = /[A-Za-z0-9+/]{40,}={0,2}|(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{60,}={0,2}/g;
/** A line of a key: OpenSSL makes 64, OpenSSH 70, MIME 76 characters. Shorter ones may be many things. */
const shortestLine = 60;
/** What is decoded of a run to tell its kind. Characters. */
const mostDecoded = 64 * 1024;

const isFingerprint = /(?:(?:SHA|sha|Sha)-?(?:1|224|256|384|512)[:\-= ]{1,2}|\|1\||=\||\bh1:)$/;
/** Names beside which long codes are no secret. */
const isNamed =
	/(?:(?:^|[^A-Za-z])(?:id|ids|id-2|uuid|etag|digest|integrity|fingerprint|checksum|hash|cursor|trace(?:parent)?|span|request|revision|commit|version|continue|next|page_?token|thumbprint|serial|peer|sec-websocket|pin-sha256|pub(?:lic)?[-_ ]?key|x5t|kid|cert(?:ificate)?|crt|ca|x5c|modulus|(?:sha\d+|md5)(?:sum)?)[\w.-]{0,16}\\{0,3}["']?\s{0,4}(?:=>|[:=(])?\s{0,4}\\{0,3}["'`[(]{0,2})$/i;

type KeyRun = Span & { readonly text: string; readonly kind: KeyKind | 'line' | null };

/** Whether a long code has a name beside it that says that it is no secret. */
export function isNamedInnocent(text: string, start: number): boolean {
	const before = text.slice(Math.max(0, start - 48), start);
	return isFingerprint.test(before) || isNamed.test(before);
}

/** The long stretches of base64 in a line, and what they are: a key of either kind, a line out of the middle of one, or neither. */
export function* keyRuns(line: string): Iterable<KeyRun> {
	let done = 0;
	for (const { 0: found, index } of line.matchAll(runs)) {
		if (index < done) continue;
		const text = found + restForUrls(line, index + found.length);
		done = index + text.length;
		const kind = isFingerprint.test(line.slice(Math.max(0, index - 10), index)) ? null : kindOfRun(line, text, index);
		yield { start: index, end: index + text.length, text, kind };
	}
}

/** In base64 for URLs a run goes on behind its signs. */
function restForUrls(line: string, at: number): string {
	const sign = line.charAt(at);
	if (sign !== '_' && sign !== '-') return '';
	const rest = /[A-Za-z0-9_-]{20,}={0,2}/y;
	rest.lastIndex = at;
	const text = rest.exec(line)?.[0] ?? '';
	return text.startsWith('---') ? '' : text;
}

/** What an encrypted key (PKCS#8, PBES2: RFC 8018) says of its cipher, in base64: hmacWithSHA…, aes…-CBC. It looks less random than a key. */
const namesCipher = /KoZIhvcNAgkF|ghkgBZQMEA|FlAwQB/;

function kindOfRun(line: string, text: string, start: number): KeyRun['kind'] {
	const bytes = Buffer.from(text.length > mostDecoded ? text.slice(0, mostDecoded) : text, 'base64');
	const kind = kindOfKey(bytes);
	if (kind !== null) return kind;
	if (/^(?:[0-9a-f]{2})+$/i.test(text)) return kindOfKey(Buffer.from(text.slice(0, mostDecoded), 'hex'));
	if (text.length < shortestLine || /[-_]/.test(text)) return null;
	if (!namesCipher.test(text) && !looksLikeKeyLine(text)) return null;
	if (isNamedInnocent(line, start)) return null;
	// What reads as text is looked into elsewhere; base64 of base64 is a piece of a key file.
	return isReadable(bytes) && !isCodeAlone(bytes.toString('latin1')) ? null : 'line';
}

function isCodeAlone(text: string): boolean {
	return /^[A-Za-z0-9+/=\s-]+$/.test(text) && looksLikeKeyLine(text.replace(/\s/g, ''));
}

/** Whether bytes are text; of the first few it can be told. */
export function isReadable(bytes: Buffer): boolean {
	for (const byte of bytes.subarray(0, 48)) if (byte < 0x20 ? ![9, 10, 13].includes(byte) : byte >= 0x7f) return false;
	return true;
}

const wholeBlock = new RegExp(`(?:${keyBegins.source})(?:(?!-{4,5} ?BEGIN )[^])*?(?:${keyEnds.source}|$)`, 'g');
const everyBegin = new RegExp(keyBegins.source, 'g');
/** What of a key may stand on the line of its end: with line ends that are escaped, or with blanks for them. */
const beforeEnd = new RegExp(
	String.raw`(?:(?:[A-Za-z0-9+/=]|\\[nr]|%0[AaDd])+|(?:[A-Za-z0-9+/]{16,}={0,2} )+[A-Za-z0-9+/]{0,76}={0,2} ?)(?:${keyEnds.source})`,
	'g',
);
const publicBlock = new RegExp(`${publicBegins.source}[^]*?(?:${publicEnds.source}|$)`, 'g');

/** Where certificates and public keys stand in a text. */
export function publicBlocks(text: string): Span[] {
	if (!text.includes('----')) return [];
	return [...text.matchAll(publicBlock)].map(({ 0: block, index }) => ({ start: index, end: index + block.length }));
}

/**
 * Private keys within one line: whole, cut at either end, without armour. What `passed` already, a text that was looked at among the
 * lines around it, is a line of a certificate.
 */
export function* findKeys(line: string, passed = ''): Iterable<Span> {
	const mark = blockMark(line);
	if (mark === 'private begins') {
		for (const found of line.matchAll(wholeBlock)) yield spanOf(found);
		for (const found of line.matchAll(everyBegin)) yield spanOf(found);
	}
	if (mark !== null && keyEnds.test(line)) {
		for (const found of line.matchAll(beforeEnd)) yield spanOf(found);
		const end = keyEnds.exec(line);
		if (end !== null) yield spanOf(end);
	}
	const evidence = publicBlocks(line);
	for (const { start, end, kind, text } of keyRuns(line)) {
		const isEvidence = passed.includes(text) || evidence.some((block) => block.start < start && block.end > start);
		if (kind === 'private' || (kind === 'line' && !isEvidence)) yield { start, end, isKey: true };
	}
}

function spanOf(found: RegExpExecArray): Span {
	return { start: found.index, end: found.index + found[0].length, isKey: true };
}

import { isIP } from 'node:net';
import { describeHostKey } from '../../domain/host-key.ts';
import { canonicalAddress } from '../../domain/target.ts';
import { charactersOfKey } from './key-blob.ts';
import type { PseudonymKind } from './pseudonym.ts';

/** Something that by its shape or by its place identifies somebody, though nobody knows it by name. */
export type Shape = {
	readonly start: number;
	readonly end: number;
	readonly kind: PseudonymKind;
	readonly name: string;
	/** Of a key: nothing of it is missing. */
	readonly isWhole?: boolean;
};

type Find = (text: string) => Iterable<Shape>;

/** Loopback and "any address" identify nobody. */
const harmlessAddress = /^(?:127\.|0\.0\.0\.0$|::1?$)/;

export function isHarmlessAddress(text: string): boolean {
	return isIP(text) !== 0 && harmlessAddress.test(canonicalAddress(text));
}

// A run of four numbers behind one of these words is a version.
const ipv4 =
	/(?<![\d.])(?<!\b(?:[vV]8|[vV]|[vV]er|[vV]ersion|[rR]elease|[bB]uild)[ .:=]{0,2})(?<!\p{Lu}[\p{L}]{1,30}\/)(?:\d{1,3}\.){3}\d{1,3}(?!\d|(?:\.\d{1,10}){2})(\/\d{1,2}(?!\d))?/gu;
/** An OID, and no address: iso(1) identified-organization(3) dod(6) internet(1), and joint-iso-itu-t(2) ds(5). */
const objectIdentifier = /^(?:1\.3\.6\.1|2\.5\.\d+\.\d+)$/;
/** `10.61.7.*`, `10.61.*`, `10.61.7.x`, `10.61.7/24`: a network as rules and tickets write it. */
const wildcard =
	/(?<![\d.])((?:\d{1,3}\.){2,3})(?:[*%]|(?<=(?:\d{1,3}\.){3})(?:[xX](?![\p{L}\d])|(?=['\x22,;)\]\s]|$)))(?:\.[*xX])?|(?<![\d.])(\d{1,3}\.\d{1,3}\.\d{1,3})\/\d{1,2}(?!\d)/gu;
/** `ip-10-0-0-5`, `10-0-0-5.pod`, `10_0_0_5.log`: addresses as names of machines and files carry them. */
const dashedIpv4 =
	/(?<=[a-z]{2,30}\d{0,3}[-_.])\d{1,3}(?:[-_]\d{1,3}){3}(?![-_]?\d)|(?<![\w-])\d{1,3}(?:-\d{1,3}){3}(?=\.[a-z])|(?<![\w-])\d{1,3}(?:_\d{1,3}){3}(?![\w-])/gi;
const reverseIpv4 = /(?<![\w.])((?:\d{1,3}\.){1,4})in-addr\.arpa\b/gi;
const reverseIpv6 = /(?<![\w.])((?:[0-9a-f]\.){4,32})ip6\.arpa\b/gi;
/** What FTP says of its data connection (RFC 959 section 4.1.2): four numbers of the address, two of the port. */
const ftpAddress = /(?<=\(|\b(?:PORT|Mode) )(?:\d{1,3},){3}\d{1,3}(?=,\d{1,3},\d{1,3}(?![\d,]))/g;
/** Also behind a word and a colon, as in `rhost:2a01::5`. */
const ipv6 =
	/(?:(?<![\w:.])|(?<=[g-z_][\w-]{0,30}:))(?:[0-9a-f]{0,4}:){2,7}(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{0,4})(?![\w:])(\/\d{1,3}(?!\d))?/gi;
/** Whole, or as much of it as somebody wrote. */
const sha256 =
	/(?<![A-Za-z0-9+/])SHA256:([A-Za-z0-9+/_-]{4,43})=?(?:…|\.{2,3}|\*+)?(?:[A-Za-z0-9+/]{3,20}(?<=(?:…|\.\.|\*)[A-Za-z0-9+/]{3,20}))?(?![A-Za-z0-9+/=])/g;
const md5 =
	/(?<![0-9a-f:])(?<!\bserial(?: ?(?:number|no\.?))?\s?[:=]?\s{0,20})(?:MD5:)?((?:[0-9a-f]{2}:){15}[0-9a-f]{2})(?![0-9a-f:])|(?<![0-9a-f:])MD5:((?:[0-9a-f]{2}:){2,14}[0-9a-f]{0,2})/gi;
/** RFC 4255: algorithm, type of fingerprint, fingerprint in hexadecimal. */
const sshfp = /\bSSHFP\s+\d{1,2}\s+\d{1,2}\s+([0-9a-f]{8,64}(?:\s[0-9a-f]{2,56}){0,3})\b/gi;
/** A public key: the length of its type's name comes first (RFC 4253 section 6.6). */
const publicKey = /(?<![A-Za-z0-9+/])AAAA[A-Za-z0-9+/]{24,8000}={0,2}/g;

/** Host keys that everybody can look up, as their owners publish them. */
const published = new Set([
	// docs.github.com, "GitHub's SSH key fingerprints"; the second was in use until 2023.
	'SHA256:uNiVztksCsDhcc0u9e8BujQXVUpKZIDTMczCvj3tD2s',
	'SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8',
	'SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM',
	'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
	// docs.gitlab.com, "SSH host keys fingerprints"
	'SHA256:ROQFvPThGrW4RuWLoL9tq9I9zJ42fK4XywyRtbOz/EQ',
	'SHA256:HbW3g8zUjNSksFbqTiUWPWg2Bq1x8xdGUrliXFzSnUw',
	'SHA256:eUXGGm1YGsMAS7vkcx6JOJdOGHPem5gQp4taiCfCLB8',
]);

export function isPublished(fingerprint: string): boolean {
	return published.has(fingerprint);
}

/** Addresses in every spelling. An address with the size of its own network is that network. */
export const findAddresses: Find = function* (text) {
	const shape = (start: number, length: number, written: string, size = ''): Shape[] => {
		const address = withoutZeros(written);
		if (isIP(address) === 0 || isHarmlessAddress(address) || objectIdentifier.test(address)) return [];
		const isNetwork = (size === '/24' && address.endsWith('.0')) || (size === '/64' && address.endsWith('::'));
		return [
			{ start, end: start + length, kind: isNetwork ? 'NET' : 'IP', name: isNetwork ? `${address}${size}` : address },
		];
	};
	const network = (start: number, length: number, octets: readonly string[]): Shape[] => {
		const address = [...octets, '0', '0', '0'].slice(0, 4).join('.');
		if (octets.length < 2 || isIP(address) === 0 || isHarmlessAddress(address)) return [];
		return [{ start, end: start + length, kind: 'NET', name: `${address}/${octets.length * 8}` }];
	};
	if (/\d\.\d/.test(text)) {
		for (const { 0: found, 1: size = '', index } of text.matchAll(ipv4))
			yield* shape(index, found.length - size.length, found.slice(0, found.length - size.length), size);
		for (const { 0: found, 1: open = '', 2: whole = open, index } of text.matchAll(wildcard))
			yield* network(index, found.length, whole.split('.').filter(Boolean));
		for (const { 0: found, 1: reversed = '', index } of text.matchAll(reverseIpv4)) {
			const octets = reversed.slice(0, -1).split('.').reverse();
			yield* octets.length === 4 ? shape(index, found.length, octets.join('.')) : network(index, found.length, octets);
		}
	}
	if (/\d,\d/.test(text))
		for (const { 0: found, index } of text.matchAll(ftpAddress))
			yield* shape(index, found.length, found.replaceAll(',', '.'));
	if (/ip6\.arpa/i.test(text))
		for (const { 0: found, 1: reversed = '', index } of text.matchAll(reverseIpv6))
			yield* shape(index, found.length, addressOfNibbles(reversed));
	if (/\d[-_]\d/.test(text)) {
		for (const { 0: found, index } of text.matchAll(dashedIpv4))
			yield* shape(index, found.length, found.replace(/[-_]/g, '.'));
	}
	if (/::|(?:[0-9a-f]{1,4}:){5}/i.test(text)) {
		for (const { 0: found, 1: size = '', index } of text.matchAll(ipv6))
			yield* shape(index, found.length - size.length, found.slice(0, found.length - size.length), size);
	}
};

/** `010.061.007.023` is 10.61.7.23, as people read it. */
function withoutZeros(address: string): string {
	return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(address) ? address.replace(/\b0+(?=\d)/g, '') : address;
}

/** `1.0.a.2.` is 2a01:: (RFC 3596 section 2.5). */
function addressOfNibbles(reversed: string): string {
	const digits = reversed.replaceAll('.', '').split('').reverse().join('').padEnd(32, '0');
	return (digits.match(/.{4}/g) ?? []).join(':');
}

/** Hardware addresses, which name one machine: alone, with dashes, or as the kernel's firewall logs them with what follows (IEEE 802.3). */
const hardwareAddress =
	/(?<![0-9a-f:-])(?:[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|(?:[0-9a-f]{2}:){13}[0-9a-f]{2})(?![0-9a-f:-])/gi;
const noHardware = /^(?:00[:-]){5}00|^(?:ff[:-]){5}ff|^(?:01:00:5e|33:33)/i;

export const findHardware: Find = function* (text) {
	if (!/[0-9a-f]{2}[:-][0-9a-f]{2}[:-][0-9a-f]{2}[:-][0-9a-f]{2}/i.test(text)) return;
	for (const { 0: found, index } of text.matchAll(hardwareAddress))
		if (!noHardware.test(found))
			yield { start: index, end: index + found.length, kind: 'HOST', name: found.toLowerCase() };
};

const wholeFingerprint =
	/^(?:SHA256:[\w+/-]{43}|MD5:(?:[0-9a-f]{2}:){15}[0-9a-f]{2}|SSHFP:(?:[0-9a-f]{40}|[0-9a-f]{64}))$/;

/** Fingerprints of keys, whole and shortened, also as DNS has them; and whole public keys. */
export const findKeys: Find = function* (text) {
	const shape = (start: number, length: number, name: string, isWhole = wholeFingerprint.test(name)): Shape[] =>
		isPublished(name) ? [] : [{ start, end: start + length, kind: 'KEY', name, isWhole }];
	if (text.includes('SHA256:'))
		for (const { 0: found, 1: hash, index } of text.matchAll(sha256))
			yield* shape(index, found.length, `SHA256:${hash}`);
	if (/[0-9a-f]{2}:[0-9a-f]{2}:[0-9a-f]{2}:/i.test(text)) {
		for (const { 0: found, 1: whole, 2: hash = whole ?? '', index } of text.matchAll(md5))
			yield* shape(index, found.length, `MD5:${hash.toLowerCase()}`);
	}
	if (/sshfp/i.test(text))
		for (const { 0: found, 1: hash = '', index } of text.matchAll(sshfp))
			yield* shape(index + found.length - hash.length, hash.length, `SSHFP:${hash.replace(/\s/g, '').toLowerCase()}`);
	if (text.includes('AAAA')) {
		for (const { 0: found, index } of text.matchAll(publicKey)) {
			const characters = charactersOfKey(found);
			const key = found.slice(0, characters ?? found.length);
			yield* shape(index, key.length, describeHostKey(Buffer.from(key, 'base64')).sha256, characters !== null);
		}
	}
};

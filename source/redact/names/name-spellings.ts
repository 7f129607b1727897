import { isIP } from 'node:net';
import { domainToASCII, domainToUnicode } from 'node:url';
import { canonicalAddress } from '../../domain/target.ts';

/** All the ways a name may be written that are more than upper case or escapes, which the mask sees through itself. */
export function spellingsOfName(name: string): string[] {
	const isAscii = /^[\u0000-\u007f]*$/.test(name);
	const found = isAscii ? [name] : [name, name.normalize('NFC'), name.normalize('NFD'), name.toLowerCase()];
	// As forms write a blank.
	if (name.includes(' ')) found.push(name.replaceAll(' ', '+'));
	// As names of files and of metrics write a host.
	if (/^[\w-]+(?:\.[\w-]+)+$/.test(name)) found.push(name.replaceAll('.', '-'), name.replaceAll('.', '_'));
	if (!isAscii) found.push(...plainLetters(name));
	// Right to left, as packages and zones have it; and as names of international domains are sent.
	if (isHost.test(name)) found.push(name.split('.').reverse().join('.'));
	if (!isAscii && /^\S+$/.test(name) && name.includes('.')) found.push(domainToASCII(name));
	if (/(?:^|\.)xn--/i.test(name)) found.push(domainToUnicode(name));
	if (isAscii && isReversible.test(name)) found.push([...name].reverse().join(''));
	return found.filter((spelling) => spelling !== '');
}

/** Letter by letter backwards a short name is a word of its own. */
const isReversible = /^(?=.*[a-z])[\w.-]{6,}$/i;

const isHost = /^[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)+$/u;

/** `Buro` and `Buero` for Büro: as forms that know ASCII alone take it. */
function plainLetters(name: string): string[] {
	const german = name.replace(/[äöüÄÖÜß]/g, (letter) => umlauts.get(letter.toLowerCase()) ?? letter);
	return [name, german].map((text) =>
		text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('ł', 'l').replaceAll('ß', 'ss'),
	);
}

const umlauts = new Map([
	['ä', 'ae'],
	['ö', 'oe'],
	['ü', 'ue'],
	['ß', 'ss'],
]);

/** The same for an address: with dashes, backwards as in reverse DNS, mapped into IPv6, in hexadecimal, whole. */
export function spellingsOfAddress(address: string): string[] {
	const canonical = canonicalAddress(address);
	if (isIP(canonical) === 4) {
		const bytes = canonical.split('.');
		const hex = bytes.map((byte) => Number(byte).toString(16).padStart(2, '0'));
		return [
			address,
			canonical,
			bytes.join('-'),
			bytes.join('_'),
			bytes.join(','),
			`${bytes.toReversed().join('.')}.in-addr.arpa`,
			bytes.map((byte) => byte.padStart(3, '0')).join('.'),
			hex.join(''),
			// As /proc/net/tcp has it on most machines: the last byte first.
			hex.toReversed().join(''),
			`0x${hex.join('')}`,
			hex.join(':'),
			String(Number.parseInt(hex.join(''), 16)),
		];
	}
	if (isIP(canonical) !== 6) return [address];
	const whole = expand(canonical);
	const nibbles = whole.replaceAll(':', '').split('');
	return [
		address,
		canonical,
		whole,
		whole.replaceAll(':', '-'),
		canonical.replaceAll(':', '-'),
		`${nibbles.toReversed().join('.')}.ip6.arpa`,
	];
}

/** `2001:db8::1` as `2001:0db8:0000:0000:0000:0000:0000:0001`. */
function expand(address: string): string {
	const [head = '', tail] = address.replace(/%.*$/, '').split('::');
	const left = head === '' ? [] : head.split(':');
	const right = tail === undefined || tail === '' ? [] : tail.split(':');
	const middle = Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
	return [...left, ...middle, ...right].map((group) => group.padStart(4, '0')).join(':');
}

/** A fingerprint of a key: base64 as OpenSSH shows it, with its padding, for URLs, in hexadecimal as DNS has it (RFC 4255, 6594). */
export function spellingsOfFingerprint(fingerprint: string): string[] {
	const bare = fingerprint.replace(/^(?:SHA256|MD5):/, '');
	if (bare === fingerprint || !fingerprint.startsWith('SHA256:')) return [fingerprint, bare, bare.replaceAll(':', '')];
	const bytes = Buffer.from(bare, 'base64');
	const hex = bytes.toString('hex');
	return [fingerprint, bare, `${bare}=`, bytes.toString('base64url'), hex, hex.match(/../g)?.join(':') ?? hex];
}

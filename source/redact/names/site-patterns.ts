import { isIP } from 'node:net';
import { describeHostKey } from '../../domain/host-key.ts';
import { canonicalAddress } from '../../domain/target.ts';
import { isPseudonym, type PseudonymKind } from './pseudonym.ts';

/** Something that by its shape or by its place identifies somebody, though nobody knows it by name. */
export type Shape = {
	readonly start: number;
	readonly end: number;
	readonly kind: PseudonymKind;
	readonly name: string;
};

type Find = (text: string) => Iterable<Shape>;

/** Loopback, and what RFC 5737 and RFC 3849 keep for documentation, identify nobody. */
const harmlessAddress = /^(?:127\.|0\.0\.0\.0$|::1?$|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|2001:0?db8:)/i;

export function isHarmlessAddress(text: string): boolean {
	return isIP(text) !== 0 && harmlessAddress.test(canonicalAddress(text));
}

/** Hosts that everybody knows; algorithms of SSH are named after some of them (RFC 4251 section 6). */
const publicHost =
	/(?:^|\.)(?:openssh\.com|libssh\.org|ssh\.com|lysator\.liu\.se|tartarus\.org|vaultpam\.com|github\.com|gitlab\.com|bitbucket\.org|ietf\.org|nodejs\.org|debian\.org|ubuntu\.com)$/i;
/** Names that nobody outside a site can resolve. */
const insideHost = /\.(?:corp|home|intern|internal|intra|intranet|lan|local|localdomain|priv|private)$/i;

// A run of four numbers behind one of these words is a version.
const ipv4 = /(?<![\d.])(?<!\b(?:v8|v|ver|version)[ .:=]{0,2})(?:\d{1,3}\.){3}\d{1,3}(?!\d)(\/\d{1,2}(?!\d))?/gi;
/** `ip-10-0-0-5`, `10-0-0-5.pod`, `10_0_0_5.log`: addresses as names of machines and files carry them. */
const dashedIpv4 =
	/(?<=(?:^|[^a-z\d])(?:ip|dhcp|host|ec2|static|addr)[-_])\d{1,3}(?:[-_]\d{1,3}){3}(?![-_\d])|(?<![\w-])\d{1,3}(?:-\d{1,3}){3}(?=\.[a-z])|(?<![\w-])\d{1,3}(?:_\d{1,3}){3}(?![\w-])/gi;
const reverseIpv4 = /(?<![\w.])((?:\d{1,3}\.){4})in-addr\.arpa\b/gi;
const reverseIpv6 = /(?<![\w.])((?:[0-9a-f]\.){32})ip6\.arpa\b/gi;
/** Also behind a word and a colon, as in `rhost:2a01::5`. */
const ipv6 =
	/(?:(?<![\w:.])|(?<=[g-z_][\w-]{0,30}:))(?:[0-9a-f]{0,4}:){2,7}(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{0,4})(?![\w:])(\/\d{1,3}(?!\d))?/gi;
/** The host of `scheme://user@host:port/`. */
const urlHost = /(?<=[a-z][a-z0-9+.-]{0,20}:\/\/(?:[^\s/@"']{0,256}@)?)[a-z0-9_][\w.-]*/gi;
const hostName = /(?<![\w.%-])(?:[a-z0-9_](?:[\w-]{0,62})\.){1,12}[a-z][\w-]{1,62}(?![\w-])/gi;
const userAtHost =
	/(?<![\w.+%-])([\w.+-]{1,64})@((?:[\w-]{1,63}\.){0,12}[a-z][\w-]{0,62}|(?:\d{1,3}\.){3}\d{1,3})(?![\w-])/gi;
/** `host=db9`, `"user": "bob"`: what a logger itself calls a host, a user or a Safe. */
const named =
	/(?<![a-z])(safe(?:[-_]?name)?|(?:target|remote|r)?[-_]?host(?:[-_]?name)?|target|(?:r|login|user)?[-_]?user(?:[-_]?name)?|login)(?:=["']?|["']\s{0,4}[:=]\s{0,4}["'])([^\s"',;&|(){}[\]<>\\]{1,253})/gi;
/** As sshd and PAM tell of users. */
const userOf =
	/\b(?:(?:invalid|illegal|authenticating|for) user|(?:accepted|failed|postponed) [\w/-]{1,40} for(?: (?:invalid|illegal) user)?|session (?:opened|closed) for user) ([^\s'"()]{1,64})(?= (?:from|by|not|\d|\[)|\(|$)/gi;
const homeOf = /(?:\/home\/|\/Users\/|[a-z]:\\{1,2}Users\\{1,2})([^\s/\\"':]{1,64})(?=[/\\])/gi;
const sha256 = /(?<![A-Za-z0-9+/])SHA256:([A-Za-z0-9+/]{43})=?(?![A-Za-z0-9+/=])/g;
const md5 = /(?<![0-9a-f:])(?:MD5:)?((?:[0-9a-f]{2}:){15}[0-9a-f]{2})(?![0-9a-f:])/gi;
/** A public key: the length of its type's name comes first (RFC 4253 section 6.6). */
const publicKey = /(?<![A-Za-z0-9+/])AAAA[A-Za-z0-9+/]{60,8000}={0,2}/g;

/** Values that say that nobody is meant, or that are no name. */
const nobody =
	/^(?:true|false|null|none|nil|undefined|unknown|any|all|root|localhost|self|n\/a|[-*.?]+|\d+|\$.*|%.*)$/i;

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
	const shape = (start: number, length: number, address: string, size = ''): Shape[] => {
		if (isIP(address) === 0 || isHarmlessAddress(address)) return [];
		const isNetwork = (size === '/24' && address.endsWith('.0')) || (size === '/64' && address.endsWith('::'));
		return [
			{ start, end: start + length, kind: isNetwork ? 'NET' : 'IP', name: isNetwork ? `${address}${size}` : address },
		];
	};
	if (/\d\.\d/.test(text)) {
		for (const { 0: found, 1: size = '', index } of text.matchAll(ipv4))
			yield* shape(index, found.length - size.length, found.slice(0, found.length - size.length), size);
		for (const { 0: found, 1: reversed = '', index } of text.matchAll(reverseIpv4))
			yield* shape(index, found.length, reversed.slice(0, -1).split('.').reverse().join('.'));
		for (const { 0: found, 1: reversed = '', index } of text.matchAll(reverseIpv6))
			yield* shape(
				index,
				found.length,
				(reversed.replaceAll('.', '').split('').reverse().join('').match(/.{4}/g) ?? []).join(':'),
			);
	}
	if (/\d[-_]\d/.test(text)) {
		for (const { 0: found, index } of text.matchAll(dashedIpv4))
			yield* shape(index, found.length, found.replace(/[-_]/g, '.'));
	}
	if (/:[0-9a-f]{0,4}:/i.test(text)) {
		for (const { 0: found, 1: size = '', index } of text.matchAll(ipv6))
			yield* shape(index, found.length - size.length, found.slice(0, found.length - size.length), size);
	}
};

/** Fingerprints of keys, and whole public keys. */
export const findKeys: Find = function* (text) {
	const shape = (start: number, length: number, name: string): Shape[] =>
		isPublished(name) ? [] : [{ start, end: start + length, kind: 'KEY', name }];
	if (text.includes('SHA256:'))
		for (const { 0: found, 1: hash, index } of text.matchAll(sha256))
			yield* shape(index, found.length, `SHA256:${hash}`);
	if (/[0-9a-f]{2}:[0-9a-f]{2}:[0-9a-f]{2}:/i.test(text)) {
		for (const { 0: found, 1: hash = '', index } of text.matchAll(md5))
			yield* shape(index, found.length, `MD5:${hash.toLowerCase()}`);
	}
	if (text.includes('AAAA')) {
		for (const { 0: found, index } of text.matchAll(publicKey))
			yield* shape(index, found.length, describeHostKey(Buffer.from(found, 'base64')).sha256);
	}
};

/** Hosts and users that nobody knows by name, where a text says that they are. `isKnownDomain`: of a domain with known hosts. */
export function findStrangers(text: string, isKnownDomain: (domain: string) => boolean): Shape[] {
	const shapes: Shape[] = [];
	const put = (kind: 'HOST' | 'USER' | 'SAFE', start: number, name: string) => {
		if (nobody.test(name) || isIP(name) !== 0 || isPseudonym(name)) return;
		if (kind === 'HOST' && publicHost.test(name)) return;
		shapes.push({ start, end: start + name.length, kind, name });
	};
	if (text.includes('://')) for (const { 0: host, index } of text.matchAll(urlHost)) put('HOST', index, host);
	if (text.includes('.')) {
		for (const { 0: host, index } of text.matchAll(hostName)) {
			const isOurs = domainsOf(host).some(isKnownDomain) || insideHost.test(host);
			if (isOurs) put('HOST', index, host);
		}
	}
	if (text.includes('@')) {
		for (const { 1: user = '', 2: host = '', index } of text.matchAll(userAtHost)) {
			// `user@host` is how everybody writes what is to be filled in.
			if (publicHost.test(host) || `${user}@${host}` === 'user@host') continue;
			put('USER', index, user);
			put('HOST', index + user.length + 1, host);
		}
	}
	if (/=|["']\s{0,4}:/.test(text)) {
		for (const { 0: found, 1: key = '', 2: value = '', index } of text.matchAll(named)) {
			const name = value.replace(/(?<=[^:]):\d{1,5}$/, '').replace(/[.:]+$/, '');
			if (name === '' || /[@/]/.test(name)) continue;
			put(kindOfKey(key), index + found.length - value.length, name);
		}
	}
	// As our own summary says it of a pasted line.
	for (const { 0: found, 1: user = '', index } of text.matchAll(/\bis about "([^"]{1,64})"/g))
		put('USER', index + found.length - user.length - 1, user);
	for (const { 0: found, 1: user = '', index } of text.matchAll(userOf))
		put('USER', index + found.length - user.length, user);
	if (/home|users/i.test(text))
		for (const { 0: found, 1: user = '', index } of text.matchAll(homeOf))
			put('USER', index + found.length - user.length, user);
	return shapes;
}

function kindOfKey(key: string): 'HOST' | 'USER' | 'SAFE' {
	if (/^safe/i.test(key)) return 'SAFE';
	return /user|login/i.test(key) ? 'USER' : 'HOST';
}

/** The domains a host is in, without its own label and without what is above all sites: `a.b.example` is in `b.example`. */
export function domainsOf(host: string): string[] {
	const labels = host.toLowerCase().split('.');
	return labels.slice(0, -1).map((_, index) => labels.slice(index).join('.'));
}

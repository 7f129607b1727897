import { isIP } from 'node:net';
import { isCommonWord, isForeignWord, isFrequentWord, isOrdinary, partsOf } from './common-words.ts';
import { joinedMessageWords } from './message-words.ts';
import { findPairs } from './pairs.ts';
import { groupKinds, type Place } from './place.ts';
import { places } from './places.ts';
import { isProgramName, isPublicHost, isTopLevelDomain } from './public-hosts.ts';
import type { Shape } from './site-patterns.ts';

/** A stranger is found by the form of its name (an address, a dotted host, an e-mail), or by the place where it stands alone. */
export type Stranger = Shape & { readonly by: 'form' | 'place' };

export type Known = {
	/** Of a domain with hidden hosts. */
	readonly isDomain: (domain: string) => boolean;
	/** Hidden, though it is a word that stands in every text. */
	readonly isName: (name: string) => boolean;
};

/** Names that nobody outside a site can resolve. */
const insideHost = /(?<!^jail)\.(?:corp|home|intern|internal|intra|intranet|lan|local|localdomain|priv|private)$/i;
/** The host of `scheme://user@host:port/`. */
const urlHost =
	/(?<=(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{1,20}:\/\/(?:[^\s/@"']{0,256}@)?)[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]{0,252}[\p{L}\p{N}])?/giu;
const dotted =
	/(?<![\p{L}\p{N}_%-]|[\p{L}\p{N}_]\.)(?:[\p{L}\p{N}_](?:[\p{L}\p{N}_-]{0,62})\.){1,12}\p{L}[\p{L}\p{N}-]{1,62}(?![\p{L}\p{N}_-])/gu;
const userAtHost =
	/(?<![\w.+%-])([\p{L}\p{N}_.+-]{1,64})@((?:[\p{L}\p{N}_-]{1,63}\.){0,12}\p{L}[\p{L}\p{N}_-]{0,62}|(?:\d{1,3}\.){3}\d{1,3}|\[[0-9a-f:.]{2,45}\])(?![\p{L}\p{N}-])/giu;
/** First name and last name: what one sees of a person in a sentence. */
const fullName = /(?<![\p{L}\p{N}_.-])(?=(\p{Lu}\p{Ll}{2,20} \p{Lu}\p{Ll}{2,20})(?![\p{L}\p{N}_-]))\p{Lu}/gu;
/** As E.164 has it, with blanks. */
const phoneNumber = /(?<![\p{L}\p{N}])\+[1-9]\d{0,2}(?:[ ()/-]{1,2}\d{2,5}){2,5}(?!\d)/gu;
/** `dc=fin,dc=example` (RFC 4519): the labels of a domain. */
const domainComponents =
	/(?<![\p{L}\p{N}])dc\s?=\s?([\p{L}\p{N}_-]{1,63})(?:\s?[,;/+]\s?dc\s?=\s?([\p{L}\p{N}_-]{1,63})){0,8}/giu;

/** Values that say that nobody is meant, or that are no name. */
const nobody =
	/^(?:true|false|yes|no|null|none|nil|undefined|unknown|any|all|root|localhost|self|n\/a|n|-|stdout|stderr|system|local|default|anonymous|invalid|[-*.?]+|\d+|\d[\d.:,]*|\$.*|%.*|<.*|\{.*|\[.*|AAAA[\w+/]*)$/i;
/** Accounts that each system of a kind has: base-passwd of Debian, cloud images, Windows. */
const everybodysAccounts = new Set(
	`daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc gnats nobody _apt systemd-network systemd-resolve
	systemd-timesync messagebus syslog polkitd sshd tss dbus chrony ntp rpc ubuntu admin administrator debian ec2-user cloud-user centos
	fedora rocky almalinux opc azureuser pi freebsd guest authority`.split(/\s+/),
);

const wordTests: Readonly<Record<Exclude<Place['strength'], 'sure' | 'known'>, (word: string) => boolean>> = {
	pair: isFrequentWord,
	near: isFrequentWord,
	likely: isCommonWord,
};

export function findStrangers(text: string, known: Known): Stranger[] {
	return [...byForm(text, known), ...byPlace(text, known)];
}

function* byForm(text: string, known: Known): Iterable<Stranger> {
	const shape = (kind: Shape['kind'], start: number, name: string): Stranger[] =>
		isNobody(name) || (kind === 'HOST' && isPublicHost(name))
			? []
			: [{ start, end: start + name.length, kind, name, by: /[.@]/.test(name) ? 'form' : 'place' }];
	if (text.includes('://'))
		for (const { 0: host, index } of text.matchAll(urlHost))
			if (known.isName(host) || !isOrdinary(host, isFrequentWord)) yield* shape('HOST', index, host);
	if (text.includes('.'))
		for (const { 0: host, index } of text.matchAll(dotted))
			if (domainsOf(host).some(known.isDomain) || insideHost.test(host) || isTopLevelDomain(host, text[index - 1]))
				yield* shape('HOST', index, host);
	for (const { 1: name = '', index } of text.matchAll(fullName))
		if (
			name
				.toLowerCase()
				.split(' ')
				.every((word) => !isCommonWord(word) && !isForeignWord(word))
		)
			yield* shape('USER', index, name);
	if (text.includes('+'))
		for (const { 0: number, index } of text.matchAll(phoneNumber)) yield* shape('USER', index, number);
	if (text.includes('@'))
		for (const { 1: name = '', 2: host = '', index } of text.matchAll(userAtHost)) {
			// `user@host` is how everybody writes what is to be filled in; `getty@tty1` is a unit.
			if (
				isPublicHost(host) ||
				/^(?:sha(?:1|256|384|512)|md5)$/i.test(host) ||
				`${name}@${host}` === 'user@host' ||
				/^tty|^(?:\d+|default)$|\.(?:service|socket|timer|mount|slice|scope|device)$/.test(host)
			)
				continue;
			if (!everybodysAccounts.has(name.toLowerCase()) || known.isName(name)) yield* shape('USER', index, name);
			if (known.isName(host) || !isOrdinary(host, isFrequentWord)) yield* shape('HOST', index + name.length + 1, host);
		}
	if (/dc\s?=/i.test(text))
		for (const { 0: found, index } of text.matchAll(domainComponents)) {
			const labels = [...found.matchAll(/=\s?([^\s,;/+=]+)/g)].map(([, label = '']) => label);
			const name = labels.join('.');
			if (!isPublicHost(name)) yield { start: index, end: index + found.length, kind: 'HOST', name, by: 'form' };
		}
}

function byPlace(text: string, known: Known): Stranger[] {
	const found: Stranger[] = [];
	const put = (start: number, written: string, kind: Shape['kind'], strength: Place['strength']) => {
		const name = written.replace(/(?<=[^:]):\d{1,5}$/, '').replace(/[\s.:,;]+$/, '');
		if (name === '' || /[@/]/.test(name)) return;
		const isKnown = strength !== 'near' && strength !== 'likely' && known.isName(name);
		if (!isKnown && saysNothing(name, kind, strength)) return;
		found.push({ start, end: start + name.length, kind, name, by: name.includes('.') ? 'form' : 'place' });
	};
	for (const { start, text: value, kind, strength } of findPairs(text)) put(start, value, kind, strength);
	const lower = text.toLowerCase();
	for (const { strength, words, pattern } of places) {
		if (!words.some((word) => lower.includes(word))) continue;
		// `matchAll` would make each of them anew for each line.
		pattern.lastIndex = 0;
		for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
			if (match[0] === '') pattern.lastIndex++;
			for (const [group, span] of Object.entries(match.indices?.groups ?? {})) {
				const kind = groupKinds[group];
				if (kind !== undefined && span !== undefined) put(span[0], text.slice(...span), kind, strength);
			}
		}
	}
	return found;
}

function saysNothing(name: string, kind: Shape['kind'], strength: Place['strength']): boolean {
	if (isNobody(name) || (kind === 'HOST' && isPublicHost(name))) return true;
	if (everybodysAccounts.has(name.toLowerCase())) return true;
	if (strength === 'sure') return false;
	if (strength === 'known') return true;
	const isDotted = /\p{L}\.\p{L}/u.test(name) && !insideHost.test(name) && !isTopLevelDomain(name, undefined);
	if (isDotted && isProgramName(name)) return true;
	if (isDotted && strength === 'likely' && !/[\d-]/.test(name)) return !isFirstAndLastName(name);
	// `MONITOR_ANS_PAM`: a constant of a program.
	if (strength === 'likely' && /^\p{Lu}+(?:_[\p{Lu}\p{N}]+)+$/u.test(name)) return true;
	// Words that programs join are names where a name has to stand: `filer-west`.
	const isCompound =
		strength === 'near' && /\p{L}[-_]\p{L}/u.test(name) && !joinedMessageWords.has(partsOf(name).join(''));
	return !isCompound && isOrdinary(name, wordTests[strength]);
}

/** `elena.rossi`: two words, neither of them one of a program. */
function isFirstAndLastName(name: string): boolean {
	const words = /^(\p{Ll}{3,20})\.(\p{Ll}{3,20})$/u.exec(name)?.slice(1) ?? [];
	return words.length === 2 && words.every((word) => !isCommonWord(word));
}

/** What was masked before is nobody either, whatever stands beside it. */
function isNobody(name: string): boolean {
	return nobody.test(name) || isIP(name) !== 0 || /(?:SAFE|HOST|IP|NET|USER|KEY)-\d/.test(name);
}

/** The domains a host is in, without what is above all sites: `a.b.example` is in `b.example`. */
export function domainsOf(host: string): string[] {
	const labels = host.toLowerCase().split('.');
	return labels.slice(0, -1).map((_, index) => labels.slice(index).join('.'));
}

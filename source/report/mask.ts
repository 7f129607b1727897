import { isIP } from 'node:net';

/** Something that identifies a site, as the engine knows it, and other ways in which it may be written. */
export type Identity = {
	readonly kind: 'HOST' | 'IP' | 'USER' | 'SAFE';
	readonly name: string;
	readonly spellings?: readonly string[];
};

/** Beside what is known by name: nothing; addresses nobody knows; these, other hosts of known domains, and hosts of URLs. */
export type Patterns = 'none' | 'addresses' | 'all';

/**
 * Replaces what identifies a site by stand-ins that are the same everywhere in one text: SAFE-1, HOST-2, USER-3, IP-4. Loopback and
 * documentation addresses (RFC 5737, RFC 3849) identify nobody and stay, and so does `root`, which is everywhere.
 */
export type Mask = {
	(text: string): string;
	/** How many different things of each kind were replaced so far. */
	counts(): Readonly<Record<string, number>>;
	/** The first known thing that still stands in a text, or null. */
	leak(text: string): string | null;
};

const ipv4 = /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\d)/g;
/** `ip-10-0-0-5`, `10-0-0-5.pod`: addresses as cloud names carry them. */
const dashedIpv4 =
	/(?<=\b(?:ip|dhcp|host|ec2|static)-)\d{1,3}(?:-\d{1,3}){3}\b|(?<![\d-])\d{1,3}(?:-\d{1,3}){3}(?=\.[a-z])/gi;
/** Also behind a word and a colon, as in `rhost:2a01::5`. */
const ipv6 =
	/(?:(?<![\w:.])|(?<=[g-z_][\w-]{0,30}:))(?:[0-9a-f]{0,4}:){2,7}(?:[0-9a-f]{0,4}|(?:\d{1,3}\.){3}\d{1,3})(?![\w:])/gi;
/** The host of `scheme://user@host:port/`. */
const urlHost = /(?<=[a-z][a-z0-9+.-]{0,20}:\/\/(?:[^\s/@"']{0,256}@)?)[a-z0-9_][\w.-]*/gi;
const isStandIn = /^(?:HOST|IP|USER|SAFE)-\d+$/;
const harmlessAddress = /^(?:127\.|0\.0\.0\.0$|::1?$|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|2001:0?db8:)/i;
const harmlessNames = new Set(['root', 'localhost']);
/** A shorter first label (`db` of db.example) would take words out of every sentence. */
const shortestLabel = 3;

/**
 * @param identities what is known by name; earlier ones win where a name is two things.
 * @param exempt names that stay, such as those of connectors.
 */
export function createMask(identities: readonly Identity[], exempt: readonly string[], patterns: Patterns): Mask {
	const spared = new Set([...harmlessNames, ...exempt.map((name) => name.toLowerCase())]);
	const known = new Map<string, { kind: Identity['kind']; name: string }>();
	const spellings = new Set<string>();
	const learn = (kind: Identity['kind'], name: string, spelling = name) => {
		const lower = spelling.toLowerCase();
		if (spared.has(lower) || harmlessAddress.test(lower)) return;
		// A letter such as İ has a lower case that matches it no more.
		spellings.add(spelling).add(lower);
		if (!known.has(lower)) known.set(lower, { kind, name });
	};
	for (const { kind, name, spellings: others = [] } of identities) {
		for (const spelling of [name, ...others]) {
			learn(kind, name, spelling);
			// As it stands inside JSON, and inside URLs.
			learn(kind, name, JSON.stringify(spelling).slice(1, -1));
			const encoded = encodeURIComponent(spelling.toWellFormed());
			learn(kind, name, encoded);
			learn(kind, name, encoded.replaceAll('%20', '+'));
		}
	}
	const domains = new Set<string>();
	for (const { kind, name } of identities) {
		if (kind !== 'HOST' || isIP(name) !== 0) continue;
		const [label = '', ...domain] = name.split('.');
		if (domain.length > 0 && label.length >= shortestLabel) learn('HOST', name, label);
		if (patterns === 'all' && domain.length > 1) domains.add(domain.join('.').toLowerCase());
	}

	const standIns = createStandIns(new Set(known.keys()));
	// The longest first, so that db1 does not cut db1.corp.example in two.
	const names = anyOf([...spellings]);
	const inDomains =
		domains.size === 0
			? null
			: new RegExp(String.raw`(?<![\w.-])(?:[\w-]+\.)+(?:${[...domains].map(escapePattern).join('|')})(?![\w-])`, 'gi');
	const isHarmless = (text: string) => isIP(text) !== 0 || spared.has(text.toLowerCase());
	const address = (text: string) =>
		isIP(text) === 0 || harmlessAddress.test(text) || spared.has(text.toLowerCase()) ? text : standIns.of('IP', text);
	const mask = (text: string): string => {
		let masked = text;
		if (names !== null) {
			masked = masked.replace(names, (found) => {
				const { kind, name } = known.get(found.toLowerCase()) ?? { kind: 'HOST', name: found };
				return standIns.of(kind, name);
			});
		}
		if (patterns === 'none') return masked;
		if (inDomains !== null) masked = masked.replace(inDomains, (found) => standIns.of('HOST', found));
		if (patterns === 'all') {
			masked = masked.replace(urlHost, (found) =>
				isStandIn.test(found) || isHarmless(found) ? found : standIns.of('HOST', found),
			);
		}
		return masked
			.replace(dashedIpv4, (found) => address(found.replaceAll('-', '.')))
			.replace(ipv4, address)
			.replace(ipv6, address);
	};
	return Object.assign(mask, { counts: standIns.counts, leak: (text: string) => findLeak(text, [...known.keys()]) });
}

/** Looks for the names themselves, also behind JSON's escapes: not with the patterns that were to take them out. */
function findLeak(text: string, names: readonly string[]): string | null {
	const lower = text.toLowerCase();
	const texts = [lower, decoded(lower), decoded(lower).replaceAll('+', ' ')];
	const isPart = (character: string | undefined) => character !== undefined && /[\w-]/.test(character);
	const isInside = (haystack: string, at: number) =>
		isPart(haystack[at - 1]) || (haystack[at - 1] === '.' && isPart(haystack[at - 2]));
	for (const name of names) {
		for (const haystack of texts) {
			for (let at = haystack.indexOf(name); at !== -1; at = haystack.indexOf(name, at + 1)) {
				if (!isInside(haystack, at) && !isPart(haystack[at + name.length])) return name;
			}
		}
	}
	return null;
}

/** As it reads behind the escapes of JSON and of URLs. */
function decoded(text: string): string {
	return text
		.replace(/\\u([0-9a-f]{4})/gi, (_, unit: string) => String.fromCharCode(Number.parseInt(unit, 16)))
		.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) =>
			Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8').toLowerCase(),
		)
		.replace(/\\[nrtbf]/g, ' ')
		.replace(/\\(["\\/])/g, '$1');
}

/** @param taken names that are somebody's, in lower case. */
function createStandIns(taken: ReadonlySet<string>) {
	const known = new Map<string, string>();
	const totals = new Map<string, number>();
	const numbers = new Map<string, number>();
	return {
		of(kind: Identity['kind'], name: string): string {
			const key = `${kind} ${name.toLowerCase()}`;
			const before = known.get(key);
			if (before !== undefined) return before;
			totals.set(kind, (totals.get(kind) ?? 0) + 1);
			let number = (numbers.get(kind) ?? 0) + 1;
			while (taken.has(`${kind}-${number}`.toLowerCase())) number++;
			numbers.set(kind, number);
			known.set(key, `${kind}-${number}`);
			return `${kind}-${number}`;
		},
		counts: () => Object.fromEntries(totals),
	};
}

/** Not in the middle of a word or of a longer host name; right behind `%2F` is no middle. */
const begins = String.raw`(?:(?<=%[0-9a-f]{2})|(?<![\w-]|[\w-]\.))`;

function anyOf(names: readonly string[]): RegExp | null {
	if (names.length === 0) return null;
	const ordered = names.toSorted((a, b) => b.length - a.length).map(escapePattern);
	return new RegExp(String.raw`${begins}(?:${ordered.join('|')})(?![\w-])`, 'gi');
}

function escapePattern(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

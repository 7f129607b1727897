import { isIP } from 'node:net';
import type { Coverage } from '../../domain/coverage.ts';
import type { OfferedHostKey } from '../../domain/host-key.ts';
import type { Inventory, Safe } from '../../domain/inventory.ts';
import { spellingsOf } from '../../runbook/likely-usernames.ts';
import { removeSecrets } from '../secrets/secret-lines.ts';
import { isCommonWord, isProductWord, partsOf } from './common-words.ts';
import type { Identity } from './hits.ts';
import { LooseNames } from './loose-names.ts';
import { joinedMessageWords } from './message-words.ts';
import { NameIndex } from './name-index.ts';
import { spellingsOfAddress, spellingsOfFingerprint, spellingsOfName } from './name-spellings.ts';
import { removedMarks } from './removed-marks.ts';
import { isHarmlessAddress, isPublished } from './site-patterns.ts';
import { domainsOf } from './strangers.ts';

/** What was measured of a Safe's target. */
export type Seen = {
	readonly addresses: readonly string[];
	readonly keys: ReadonlyArray<Pick<OfferedHostKey, 'sha256' | 'md5'>>;
};

/** What a mask knows beside the inventory. */
export type MaskOptions = {
	/**
	 * `all`: everything that identifies the site, known by name or by its shape. `others`: the same, but for what belongs to the Safes
	 * in `own`. `sensitive`: what belongs to sensitive Safes alone.
	 */
	readonly hide: 'all' | 'others' | 'sensitive';
	/** The Safes a report is about. */
	readonly own?: readonly Safe[];
	readonly seenOf?: (safe: Safe) => Seen;
	/** Safes that VaultPAM has and the inventory has not; hidden with `all` and `others`. */
	readonly elsewhere?: Coverage['withoutTarget'] | undefined;
	/** Names of the machines that vpmon and connectors run on, and of the account; hidden with `all`. */
	readonly here?: { readonly machines: readonly string[]; readonly accounts: readonly string[] };
};

/** A shorter first label (`db` of db.example) would take words out of every sentence. */
const shortestLabel = 3;
const harmlessNames = ['root', 'localhost'];
/** A Safe called `-` is told by nobody from a hyphen, and every date would be full of it. */
const onlySigns = /^[ -/:-@[-`{-~]+$/;
const nothingSeen: Seen = { addresses: [], keys: [] };

export type Known = {
	/** Null for what stays. */
	readonly names: NameIndex<Identity | null>;
	/** The same names by their letters and digits alone, also as parts of longer ones. */
	readonly loose: LooseNames<Identity | null>;
	/** Names that are words of the product itself, or numbers: they count only where a name stands. */
	readonly words: NameIndex<Identity>;
	/** Beginnings of fingerprints, by their first characters. */
	readonly keys: ReadonlyMap<string, ReadonlyArray<{ readonly text: string; readonly identity: Identity }>>;
	/** What has to be hidden, each once, and what may stand: for the last look. */
	readonly hidden: readonly Identity[];
	readonly open: readonly string[];
	/** Domains that hidden hosts are in. */
	readonly domains: ReadonlySet<string>;
	/** What is replaced beside what is known by name. */
	readonly shapes: 'none' | 'addresses' | 'all';
};

export function knownNames(inventory: Inventory, options: MaskOptions): Known {
	const { hide, own = [], elsewhere = [], seenOf = () => nothingSeen, here = { machines: [], accounts: [] } } = options;
	const ownNames = new Set(own.map(({ name }) => name));
	const isHidden = ({ name, sensitive }: Safe) =>
		hide === 'sensitive' ? sensitive : hide === 'all' || !ownNames.has(name);
	const hidden = inventory.safes.filter(isHidden);
	const names = new NameIndex<Identity | null>();
	const loose = new LooseNames<Identity | null>();
	const words = new NameIndex<Identity>();
	const keys = new Map<string, Array<{ text: string; identity: Identity }>>();
	const hiddenNames = new Map<string, Identity>();
	const open: string[] = [];
	const learn = (identity: Identity | null, spellings: readonly string[]) => {
		if (identity === null) open.push(...spellings);
		else if (names.get(identity.name) !== null) hiddenNames.set(`${identity.kind} ${identity.name}`, identity);
		const written = identity?.kind === 'KEY' ? spellings : spellings.flatMap(withoutSecrets);
		for (const spelling of written) {
			if (isHarmlessAddress(spelling) || isPublished(spelling) || onlySigns.test(spelling)) continue;
			if (identity !== null && isPlainWord(spelling)) {
				// `root` and connectors stay, whatever else is called so.
				if (names.get(spelling) === undefined) words.add(spelling, identity);
				continue;
			}
			if (names.get(spelling) === undefined && identity?.kind === 'KEY') learnKey(keys, identity, spelling);
			names.add(spelling, identity);
			if (identity?.kind !== 'KEY' && identity?.kind !== 'IP') loose.add(spelling, identity);
		}
	};

	// Who comes first keeps a name. Connectors are to be named.
	learn(null, [...harmlessNames, ...inventory.connectors.map(({ name }) => name)]);
	for (const { name, id } of hidden) learn({ kind: 'SAFE', name }, [...spellingsOfName(name), ...spellingsOfId(id)]);
	if (hide !== 'sensitive')
		for (const { name, id } of elsewhere)
			learn({ kind: 'SAFE', name: name ?? id }, [...spellingsOfName(name ?? ''), ...spellingsOfId(id)]);
	if (hide !== 'all') {
		for (const safe of own) {
			learn(null, [safe.name, ...labelOf(safe.host)]);
			for (const { spellings } of thingsOf(safe, seenOf(safe))) learn(null, spellings);
		}
		learn(null, [...here.machines, ...here.accounts]);
	}
	// Others of the same user name are not sensitive.
	const openUsers = new Set(
		hide === 'sensitive'
			? inventory.safes.filter((safe) => !isHidden(safe)).map(({ username }) => username.toLowerCase())
			: [],
	);
	for (const name of hidden.flatMap(({ name, host }) => [name, ...labelOf(host)])) {
		const stem = stemOf(name);
		if (stem !== null) loose.add(stem, { kind: 'SAFE', name: stem });
	}
	const things = hidden.flatMap((safe) => thingsOf(safe, seenOf(safe)));
	for (const { identity, spellings } of things)
		if (identity.kind !== 'USER' || !openUsers.has(identity.name.toLowerCase())) learn(identity, spellings);
	if (hide === 'all') {
		for (const { host } of inventory.connectors) {
			if (host === 'local') continue;
			learn(hostIdentity(host.host), [...spellingsOfName(host.host), ...labelOf(host.host)]);
			if (host.username !== null) learn({ kind: 'USER', name: host.username }, [host.username]);
		}
		for (const name of here.machines) learn({ kind: 'HOST', name }, spellingsOfName(name));
		for (const name of here.accounts) learn({ kind: 'USER', name }, [name]);
	}

	const ownDomains = new Set(hide === 'all' ? [] : own.flatMap(({ host }) => domainsOf(host)));
	const domains = new Set<string>();
	for (const { identity } of things) {
		if (identity.kind !== 'HOST') continue;
		learn(identity, labelOf(identity.name));
		if (hide === 'sensitive') continue;
		for (const domain of domainsOf(identity.name).slice(1)) {
			if (ownDomains.has(domain)) continue;
			domains.add(domain);
			learn({ kind: 'HOST', name: domain }, domain.split('.').length > 1 ? spellingsOfName(domain) : []);
			const [company = ''] = domain.split('.');
			if (company.length >= shortestCompany && !isCommonWord(company)) learn({ kind: 'HOST', name: domain }, [company]);
		}
	}
	// The address of a Safe that was never measured is nobody's that we know of, so none may stay.
	const isUnknown = hidden.some((safe) => isIP(safe.host) === 0 && seenOf(safe).addresses.length === 0);
	return {
		names,
		loose,
		words,
		keys,
		hidden: [...hiddenNames.values()],
		open,
		domains,
		shapes: hide !== 'sensitive' ? 'all' : isUnknown ? 'addresses' : 'none',
	};
}

/** A shorter id of a Safe (`17`) is many other things too. */
const shortestId = 8;

function spellingsOfId(id: string | null): string[] {
	return id !== null && id.length >= shortestId ? [id] : [];
}

/** `db1` of `db1.corp.example`, as people call it. */
function labelOf(host: string): string[] {
	const [label = '', ...rest] = host.split('.');
	return isIP(host) === 0 && rest.length > 0 && label.length >= shortestLabel ? [label] : [];
}

function hostIdentity(host: string): Identity {
	return { kind: isIP(host) === 0 ? 'HOST' : 'IP', name: host };
}

/** What belongs to a Safe beside its name, and how it may be written. */
function thingsOf(safe: Safe, seen: Seen): Array<{ identity: Identity; spellings: readonly string[] }> {
	const { host, username, hostKey } = safe;
	const addresses = [...new Set([...(isIP(host) === 0 ? [] : [host]), ...seen.addresses])];
	const keys = [
		...seen.keys.map(({ sha256, md5 }) => [sha256, md5]),
		...(hostKey === null ? [] : [[hostKey.fingerprint]]),
	];
	return [
		...(isIP(host) === 0 ? [{ identity: hostIdentity(host), spellings: spellingsOfName(host) }] : []),
		...addresses.map((name) => ({ identity: { kind: 'IP', name } as const, spellings: spellingsOfAddress(name) })),
		...keys.map(([name = '', ...others]) => ({
			identity: { kind: 'KEY', name } as const,
			spellings: [name, ...others].flatMap(spellingsOfFingerprint),
		})),
		{ identity: { kind: 'USER', name: username } as const, spellings: spellingsOfUser(username) },
	];
}

/** Also as a person is called: `anna smith` of anna.smith, `Smith A.` of a.smith, and by the last name alone. */
function spellingsOfUser(username: string): string[] {
	const person = /^(\p{L}{1,30})[._](\p{L}{3,})$/u.exec(username.replace(/^.*\\|@.*$/g, ''));
	const [, first = '', last = ''] = person ?? [];
	const isLastName = last.length >= shortestLastName && !isCommonWord(last.toLowerCase());
	const isPerson = person !== null && (isLastName || (first.length > 2 && !isCommonWord(first.toLowerCase())));
	const called =
		first.length > 2 ? [`${first} ${last}`, `${last} ${first}`] : [`${first}. ${last}`, `${last} ${first}.`];
	return [...spellingsOf(username), ...(isPerson ? called : []), ...(isLastName ? [last] : [])].flatMap(
		spellingsOfName,
	);
}

/** A shorter last name is a word or an abbreviation of many other things. */
const shortestLastName = 5;

/** `pay-core` of pay-core-7: what its neighbours are called too. */
function stemOf(name: string): string | null {
	const stem = name.replace(/[-_. ]?\d+[a-z]?$/i, '');
	return stem !== name && partsOf(stem).length > 1 ? stem : null;
}

/** Secrets are removed first: a name that holds one reads otherwise then. Where words alone are left it is nobody's. */
function withoutSecrets(name: string): string[] {
	if (!/[=\s]/.test(name)) return [name];
	const left = removeSecrets(name);
	const isTold = partsOf(left.replace(removedMarks, ' ')).some((part) => /\p{L}/u.test(part) && !isCommonWord(part));
	return left !== name && isTold ? [name, left] : [name];
}

/** A shorter label of a domain is an abbreviation of many other things. */
const shortestCompany = 4;

const longestPhrase = 48;

/** `app`, `22`, `ssh-key`, `host key`: as much of it as one can say in every text. */
export function isPlainWord(name: string): boolean {
	if (name.includes(' ')) return name.length <= longestPhrase && name.split(/ +/).every(isPlainWord);
	if (isIP(name) !== 0 || /[^\p{L}\p{N}_-]/u.test(name) || name.length > 24) return false;
	const parts = partsOf(name);
	if (/[-_]/.test(name)) return joinedMessageWords.has(parts.join(''));
	return name.length === 1 || /^\d{1,5}$/.test(name) || isProductWord(name.toLowerCase());
}

/** Beginnings of fingerprints are looked for from so many characters on. */
export const shortestKey = 8;

function learnKey(
	keys: Map<string, Array<{ text: string; identity: Identity }>>,
	identity: Identity,
	spelling: string,
): void {
	if (!/^[\w+/-]{32,}$/.test(spelling)) return;
	const head = spelling.slice(0, shortestKey);
	keys.set(head, [...(keys.get(head) ?? []), { text: spelling, identity }]);
}

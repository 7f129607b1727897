import { isIP } from 'node:net';
import type { Coverage } from '../../domain/coverage.ts';
import type { OfferedHostKey } from '../../domain/host-key.ts';
import type { Inventory, Safe } from '../../domain/inventory.ts';
import { spellingsOf } from '../../runbook/likely-usernames.ts';
import type { Identity } from './hits.ts';
import { NameIndex } from './name-index.ts';
import { spellingsOfAddress, spellingsOfName } from './name-spellings.ts';
import { domainsOf, isHarmlessAddress, isPublished } from './site-patterns.ts';

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
	const learn = (identity: Identity | null, spellings: readonly string[]) => {
		for (const spelling of spellings)
			if (!isHarmlessAddress(spelling) && !isPublished(spelling) && !onlySigns.test(spelling))
				names.add(spelling, identity);
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
		learn(null, here.machines);
	}
	// Others of the same user name are not sensitive.
	const openUsers = new Set(
		hide === 'sensitive'
			? inventory.safes.filter((safe) => !isHidden(safe)).map(({ username }) => username.toLowerCase())
			: [],
	);
	const things = hidden.flatMap((safe) => thingsOf(safe, seenOf(safe)));
	for (const { identity, spellings } of things)
		if (identity.kind !== 'USER' || !openUsers.has(identity.name.toLowerCase())) learn(identity, spellings);
	if (hide === 'all') {
		for (const { host } of inventory.connectors) {
			if (host === 'local') continue;
			learn(hostIdentity(host.host), spellingsOfName(host.host));
			if (host.username !== null) learn({ kind: 'USER', name: host.username }, [host.username]);
		}
		for (const name of here.machines) learn({ kind: 'HOST', name }, spellingsOfName(name));
		for (const name of here.accounts) learn({ kind: 'USER', name }, [name]);
	}

	const domains = new Set<string>();
	for (const { identity } of things) {
		if (identity.kind !== 'HOST') continue;
		learn(identity, labelOf(identity.name));
		if (hide !== 'sensitive') for (const domain of domainsOf(identity.name).slice(1)) domains.add(domain);
	}
	// The address of a Safe that was never measured is nobody's that we know of, so none may stay.
	const isUnknown = hidden.some((safe) => isIP(safe.host) === 0 && seenOf(safe).addresses.length === 0);
	return { names, domains, shapes: hide !== 'sensitive' ? 'all' : isUnknown ? 'addresses' : 'none' };
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
			// Some note a fingerprint without what it is.
			spellings: [name, ...others].flatMap((key) => [key, key.replace(/^(?:SHA256|MD5):/, '')]),
		})),
		{ identity: { kind: 'USER', name: username } as const, spellings: spellingsOf(username).flatMap(spellingsOfName) },
	];
}

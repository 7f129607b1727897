import type { Place } from './place.ts';
import type { PseudonymKind } from './pseudonym.ts';

/** A value whose key says that it names somebody, and how sure that is. */
type NamedPair = {
	readonly start: number;
	readonly text: string;
	readonly kind: PseudonymKind;
	readonly strength: Place['strength'];
};

/**
 * A key and what follows it: `key=value`, `key => "value"`, `"key": "value"` also in JSON inside JSON, `key: value`, `<key>value</key>`.
 * Key and value are looked at once, whatever they are called.
 */
const pair =
	/(?<![\p{L}\p{N}_])([\p{L}_][\p{L}\p{N}_.-]{0,60}|login as)(?:(\\?["']?\s{0,4}(?:=>?|:)\s{0,4}\\?["'])([^"'\\\n=]{1,200})(?=\\?["'])|(["']?\s{0,2}=>?\s{0,2}|:\s{1,4}|\\?["']\s{0,4}:\s{0,4}|>(?=[^<\n]{1,253}<\/)|\s?=\s?<)([^\s"'<>,;&|(){}[\]\\=]{1,253})(?![^\s"'<>,;&|(){}[\]\\]))/giu;

/** Keys that have the name of a user or a host, whatever word it is. */
const coreUser =
	/(?:^|[_.-])(?:ruser|logname|acct|login|(?:ssh|sudo|login|remote|target|db|pg|my|os)?user(?:[-_]?name)?)$/i;
const coreHost = /(?:^|[_.-])(?:rhost|(?:ssh|remote|target|db|pg|my)?host(?:[-_]?name)?|target)$/i;
const safe = /(?:^|[_.-]|\p{Ll})safe(?:[-_]?name)?$/iu;
const lead = String.raw`(?:^|[_.-]|^[\p{L}\d]{1,20}?)`;
const user = new RegExp(
	`${lead}(?:user(?:[-_]?(?:name|id))?|login(?:[-_]?name| as)?|logname|account(?:[-_]?name)?|acct|owner|principal|identity|operator|requester|requested[-_]?by|created[-_]?by|approved[-_]?by|author|actor|assignee|employee|person|member|e?mail|sender|display[-_]?name|full[-_]?name|role|impersonator|benutzer(?:name)?|utilisateur|usuario)$`,
	'iu',
);
const host = new RegExp(
	`${lead}(?:host(?:[-_]?names?|s)?|server(?:[-_]?name)?|node(?:[-_]?name)?|machine|target|peer|fqdn|gateway|proxy|bastion|upstream|backend|domain|realm|workgroup|cluster|site|addr(?:ess)?|endpoint|remote|client|src|dst|dest(?:ination)?|source|tenant|customer|company|organi[sz]ation|nas|computer|mac(?:hine)?)(?:[-_]?(?:name|id|addr(?:ess)?|ip|fqdn))?$`,
	'iu',
);
const anyName = /(?:^|[_.-])name$/i;

export function findPairs(text: string): NamedPair[] {
	const found: NamedPair[] = [];
	pair.lastIndex = 0;
	for (let match = pair.exec(text); match !== null; match = pair.exec(text)) {
		const [whole, key = '', , quoted, sign = '', bare = ''] = match;
		const value = quoted ?? bare;
		// What follows may be a key of its own.
		pair.lastIndex = match.index + whole.length - value.length;
		const named = kindOf(key);
		if (named === null) continue;
		const isSpoken = quoted === undefined && sign.trimStart().startsWith(':');
		const strength = isSpoken && named.strength !== 'likely' ? 'near' : named.strength;
		found.push({ ...named, strength, text: value, start: pair.lastIndex });
	}
	return found;
}

const kinds = new Map<string, Pick<NamedPair, 'kind' | 'strength'> | null>();
const maxKinds = 5000;

function kindOf(key: string): Pick<NamedPair, 'kind' | 'strength'> | null {
	const before = kinds.get(key);
	if (before !== undefined) return before;
	if (kinds.size >= maxKinds) kinds.clear();
	const kind = lookUp(key);
	kinds.set(key, kind);
	return kind;
}

function lookUp(key: string): Pick<NamedPair, 'kind' | 'strength'> | null {
	if (safe.test(key)) return { kind: 'SAFE', strength: 'sure' };
	if (coreUser.test(key)) return { kind: 'USER', strength: 'sure' };
	if (coreHost.test(key)) return { kind: 'HOST', strength: 'sure' };
	if (user.test(key)) return { kind: 'USER', strength: 'pair' };
	if (host.test(key)) return { kind: 'HOST', strength: 'pair' };
	return anyName.test(key) ? { kind: 'HOST', strength: 'likely' } : null;
}

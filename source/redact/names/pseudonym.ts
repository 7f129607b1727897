import { isIP } from 'node:net';
import { subnetOf } from '../../domain/subnet.ts';
import { canonicalAddress } from '../../domain/target.ts';

/**
 * What stands in a masked text in place of what identifies a site: SAFE-1, HOST-2, USER-3, KEY-4 (a host key or a user's key), and
 * IP-5.6, the sixth address that was seen of network 5. Addresses of one /24 (IPv6: one /64) so show that they are neighbours, and
 * the network itself is NET-5.
 */
export const pseudonymKinds = ['SAFE', 'HOST', 'IP', 'NET', 'USER', 'KEY'] as const;

export type PseudonymKind = (typeof pseudonymKinds)[number];

/** Numbers things in the order in which they were first seen. */
export type Numbering = {
	/**
	 * The number of a thing in its scope, from 1; the same whenever it is asked for.
	 *
	 * @param mayBe whether a number may be given to it: a pseudonym must not be the name of somebody.
	 */
	numberOf(scope: string, name: string, mayBe: (number: number) => boolean): number;
	/** Why pseudonyms will not be the same in the next report, or null. */
	readonly notice: string | null;
	/** Whether numbers outlast this process. */
	readonly isKept?: boolean;
};

/** Who is numbered for one process: a screen that is up for weeks must not grow with its log. */
const maxNumbered = 50_000;

/** Numbers that this process alone knows, from `first` on. */
export function createNumbering(notice: string | null = null, first = 1): Numbering {
	const scopes = new Map<string, Map<string, number>>();
	const newest = new Map<string, number>();
	return {
		notice,
		numberOf(scope, name, mayBe) {
			const known = scopes.get(scope) ?? new Map<string, number>();
			scopes.set(scope, known);
			const before = known.get(name);
			if (before !== undefined && mayBe(before)) return before;
			if (known.size >= maxNumbered) known.clear();
			let number = (newest.get(scope) ?? first - 1) + 1;
			while (!mayBe(number)) number++;
			newest.set(scope, number);
			known.set(name, number);
			return number;
		},
	};
}

const pseudonym = /^(?:(?:SAFE|HOST|NET|USER|KEY)-\d+|IP-\d+\.\d+)$/i;

export function isPseudonym(text: string): boolean {
	return pseudonym.test(text);
}

/** The scope and the number of a pseudonym, as they are kept; null for what is none. Case does not count. */
export function parsePseudonym(text: string): { scope: string; number: number } | null {
	const match = /^(SAFE|HOST|NET|USER|KEY)-(\d{1,9})$|^(IP-\d{1,9})\.(\d{1,9})$/i.exec(text);
	if (match === null) return null;
	return { scope: (match[1] ?? match[3] ?? '').toUpperCase(), number: Number(match[2] ?? match[4]) };
}

/** Finds pseudonyms in a text, as they stand in masked reports and on the masked screen. */
export const pseudonymsIn = /(?<![\w-])(?:(?:SAFE|HOST|NET|USER|KEY)-\d+|IP-\d+\.\d+)(?![\w-])/g;

/** One spelling of what is the same thing. */
function keyOf(kind: PseudonymKind, name: string): string {
	// Fingerprints are base64, in which case tells.
	if (kind === 'KEY') return name;
	return kind === 'IP' ? canonicalAddress(name) : name.toLowerCase();
}

/** @param taken names that are somebody's, in lower case. */
export function pseudonymFor(
	numbering: Numbering,
	kind: PseudonymKind,
	name: string,
	taken: { has(name: string): boolean },
): string {
	const key = keyOf(kind, name);
	const network = kind === 'IP' && isIP(key) !== 0 ? subnetOf(key) : null;
	const mayBeNetwork = (number: number) => !taken.has(`net-${number}`) && !taken.has(`ip-${number}`);
	if (kind === 'NET') return `NET-${numbering.numberOf('NET', key, mayBeNetwork)}`;
	const lead = network === null ? kind : `IP-${numbering.numberOf('NET', network, mayBeNetwork)}`;
	const mark = network === null ? '-' : '.';
	const number = numbering.numberOf(lead, key, (candidate) => !taken.has(`${lead}${mark}${candidate}`.toLowerCase()));
	return `${lead}${mark}${number}`;
}

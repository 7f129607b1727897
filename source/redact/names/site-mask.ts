import { findDisguised } from '../../domain/disguises.ts';
import type { Inventory } from '../../domain/inventory.ts';
import { canonicalAddress } from '../../domain/target.ts';
import { decodedView, joinedView } from '../../domain/text-view.ts';
import { brokenHit, type Hit, type Identity, moveHit, replaceHits } from './hits.ts';
import { knownNames, type MaskOptions } from './known-names.ts';
import { findLeak, type Leak } from './leak-check.ts';
import { isPseudonym, type Numbering, type PseudonymKind, pseudonymFor, pseudonymsIn } from './pseudonym.ts';
import { findAddresses, findKeys, findStrangers } from './site-patterns.ts';

/**
 * Replaces what identifies a site by pseudonyms that are the same everywhere (pseudonym.ts): Safes, hosts, users, addresses,
 * fingerprints; also where they are written in upper case, in URLs, JSON, base64 or over two lines. Connector names, `root`,
 * loopback and documentation addresses stay. Fast enough for every row that is drawn.
 */
export type SiteMask = {
	(text: string): string;
	/** How many different things of each kind were replaced so far. */
	counts(): Readonly<Partial<Record<PseudonymKind, number>>>;
	/**
	 * The first known name that still stands in a text, and in which line; null without any.
	 *
	 * @param prose the same text without what was filled in: what stands there is no leak.
	 */
	leak(text: string, prose?: string): Leak | null;
};

const mostRemembered = 50_000;

export function createSiteMask(inventory: Inventory, numbering: Numbering, options: MaskOptions): SiteMask {
	const { names, domains, shapes } = knownNames(inventory, options);
	const taken = { has: (name: string) => names.get(name) !== undefined };
	const used = new Map<PseudonymKind, Set<string>>();
	const found = new Map<string, string>();
	const pseudonymOf = ({ kind, name }: Identity): string => {
		const key = `${kind} ${name}`;
		const before = found.get(key);
		if (before !== undefined) return before;
		const pseudonym = pseudonymFor(numbering, kind, name, taken);
		used.set(kind, (used.get(kind) ?? new Set()).add(pseudonym));
		// A screen may be up for weeks, with another stranger in every line of its log.
		if (found.size >= mostRemembered) found.clear();
		found.set(key, pseudonym);
		return pseudonym;
	};

	/** @param joined lines that follow each other make strangers of nobody: names and addresses alone count there. */
	const hitsIn = (text: string, joined = false): Hit[] => {
		const hits: Hit[] = names
			.find(text)
			.flatMap(({ start, end, thing }) => (thing === null ? [] : [{ start, end, by: thing }]));
		// What was masked before stays as it is.
		const pseudonyms = [...text.matchAll(pseudonymsIn)];
		const put = ({ start, end, kind, name }: { start: number; end: number } & Identity) => {
			const known = names.get(kind === 'IP' ? canonicalAddress(name) : name);
			if (known === null || isPseudonym(name)) return;
			if (pseudonyms.some(({ 0: pseudonym, index }) => start < index + pseudonym.length && end > index)) return;
			hits.push({ start, end, by: known ?? { kind, name } });
		};
		if (shapes !== 'none') for (const shape of findAddresses(text)) put(shape);
		if (shapes === 'all') {
			for (const shape of findKeys(text)) put(shape);
			if (!joined) for (const shape of findStrangers(text, (domain) => domains.has(domain))) put(shape);
		}
		return hits;
	};

	const maskTo = (text: string, depth: number): string => {
		const inner = (piece: string) => maskTo(piece, depth - 1);
		const disguised = (piece: string) =>
			depth === 0 ? [] : findDisguised(piece, inner).map(({ start, end, text: by }): Hit => ({ start, end, by }));
		// Of the same place the first counts.
		const hits = [...disguised(text), ...hitsIn(text)];
		const decoded = decodedView(text);
		if (decoded !== null) hits.push(...hitsIn(decoded.text).map((hit) => moveHit(hit, decoded)));
		const joined = joinedView(text);
		if (joined !== null) {
			const broken = [...disguised(joined.text), ...hitsIn(joined.text, true)];
			hits.push(...broken.flatMap((hit) => brokenHit(hit, joined, text)));
		}
		return hits.length === 0 ? text : replaceHits(text, hits, pseudonymOf);
	};

	// A pseudonym is no longer than a name: what a line end breaks in two may be told only once its neighbour is masked.
	const mask = (text: string): string => {
		const masked = maskTo(text, mostDisguises);
		return masked === text || !text.includes('\n') ? masked : maskTo(masked, mostDisguises);
	};

	return Object.assign(mask, {
		counts: () => Object.fromEntries([...used].map(([kind, pseudonyms]) => [kind, pseudonyms.size])),
		leak: (text: string, prose = '') => findLeak(text, prose, names),
	});
}

/** base64 inside base64 is as far as anybody goes. */
const mostDisguises = 2;

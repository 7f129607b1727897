import type { Inventory } from '../../domain/inventory.ts';
import { canonicalAddress } from '../../domain/target.ts';
import { findDisguised } from '../text/encoded-text.ts';
import { decodedView, joinedView } from '../text/text-view.ts';
import { brokenHit, type Hit, type Identity, moveHit, replaceHits } from './hits.ts';
import { knownNames, type MaskOptions, shortestKey } from './known-names.ts';
import { createLeakCheck, type Leak, type LeakCheck } from './leak-check.ts';
import {
	createNumbering,
	isPseudonym,
	type Numbering,
	type PseudonymKind,
	pseudonymFor,
	pseudonymsIn,
} from './pseudonym.ts';
import { removedMarks } from './removed-marks.ts';
import { findAddresses, findHardware, findKeys } from './site-patterns.ts';
import { findStrangers, type Stranger } from './strangers.ts';
import { unfoldedView } from './unfolded-view.ts';
import { findWideText } from './wide-text.ts';

/**
 * Replaces what identifies a site by pseudonyms that are the same everywhere (pseudonym.ts): Safes, hosts, users, addresses,
 * fingerprints; in any spelling that programs make of them, in URLs, JSON, base64 or over two lines; and whatever else stands where a
 * name stands. Connector names, `root` and loopback stay. Fast enough for every row that is drawn.
 */
export type SiteMask = {
	(text: string): string;
	/** How many different things of each kind were replaced so far. */
	counts(): Readonly<Partial<Record<PseudonymKind, number>>>;
	/**
	 * The first trace of a hidden name in a text, found another way than the mask finds names; null without any.
	 *
	 * @param prose the same text without what was filled in: what stands there is ours.
	 */
	leak(text: string, prose?: string): Leak | null;
};

const maxRemembered = 50_000;
/** Strangers by their place have numbers from here on, which hold for one report or screen: nobody else's number is so high. */
const firstPassing = 100_001;

export function createSiteMask(inventory: Inventory, numbering: Numbering, options: MaskOptions): SiteMask {
	const { names, loose, words, keys, hidden, open: spared, domains, shapes } = knownNames(inventory, options);
	let leakCheck: LeakCheck | null = null;
	const passing = numbering.isKept === true ? createNumbering(null, firstPassing) : numbering;
	const taken = { has: (name: string) => names.get(name) !== undefined || loose.has(name) };
	const used = new Map<PseudonymKind, Set<string>>();
	const found = new Map<string, string>();
	const pseudonymOf = ({ kind, name, isPassing = false }: Identity): string => {
		const key = `${kind} ${name}`;
		const before = found.get(key);
		if (before !== undefined) return before;
		const pseudonym = pseudonymFor(isPassing ? passing : numbering, kind, name, taken);
		used.set(kind, (used.get(kind) ?? new Set()).add(pseudonym));
		// A screen may be up for weeks, with another stranger in every line of its log.
		if (found.size >= maxRemembered) found.clear();
		found.set(key, pseudonym);
		return pseudonym;
	};
	const known = {
		isDomain: (domain: string) => domains.has(domain),
		isName: (name: string) => words.get(name) !== undefined,
	};

	/** Whose fingerprint begins so; hexadecimal in any case. */
	const keyOf = (written: string): Identity | undefined => {
		const text = written.replace(/^(?:SHA256|MD5|SSHFP):/, '');
		const begins = (token: string) =>
			keys.get(token.slice(0, shortestKey))?.find((key) => key.text.startsWith(token))?.identity;
		return begins(text) ?? (/^[0-9a-f]+$/i.test(text) ? begins(text.toLowerCase()) : undefined);
	};

	/** @param joined lines that follow each other make strangers of nobody: names and addresses alone count there. */
	const hitsIn = (text: string, joined = false): Hit[] => {
		const hits: Hit[] = [];
		const closed = closedPlaces(text);
		// What lies inside of them stays, and a longer name that one of them is a part of goes whole.
		const open: Array<{ start: number; end: number }> = [];
		const stay = (start: number, end: number) => {
			closed.add(start, end);
			open.push({ start, end });
		};
		for (const { 0: mark, index } of text.matchAll(removedMarks)) stay(index, index + mark.length);
		const exact = names.find(text);
		for (const { start, end, thing } of exact) if (thing === null) stay(start, end);
		const isInside = (start: number, end: number) => open.some((each) => each.start <= start && end <= each.end);
		// A name that was given as a pseudonym is masked all the same.
		for (const { start, end, thing } of exact)
			if (thing !== null && !isInside(start, end)) hits.push({ start, end, by: thing });
		for (const { start, end, thing } of joined ? [] : loose.find(text))
			if (thing !== null && closed.isOpen(start, end)) hits.push({ start, end, by: thing });
		const put = ({ start, end, kind, name, by }: Omit<Stranger, 'by'> & { by?: Stranger['by'] }) => {
			const thing =
				(kind === 'KEY' ? keyOf(name) : undefined) ??
				names.get(kind === 'IP' ? canonicalAddress(name) : name) ??
				words.get(name);
			if (names.get(name) === null || isPseudonym(name) || !closed.isOpen(start, end)) return;
			hits.push({ start, end, by: thing ?? { kind, name, isPassing: by === 'place' || kind === 'KEY' } });
		};
		if (keys.size > 0)
			for (const { 0: token, index } of text.matchAll(keyTokens)) {
				const key = keyOf(token);
				if (key !== undefined) hits.push({ start: index, end: index + token.length, by: key });
			}
		if (shapes !== 'none') for (const shape of findAddresses(text)) put(shape);
		if (shapes === 'all') {
			for (const shape of findKeys(text)) if (!joined || shape.isWhole) put(shape);
			for (const shape of findHardware(text)) put({ ...shape, by: 'place' });
			if (!joined) for (const stranger of findStrangers(text, known)) put(stranger);
		}
		return hits;
	};

	const maskTo = (text: string, depth: number): string => {
		// As it is written: a heading of ours may be the same word with a capital.
		const alone = words.get(text.trim());
		if (alone?.name === text.trim() && shapes !== 'none') return text.replace(text.trim(), () => pseudonymOf(alone));
		const inner = (piece: string) => maskTo(piece, depth - 1);
		const disguised = (piece: string) =>
			depth === 0
				? []
				: [...findDisguised(piece, inner), ...findWideText(piece, inner)].map(
						({ start, end, text: by }): Hit => ({ start, end, by }),
					);
		// Of the same place the first counts.
		const hits = [...disguised(text), ...hitsIn(text)];
		const decoded = decodedView(text);
		if (decoded !== null) hits.push(...hitsIn(decoded.text).map((hit) => moveHit(hit, decoded)));
		const unfolded = unfoldedView(text);
		if (unfolded !== null) hits.push(...hitsIn(unfolded.text).map((hit) => moveHit(hit, unfolded)));
		const joined = joinedView(text);
		if (joined !== null) {
			const broken = [...disguised(joined.text), ...hitsIn(joined.text, true)];
			// What is whole in its line does not go on in the next one, unless somebody known is called so.
			const starts = new Set(hits.map(({ start }) => start));
			const goesOn = ({ start, by }: Hit) =>
				typeof by === 'string' || by.isPassing === undefined || by.kind === 'KEY' || !starts.has(start);
			hits.push(...broken.flatMap((hit) => brokenHit(hit, joined, text)).filter(goesOn));
		}
		return hits.length === 0 ? text : replaceHits(text, hits, pseudonymOf);
	};

	// What is masked may show what stands beside it: a name that a line end breaks in two, a user in front of a host.
	const mask = (text: string): string => {
		let masked = text;
		for (let round = 0; round < maxRounds; round++) {
			const before = masked;
			masked = maskTo(before, maxDisguises);
			if (masked === before) break;
		}
		return masked;
	};

	return Object.assign(mask, {
		counts: () => Object.fromEntries([...used].map(([kind, pseudonyms]) => [kind, pseudonyms.size])),
		leak: (text: string, prose?: string) => {
			leakCheck ??= createLeakCheck(hidden, spared);
			return leakCheck(text, prose);
		},
	});
}

/** What may be the beginning of a fingerprint. */
const keyTokens = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{8,64}(?![A-Za-z0-9+/_-])/g;

/** base64 inside base64 is as far as anybody goes. */
const maxDisguises = 2;
/** Until nothing changes any more. */
const maxRounds = 5;

/** Where nothing is masked: pseudonyms of before, and names that stay. A look at a place costs what it is long. */
function closedPlaces(text: string) {
	let marks: Uint8Array | null = null;
	const add = (start: number, end: number) => {
		marks ??= new Uint8Array(text.length);
		marks.fill(1, start, end);
	};
	for (const { 0: pseudonym, index } of text.matchAll(pseudonymsIn)) add(index, index + pseudonym.length);
	return { add, isOpen: (start: number, end: number) => marks === null || !marks.subarray(start, end).includes(1) };
}

import { isIP } from 'node:net';
import { canonicalAddress } from '../../domain/target.ts';
import { findDisguised } from '../text/encoded-text.ts';
import { decodedView, joinedView } from '../text/text-view.ts';
import { isCommonWord, isProductWord, partsOf } from './common-words.ts';
import type { Identity } from './hits.ts';
import type { PseudonymKind } from './pseudonym.ts';
import { isHarmlessAddress } from './site-patterns.ts';
import { unfoldedView } from './unfolded-view.ts';

/** Something that must not stand in a text. Its name is not told: this goes into an error message. */
export type Leak = {
	readonly kind: PseudonymKind | 'secret';
	/** Counts from 1. */
	readonly line: number;
	/** How it stands there. */
	readonly as: 'plain' | 'escaped' | 'broken over lines' | 'encoded';
};

/** The last look before something is written. It works another way than the mask: it knows no spelling and no place, only parts of names. */
export type LeakCheck = (text: string, prose?: string) => Leak | null;

/** Letters of a part that tells somebody alone. */
const tellingPart = 5;
const shortestPair = 3;
/** Characters of a fingerprint that are looked for, and how far apart such pieces begin. */
const keyPiece = 12;
const keyStep = 4;
const word = /\p{Lu}?[\p{Ll}\p{Lo}\p{Lm}\p{M}]+|\p{Lu}+(?!\p{Ll})|\p{Lu}|\p{Lt}|\p{N}+/gu;
const keyToken = /[A-Za-z0-9+/_-]{12,}/g;

/**
 * Two parts of a hidden name together, in any notation, or one of five letters and more that is no common word; three numbers of an
 * address in a row; twelve characters of a fingerprint. Plain, behind escapes, over line ends, in base64 and hexadecimal.
 *
 * @param open names that may stand: what they share with hidden ones is no leak.
 * @returns a check of a text; what stands in its `prose`, which is ours, is no leak either.
 */
export function createLeakCheck(hidden: Iterable<Identity>, open: Iterable<string>): LeakCheck {
	const told = new Map<string, PseudonymKind>();
	const pieces = new Map<string, PseudonymKind>();
	const mayStand = [...open];
	const openNames = new Set(mayStand.map((name) => name.toLowerCase()));
	const spared = new Set(mayStand.flatMap((name) => tellingOf(name)));
	// `localhost:1` tells nobody that is at localhost.
	const isSpared = (key: string) => {
		const others = key.split(' ').filter((part) => !openNames.has(part));
		return spared.has(key) || (others.length < key.split(' ').length && others.every(isPlainPart));
	};
	for (const { kind, name } of hidden) {
		if (kind === 'KEY') for (const piece of piecesOf(name)) pieces.set(piece, kind);
		else for (const key of tellingOf(name)) if (!isSpared(key)) told.set(key, kind);
	}
	return (text, prose = '') => {
		const ours = prose === '' ? null : new Set([...keysIn(prose)].map(({ key }) => key));
		const search = (view: string, from = 0): Found | null =>
			searchWords(view, told, ours, from) ?? searchKeys(view, pieces);
		const leak = (found: Found, as: Leak['as'], places?: readonly number[]): Leak => ({
			kind: found.kind,
			line: text.slice(0, places === undefined ? found.at : places[found.at]).split('\n').length,
			as,
		});
		const plain = search(text);
		if (plain !== null) return leak(plain, 'plain');
		const decoded = decodedView(text);
		const escaped = decoded === null ? null : search(decoded.text);
		if (escaped !== null) return leak(escaped, 'escaped', decoded?.places);
		const unfolded = unfoldedView(text);
		const folded = unfolded === null ? null : search(unfolded.text);
		if (folded !== null) return leak(folded, 'escaped', unfolded?.places);
		const joined = joinedView(text);
		const broken = joined === null ? null : search(joined.text, tellingPart);
		if (broken !== null) return leak(broken, 'broken over lines', joined?.places);
		for (const view of [{ text, places: undefined }, ...(joined === null ? [] : [joined])]) {
			let kind: PseudonymKind | null = null;
			const [first] = findDisguised(view.text, (inner) => {
				const found = search(inner);
				kind ??= found?.kind ?? null;
				return found === null ? inner : `${inner}.`;
			});
			if (first !== undefined && kind !== null) return leak({ kind, at: first.start }, 'encoded', view.places);
		}
		return null;
	};
}

/** What tells a name: its parts, as the search puts them together. */
function tellingOf(name: string): string[] {
	const address = canonicalAddress(name);
	if (isIP(address) !== 0) {
		if (isHarmlessAddress(address)) return [];
		const parts = address.split(/[.:]/).filter((part) => part !== '');
		return isIP(address) === 4 ? parts.slice(2).map((_, at) => parts.slice(at, at + 3).join(' ')) : [];
	}
	const parts = partsOf(name);
	const pairs = parts.slice(1).flatMap((part, at) => {
		const pair = [parts[at] ?? '', part];
		const isPlain = pair.every(isPlainPart);
		return isPlain || pair.join('').length < shortestPair ? [] : [pair.join(' ')];
	});
	return [
		...pairs,
		...parts.filter((part) => part.length >= tellingPart && !/\p{N}/u.test(part) && !isCommonWord(part)),
	];
}

function isPlainPart(part: string): boolean {
	return /^\p{N}+$/u.test(part) || isProductWord(part);
}

type Found = { readonly kind: PseudonymKind; readonly at: number };

/** @param from shorter keys are passed over. */
function searchWords(
	text: string,
	told: ReadonlyMap<string, PseudonymKind>,
	ours: ReadonlySet<string> | null,
	from: number,
): Found | null {
	if (told.size === 0) return null;
	for (const { key, at, isSpaced } of keysIn(text)) {
		// Names are filled into sentences as they are; two words of a sentence are none.
		const isOurs = ours?.has(key) || (ours !== null && isSpaced && key.split(' ').every(isCommonWord));
		const kind = key.length < from || isOurs ? undefined : told.get(key);
		if (kind !== undefined) return { kind, at };
	}
	return null;
}

/** Each part of a text, and each two and three of them that stand together, with one sign between at most. */
function* keysIn(text: string): Iterable<{ key: string; at: number; isSpaced: boolean }> {
	let [second, first] = [
		{ key: '', start: -9, end: -9 },
		{ key: '', start: -9, end: -9 },
	];
	for (const { 0: found, index } of text.matchAll(word)) {
		const third = { key: found.toLowerCase(), start: index, end: index + found.length };
		const isSpaced = text[index - 1] === ' ';
		yield { key: third.key, at: index, isSpaced: false };
		if (third.start - first.end <= 1) {
			yield { key: `${first.key} ${third.key}`, at: first.start, isSpaced };
			if (first.start - second.end <= 1)
				yield { key: `${second.key} ${first.key} ${third.key}`, at: second.start, isSpaced };
		}
		[second, first] = [first, third];
	}
}

function piecesOf(fingerprint: string): string[] {
	const bare = fingerprint.replace(/^(?:SHA256|MD5):/, '');
	const pieces: string[] = [];
	for (let at = 0; at + keyPiece <= bare.length; at += keyStep) pieces.push(bare.slice(at, at + keyPiece));
	return pieces;
}

function searchKeys(text: string, pieces: ReadonlyMap<string, PseudonymKind>): Found | null {
	if (pieces.size === 0) return null;
	for (const { 0: token, index } of text.matchAll(keyToken))
		for (let at = 0; at + keyPiece <= token.length; at++) {
			const kind = pieces.get(token.slice(at, at + keyPiece));
			if (kind !== undefined) return { kind, at: index + at };
		}
	return null;
}

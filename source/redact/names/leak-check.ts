import { findDisguised } from '../../domain/disguises.ts';
import { decodedView, joinedView } from '../../domain/text-view.ts';
import { fold, type NameIndex, standsAlone } from './name-index.ts';
import type { PseudonymKind } from './pseudonym.ts';

/** Something that must not stand in a text. Its name is not told: this goes into an error message. */
export type Leak = {
	readonly kind: PseudonymKind | 'secret';
	/** Counts from 1. */
	readonly line: number;
	/** How it stands there. */
	readonly as: 'plain' | 'escaped' | 'broken over lines' | 'encoded';
};

type Names = NameIndex<{ readonly kind: PseudonymKind } | null>;
type Place = { readonly kind: PseudonymKind; readonly at: number };

/** As with the mask: shorter names are not looked for where a line was broken in the middle of them. */
const shortestBroken = 5;

/**
 * Looks for the names themselves, as they are, behind escapes, over line ends and in base64; not with the patterns that were to take
 * them out. Names that the prose has too may stand as often as there.
 */
export function findLeak(text: string, prose: string, names: Names): Leak | null {
	const leak = ({ kind, at }: Place, as: Leak['as'], places?: readonly number[]): Leak => {
		const start = places === undefined ? at : (places[at] ?? 0);
		return { kind, line: text.slice(0, start).split('\n').length, as };
	};
	const plain = search(text, prose, names);
	if (plain !== null) return leak(plain, 'plain');
	const decoded = decodedView(text);
	const escaped = decoded === null ? null : search(decoded.text, decodedView(prose)?.text ?? prose, names);
	if (escaped !== null) return leak(escaped, 'escaped', decoded?.places);
	const joined = joinedView(text);
	const broken = joined === null ? null : search(joined.text, joinedView(prose)?.text ?? prose, names, shortestBroken);
	if (broken !== null) return leak(broken, 'broken over lines', joined?.places);
	for (const view of [{ text, places: undefined }, ...(joined === null ? [] : [joined])]) {
		let kind: PseudonymKind | null = null;
		const [first] = findDisguised(view.text, (inner) => {
			const found = search(inner, '', names);
			kind ??= found?.kind ?? null;
			return found === null ? inner : `${inner}.`;
		});
		if (first !== undefined && kind !== null) return leak({ kind, at: first.start }, 'encoded', view.places);
	}
	return null;
}

/** The first name that stands in the text more often than in the prose. */
function search(text: string, prose: string, names: Names, shortest = 1): Place | null {
	const folded = withoutSpared(fold(text), names);
	const foldedProse = fold(prose);
	const beginnings = beginningsIn(folded);
	for (const [name, thing] of names.entries()) {
		if (thing === null || name.length < shortest) continue;
		const length = grams.find((size) => name.length >= size);
		if (length !== undefined && !beginnings.has(name.slice(0, length))) continue;
		const places = placesOf(folded, name);
		const [first] = places;
		if (first !== undefined && places.length > placesOf(foldedProse, name).length)
			return { kind: thing.kind, at: first };
	}
	return null;
}

/** What may stay can have a name in it that may not: db1 of db1.corp.example. */
function withoutSpared(text: string, names: Names): string {
	let result = '';
	let from = 0;
	for (const { start, end, thing } of names.find(text)) {
		if (thing !== null || start < from) continue;
		result += text.slice(from, start) + ' '.repeat(end - start);
		from = end;
	}
	return result + text.slice(from);
}

function placesOf(text: string, name: string): number[] {
	const places: number[] = [];
	for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1))
		if (standsAlone(text, at, at + name.length)) places.push(at);
	return places;
}

/** A name whose beginning is nowhere need not be searched for: thousands of them would take seconds. Characters, the longest first. */
const grams = [8, 4];

function beginningsIn(text: string): ReadonlySet<string> {
	const found = new Set<string>();
	for (const size of grams) for (let at = 0; at + size <= text.length; at++) found.add(text.slice(at, at + size));
	return found;
}

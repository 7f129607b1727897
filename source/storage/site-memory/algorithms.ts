import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { parseJson } from '../../domain/json.ts';
import { isVerbatim } from './evidence-text.ts';

/**
 * The algorithm lists of a key exchange (RFC 4253 section 7.1) have 1,500 characters and are the same for all servers of one release.
 * Rows name them by a hash, and all evidence that was read shares one object for each.
 */
export type Algorithms = Readonly<Record<string, readonly string[]>>;

const maxListsBytes = 16 * 1024;
const maxCached = 300;

const name = v.pipe(v.string(), v.maxLength(100), v.check(isVerbatim));
const schema = v.record(name, v.pipe(v.array(name), v.maxLength(200)));

const shared = new Map<string, Algorithms>();
const accepted = new WeakSet<object>();

/** Whether they came from `readAlgorithms`, which has looked at them. */
export function isAlgorithms(value: unknown): boolean {
	return typeof value === 'object' && value !== null && accepted.has(value);
}

/** The name that a row calls these lists by, and their text; null for lists that are too long to keep. */
export function hashAlgorithms(lists: Algorithms): { readonly hash: string; readonly text: string } | null {
	const text = JSON.stringify(lists);
	return text.length > maxListsBytes ? null : { hash: hashOf(text), text };
}

/** @param find gives the text that is kept under a hash, or undefined. */
export function readAlgorithms(hash: string, find: (hash: string) => string | undefined): Algorithms | null {
	const known = shared.get(hash);
	if (known !== undefined) return known;
	const text = find(hash);
	// Another user of the group could have written other lists under this name.
	if (text === undefined || hashOf(text) !== hash) return null;
	const parsed = v.safeParse(schema, parseJson(text));
	if (!parsed.success) return null;
	if (shared.size >= maxCached) shared.clear();
	shared.set(hash, parsed.output);
	accepted.add(parsed.output);
	return parsed.output;
}

function hashOf(text: string): string {
	return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

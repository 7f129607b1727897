import { findDisguised } from '../text/encoded-text.ts';
import { visibleView } from '../text/hidden-view.ts';
import { foldedView } from '../text/look-alikes.ts';
import { decodedView, type TextView } from '../text/text-view.ts';
import { findSecretBytes, mayBeBytes } from './byte-lists.ts';
import { findOptionValues } from './command-options.ts';
import { findInFixedFormats } from './fixed-formats.ts';
import { findKeys } from './key-text.ts';
import { findInListedColumns } from './listed-columns.ts';
import { hasLongRun } from './long-runs.ts';
import { findNamedValues } from './named-values.ts';
import { findOverLines } from './over-lines.ts';
import { findOwnSecrets } from './own-secrets.ts';
import { findPasswordHashes } from './password-hashes.ts';
import { type Span, withoutSpans } from './spans.ts';
import { findVendorTokens } from './vendor-tokens.ts';

/**
 * Takes secrets out of a line: private keys, tokens, passwords. Stands in front of everything shown or written, masked or not. It denies
 * by default: what stands beside a word for a secret goes, unless it is known to be none (innocent-values.ts).
 */

/** Tokens and what is worth a look into base64 have at least so many of its characters in a row. */
const shortestCode = 16;
/** Hashes of passwords that have no sign of their own. */
const shortestHash = 32;
/** Lines of keys. */
const shortestKey = 40;

function mayHoldHash(text: string, isLong: boolean): boolean {
	if (text.includes('$') || (text.includes('{') && /\{[A-Zxnb]/.test(text))) return true;
	return isLong && /[:*]|md5|0x0|aad3b/.test(text) && hasLongRun(text, shortestHash);
}

/** Where secrets stand in a text as it is. */
function* findPlain(text: string, passed: string): Iterable<Span> {
	yield* findOwnSecrets(text);
	const isLong = hasLongRun(text, shortestCode);
	if (
		text.includes('----') ||
		text.includes('PuTTY') ||
		text.includes('Private-') ||
		(isLong && hasLongRun(text, shortestKey))
	)
		yield* findKeys(text, passed);
	const lower = text.toLowerCase();
	yield* findNamedValues(text, lower);
	yield* findInFixedFormats(text, lower);
	if (argumentsBegin.test(text)) {
		const command = asCommand(text);
		yield* findInFixedFormats(command, command.toLowerCase());
	}
	if (/values|columns|rows/.test(lower)) yield* findInListedColumns(text);
	if (mayHoldHash(text, isLong)) yield* findPasswordHashes(text);
	if (text.includes(' -') || text.includes(' /') || text.includes('"-') || text.includes("'-"))
		yield* findOptionValues(text);
	if (isLong) yield* findVendorTokens(text);
}

/** The arguments of a command as a list: ["kinit", "<<<", "x"], also as Go prints one. */
const argumentsBegin = /[[{(]\s?(\\{0,3}["'])[^"'\\]{1,200}\1\s?,?\s?\1/;
const betweenArguments = /(\\{0,3}["'])\s{0,2},?\s{0,4}\1/g;

/** As a shell would get them, and as long as before. */
function asCommand(text: string): string {
	return text.replace(betweenArguments, (sign) => ' '.repeat(sign.length));
}

const hasEscapes = /%[0-9a-f]{2}|\\[ux"nrt/']|&(?:#|quot|amp|lt|gt|apos)|=3D/i;
/** What is encoded more often is nobody's habit. */
const deepest = 3;

/** Where secrets stand in a text, also escaped, in base64 or in hexadecimal. */
export function findSecrets(text: string, passed = '', depth = 0): Span[] {
	const found = [...findPlain(text, passed)];
	if (depth >= deepest) return found;
	if (
		(text.includes('%') || text.includes('\\') || text.includes('&') || text.includes('=3')) &&
		hasEscapes.test(text)
	) {
		const view = decodedView(text);
		if (view !== null) found.push(...findInView(view, passed, depth));
	}
	const visible = depth === 0 ? null : visibleView(text);
	if (visible !== null) found.push(...findInView(visible, passed, depth));
	if (mayBeBytes.test(text))
		found.push(...findSecretBytes(text, (inner) => findSecrets(inner, passed, depth + 1).length > 0));
	const folded = foldedView(text);
	if (folded !== null) found.push(...findInView(folded, passed, depth));
	if (hasLongRun(text, shortestCode))
		for (const { start, end } of findDisguised(
			text,
			(inner) => (findSecrets(inner, passed, depth + 1).length > 0 ? '' : inner),
			shortestCode,
		))
			found.push({ start, end });
	return found;
}

/** In a text as it reads another way, where its lines count. */
function findInView({ text, places }: TextView, passed: string, depth: number): Span[] {
	const found = findSecrets(text, passed, depth + 1);
	if (text.includes('\n')) found.push(...findOverLines(text));
	return found.map((span) => ({
		...span,
		start: places[span.start] ?? 0,
		end: places[span.end] ?? places.at(-1) ?? 0,
	}));
}

/** Where one secret was, another may come to light; what is left after so many rounds stays. */
const mostRounds = 4;

const removed = /\[(?:secret|private key) removed\]/g;

/** What is still to be removed: no part of what was removed before, and more than the brackets around it. */
function stillToRemove(text: string, found: readonly Span[]): Span[] {
	if (!text.includes(' removed]')) return [...found];
	const before = [...text.matchAll(removed)].map(({ 0: marker, index }) => ({
		start: index,
		end: index + marker.length,
	}));
	return found.flatMap((span) => {
		let { start, end } = span;
		for (const marker of before) {
			if (start > marker.start && start < marker.end) start = marker.end;
			if (end > marker.start && end < marker.end) end = marker.start;
		}
		return end > start && /[\p{L}\p{N}]/u.test(text.slice(start, end).replace(removed, ''))
			? [{ ...span, start, end }]
			: [];
	});
}

/**
 * A line without its secrets, also those that stand in it escaped, in base64 or in hexadecimal. `passed` is the line as it came out
 * before, where it is looked at once more in another form.
 */
export function removeLineSecrets(line: string, passed = ''): string {
	let result = line;
	for (let round = 0; round < mostRounds; round++) {
		const found = stillToRemove(result, findSecrets(result, passed));
		if (found.length === 0) return result;
		const next = withoutSpans(result, found);
		if (next === result) return result;
		result = next;
	}
	return result;
}

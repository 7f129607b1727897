import { decodedView } from '../text/text-view.ts';
import { isNamedInnocent, isReadable, keyRuns, publicBlocks } from './key-text.ts';
import { hasLongRun } from './long-runs.ts';
import { looksRandom } from './random-look.ts';
import type { Span } from './spans.ts';

/** Long enough that nobody made it up. Characters. */
const shortest = 20;
/** Longer ones were decided when the line came in: what is left of them is evidence, such as certificates. */
const longestAlone = 59;
const words = /[A-Za-z0-9+/_-]{20,}={0,2}/g;
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;
/** ULIDs and the ids of Docker's swarm: made to be shown. */
const isId = /^(?:[0-7][0-9A-HJKMNP-TV-Z]{25}|[0-9a-z]{25})$/;
/** Names of things that are written together: pieces of letters, of digits, or of hexadecimal. */
const isPlainPiece = /^(?:[A-Za-z]?[a-z]*|[A-Z]*|\d+|[0-9a-f]+|[a-z]+\d{1,4}|v?\d+[a-z]{0,2})$/;

/** The last look, by length and randomness alone: what no name and no prefix gave away. For what is shown, saved, copied or reported. */
export function* findRandomTokens(text: string): Iterable<Span> {
	if (!hasLongRun(text, shortest)) return;
	const view = decodedView(text);
	if (view === null) return yield* findIn(text);
	for (const { start, end } of findIn(view.text))
		yield { start: view.places[start] ?? 0, end: view.places[end] ?? text.length };
}

function* findIn(text: string): Iterable<Span> {
	let known: Span[] | null = null;
	for (const { 0: token, index } of text.matchAll(words)) {
		const end = index + token.length;
		if (token.length > longestAlone + 2 || token.replace(/=+$/, '').length > longestAlone) continue;
		if (uuid.test(token) || isId.test(token) || token.split(/[-_/+]/).every((piece) => isPlainPiece.test(piece)))
			continue;
		if (!looksRandom(token) || isNamedInnocent(text, index) || isPathPart(text, index, token)) continue;
		// The letters of options, as usages list them: [-46AaCf].
		if (token.startsWith('-') && text.charAt(index - 1) === '[') continue;
		// What reads as text was looked into before.
		const inner = Buffer.from(token, 'base64');
		if (isReadable(inner) && ![...findIn(inner.toString('latin1'))].length) continue;
		known ??= [...[...keyRuns(text)].filter(({ kind }) => kind === 'public'), ...publicBlocks(text)];
		if (/^AAAA/.test(token) || known.some((run) => run.start < end && run.end > index)) continue;
		// Subresource integrity and Content-Security-Policy: digests of what everybody may fetch.
		if (/\bsha(?:256|384|512)-$/.test(text.slice(Math.max(0, index - 8), index)) || /^sha(?:256|384|512)-/.test(token))
			continue;
		// A fingerprint that is told twice.
		if (text.includes(`SHA256:${token}`)) continue;
		yield { start: index, end };
	}
}

/** Paths go over several names, and begin or go on with a slash, a dot or a drive. */
function isPathPart(text: string, start: number, token: string): boolean {
	const slashes = token.split('/').length - 1;
	return slashes >= 2 && (token.startsWith('/') || /[./~:\\]$/.test(text.slice(Math.max(0, start - 1), start)));
}

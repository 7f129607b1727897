import { cleanText } from '../../domain/clean.ts';
import { createColumnWatch } from './column-wrapped-secrets.ts';
import { createHexdumpWatch } from './hexdump-lines.ts';
import { createKeyRemover, lookBack } from './key-lines.ts';
import { createWrapWatch } from './line-wrapped-secrets.ts';
import { hasLongRun } from './long-runs.ts';
import { createNextLineWatch } from './next-line-values.ts';
import { findRandomTokens } from './random-tokens.ts';
import { findSecrets, removeLineSecrets } from './secrets.ts';
import { removedKey, removedSecret, type Span, withoutSpans } from './spans.ts';
import { createTableWatch } from './table-columns.ts';

/** What comes in is known by names, prefixes and the form of keys; what goes out is also looked at for what is merely random. */
type SecretOptions = { readonly andRandom: boolean };

/**
 * Takes secrets out of a stream of lines, also those that go over several. Returns null for a line that is nothing else, so that the
 * caller can leave it out; the line on which a key began says what was removed.
 */
export function createSecretRemover(
	{ andRandom }: SecretOptions = { andRandom: false },
): (line: string) => string | null {
	const keys = createKeyRemover();
	const next = createNextLineWatch();
	const wraps = createWrapWatch();
	const tables = createTableWatch();
	const columns = createColumnWatch();
	const dumps = createHexdumpWatch();
	let isDumped = false;
	return (line) => {
		const dump = dumps.look(line);
		isDumped = dump !== null && !dump.isKey && goesOnOrEnds(dump.text, dump.own, isDumped);
		if (dump?.isKey) return line.slice(0, dump.start) + removedKey + line.slice(dump.end);
		if (dump !== null && isDumped) return line.slice(0, dump.start) + removedSecret + line.slice(dump.end);
		const { line: open, evidence } = keys(wraps.withoutRest(line));
		if (open === null) return null;
		if (evidence !== undefined) return aroundEvidence(open, evidence);
		const valued = next(columns(withoutSpans(open, tables(open))));
		const safe = andRandom ? removeSecretsAgain(valued, '') : removeLineSecrets(valued);
		wraps.look(line, safe);
		return safe;
	};
}

/** What stands around a stretch of a public key has no privilege. */
function aroundEvidence(line: string, { start, end }: Span): string {
	return removeLineSecrets(line.slice(0, start)) + line.slice(start, end) + removeLineSecrets(line.slice(end));
}

/** Lines of keys have at least so many characters. */
const lineOfKey = 48;

/** Whether a secret reaches into the last characters of a text; or the one before them goes on, whose name is too far away. */
function goesOnOrEnds(text: string, length: number, isOpen: boolean): boolean {
	const own = text.slice(-length);
	if (isOpen && (/^[\w+/=.~-]+$/.test(own) || (/^[\w+/=\s-]+$/.test(own) && hasLongRun(text, lineOfKey)))) return true;
	return findSecrets(text).some(({ end }) => end > text.length - length);
}

const mostRounds = 3;

/** A line that came in without secrets, put another way: what was hidden in escapes comes out only now. */
export function removeSecretsAgain(line: string, passed: string): string {
	let result = line;
	// What stood beside something random may be known only now.
	for (let round = 0; round < mostRounds; round++) {
		const known = removeLineSecrets(result, passed);
		const next = removeRandomTokens(known);
		if (next === known) return known;
		result = next;
	}
	return result;
}

/** A line that came in without secrets, before it is shown, saved or copied: without what is random. */
export function removeRandomTokens(line: string): string {
	return withoutSpans(line, [...findRandomTokens(line)]);
}

/** A whole text without its secrets; one private key that never ends takes the rest with it. */
export function removeSecrets(text: string): string {
	const lines = text.split('\n');
	const known = lines.length === 1 ? [] : lookBack(lines);
	const remove = createSecretRemover({ andRandom: true });
	return lines
		.flatMap((line, index) => {
			const below = known[index] ?? null;
			if (below === 'gone') return [];
			return below === null ? (remove(line) ?? []) : aroundEvidence(line, below);
		})
		.join('\n');
}

/** Foreign text as evidence keeps it: harmless and without secrets. */
export function cleanForeign(text: string): string {
	return removeSecrets(cleanText(text));
}

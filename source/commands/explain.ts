import { cleanText } from '../domain/clean.ts';
import { withCommas } from '../domain/numbers.ts';
import { UserError } from '../domain/user-error.ts';
import { visibleJson } from '../domain/visible-json.ts';
import { buildExplainReport, formatExplanation } from '../report/explain-text.ts';
import { explain as explainWords } from '../runbook/explain.ts';
import { longestText, normalizeError } from '../runbook/find-message.ts';
import { readStandardInput } from './standard-input.ts';

export type ExplainFlags = { json?: boolean };

const unknownText = 3; // As `vpmon check` ends when nothing is proven either way.
/** Of UTF-8, for each unit that JavaScript counts. */
const mostBytesOfCharacter = 3;

/** `vpmon explain`: an error text by the runbook; exit code 3 when it is none of its messages. Measures nothing. */
export async function explain(words: readonly string[], flags: ExplainFlags): Promise<void> {
	const isAsked = words.length === 1 && words[0] === '-';
	// A terminal is only read where that was asked for: it would look as if nothing happened.
	const isPiped = words.length === 0 && !process.stdin.isTTY;
	const given = isAsked || isPiped ? await readInput() : words.join(' ');
	if (given === null || given.length > longestText) {
		throw new UserError(
			`The text has more than ${withCommas(longestText)} characters.`,
			'Give the error message alone, or the few lines around it.',
		);
	}
	const text = normalizeError(given);
	if (text === '') {
		throw new UserError(
			'There is no text to explain.',
			'Give it as vpmon explain "Host key verification failed", or on standard input.',
		);
	}
	const explanation = explainWords(text);
	process.exitCode = explanation === null ? unknownText : 0;
	process.stdout.write(
		flags.json
			? visibleJson(`${JSON.stringify(buildExplainReport(text, explanation), null, 2)}\n`)
			: cleanText(formatExplanation(text, explanation)),
	);
}

/** Null for more than is explained, whatever its characters are. */
async function readInput(): Promise<string | null> {
	const bytes = await readStandardInput(longestText * mostBytesOfCharacter, 'the error text');
	return bytes?.toString('utf8') ?? null;
}

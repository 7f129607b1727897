import { type CheckId, type CheckResult, checkIds, type SessionWordsResult } from '../domain/check.ts';
import type { LogProof } from '../domain/evidence.ts';
import type { Safe } from '../domain/inventory.ts';
import type { Writer } from '../domain/measurement.ts';
import { formatSince } from '../domain/time.ts';
import { causeTexts } from './causes.ts';
import { type FoundMessage, findMessage, longestQuote } from './find-message.ts';
import type { Message } from './messages.ts';
import { readTargetLines, type TargetLines } from './target-lines.ts';

/** The error text of a session as a person gave it, tidy (`normalizeError`). */
export type ReportedError = {
	readonly text: string;
	/** Milliseconds since 1970. */
	readonly at: number;
	/** Who gave it in another program of this host; null for one that was given here. */
	readonly by?: Writer | null;
};

/** The proof that the text brings, where it is of the target's log and names this Safe's user. */
export function pastedProof(error: ReportedError | null, { username }: Pick<Safe, 'username'>): LogProof | null {
	return error === null ? null : readTargetLines(error.text, username).proof;
}

/**
 * The more telling of what the connector's log proved about our own question and what a person pasted. Pure. The log is exact to the
 * port, so it goes first; but that the target does not read the key file is more than that it knows the user.
 */
export function strongerProof(logged: LogProof | null, pasted: LogProof | null): LogProof | null {
	if (logged === null || (logged.says === 'user-known' && pasted?.says === 'key-refused')) return pasted ?? logged;
	return logged;
}

const numberOf = (id: CheckId) => checkIds.indexOf(id) + 1;

/** Why a row may pass although the session failed for it. */
const differently: Readonly<Record<CheckId, string>> = {
	connector: 'the connector came back since, or the session went through another one',
	port: 'it opened since, or the session left from another address',
	username: "VaultPAM's record has another username than our copy, or the password is wrong",
	'host-key': "VaultPAM's record differs from our copy",
	'ssh-key': 'VaultPAM holds another private key than the one our public key belongs to',
};

/** Holds the session's words against the rows. Pure. */
export function reconcile(
	error: ReportedError,
	{ username }: Pick<Safe, 'username'>,
	rows: readonly CheckResult[],
): SessionWordsResult {
	const lines = readTargetLines(error.text, username);
	// Of several users' lines, those about this Safe's user tell.
	const found = (lines.proof === null ? null : findMessage(lines.proof.line)) ?? findMessage(error.text);
	const givenBy = error.by?.user ?? null;
	const base = { text: error.text, givenAt: new Date(error.at).toISOString(), givenBy };
	if (found === null) {
		const [quote = ''] = error.text.split('\n');
		const summary = "is not one of the runbook's messages";
		return { ...base, known: false, from: 'session', quote, check: null, causes: [], agrees: null, summary };
	}
	const { check, causes, stage } = found.message;
	const from = stage === 'target-log' ? 'target-log' : 'session';
	return { ...base, known: true, from, quote: found.quote, check, causes, ...compare(found, lines, username, rows) };
}

type Comparison = Pick<SessionWordsResult, 'agrees' | 'summary'>;

function compare(
	found: FoundMessage,
	{ proof, named }: TargetLines,
	username: string,
	rows: readonly CheckResult[],
): Comparison {
	const { message } = found;
	const failing = rows.find(({ verdict }) => verdict === 'fail');
	if (message.stage === 'symptom') {
		return failing === undefined
			? { agrees: null, summary: 'each of the five causes looks like this; no row fails from here' }
			: { agrees: true, summary: `fits row ${numberOf(failing.id)}, which fails` };
	}
	if (message.stage === 'target-log' && proof === null && named.length > 0) {
		const shown = named.map((name) => JSON.stringify(name)).join(', ');
		return { agrees: null, summary: `is about ${shown}, not about this Safe's user ${JSON.stringify(username)}` };
	}
	if (message.stage === 'after' && message.causes.length === 0) {
		const more = failing === undefined ? '' : `; row ${numberOf(failing.id)} fails`;
		return { agrees: null, summary: `came after the login, and the rows test how a session begins${more}` };
	}
	const concerned = rows.filter(({ id }) => rowsOf(message).includes(id));
	const same = concerned.find(({ cause }) => cause !== null && message.causes.includes(cause));
	if (same !== undefined) {
		const verb = proof !== null && message.stage === 'target-log' ? 'decides' : 'agrees with';
		return { agrees: true, summary: `${verb} row ${numberOf(same.id)}` };
	}
	const other = concerned.find(({ verdict }) => verdict === 'fail');
	if (other !== undefined)
		return { agrees: false, summary: `row ${numberOf(other.id)} fails too, but says ${labelOf(other)}` };
	const row = rows.find(({ id }) => id === message.check);
	if (row === undefined) return { agrees: null, summary: `row ${numberOf(message.check)} is not measured` };
	const isLate = message.stage === 'after' || decidedLate.test(found.quote);
	const { agrees, summary } = compareRow(message, row, proof !== null && message.stage === 'target-log', isLate);
	const more = failing === undefined ? '' : `; row ${numberOf(failing.id)} fails`;
	return { agrees, summary: summary + more };
}

/** The rows a message may stand for: SSH does not say whether it is the user or the key. */
function rowsOf({ check, causes, stage }: Message): readonly CheckId[] {
	const rows = [check, ...causes.map((cause) => causeTexts[cause].check)];
	return stage === 'login' && causes.includes('user-or-key-rejected') ? [...rows, 'username', 'ssh-key'] : rows;
}

function labelOf({ cause, summary }: CheckResult): string {
	return cause === null ? summary : causeTexts[cause].label;
}

/** What a target decides only once it has accepted the key: its account, root's permission, a second factor. */
const decidedLate =
	/by pam account|account \S{1,100} has expired|root login refused|permission denied ?\((?![^)]*(?:publickey|password))[^)]*keyboard-interactive/i;

function compareRow({ word, stage }: Message, row: CheckResult, isOfUser: boolean, isLate: boolean): Comparison {
	const title = `row ${numberOf(row.id)}`;
	switch (row.verdict) {
		case 'pass':
		case 'warn':
			if (row.cause === 'host-key-unrecorded')
				return { agrees: null, summary: `${title} has nothing to compare with: our copy holds no host key` };
			// The key query of the row ends before it.
			if (isLate)
				return {
					agrees: false,
					summary: `${word}: the target decides that once it has accepted the key, so these words count and ${title} cannot show it`,
				};
			if (isOfUser)
				return { agrees: false, summary: `the line says ${word}, ${title} passes: the target accepts the key now` };
			if (stage === 'cut')
				return { agrees: null, summary: `${title} passes now; the words do not say how far the session came` };
			return {
				agrees: false,
				summary: `the session says ${word}, ${title} passes${since(row)}: ${differently[row.id]}`,
			};
		case 'untested':
			return { agrees: null, summary: `${title} is untested from here, so the session's words count: ${word}` };
		case 'skip':
			return { agrees: null, summary: `${title} is ${row.summary}` };
		default:
			return row.measuredAt === null && row.summary === 'not measured yet'
				? { agrees: null, summary: `${title} is not measured yet` }
				: { agrees: null, summary: `${title} does not tell: ${row.summary}` };
	}
}

/** Of the rows that come and go it matters when they passed. */
function since({ id }: CheckResult): string {
	return id === 'connector' || id === 'port' ? ' now' : '';
}

/** `Session said "Host key verification failed" 02:05: agrees with row 4`; `…, given by anna 02:05: …` */
export function describeSessionWords(words: SessionWordsResult, now: number): string {
	const { quote, givenAt, givenBy, summary, known, from } = words;
	const shown = quote.length <= longestQuote ? quote : `${quote.slice(0, longestQuote - 1)}…`;
	const who = from === 'session' ? 'Session said' : 'Target logged';
	const colon = known ? ': ' : ', which ';
	const by = givenBy === null ? '' : `, given by ${givenBy}`;
	return `${who} "${shown}"${by} ${formatSince(Date.parse(givenAt), now)}${colon}${summary}`;
}

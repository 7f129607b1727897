import type { LogProof } from '../domain/evidence.ts';
import type { AuthAnswer } from './judgement.ts';

/** A log line as far as a proof needs it. */
export type DatedText = { readonly time: number | null; readonly text: string };

/** sshd writes the client's port, which is ours for this one connection; older lines can carry it by chance. */
const clockSlack = 5000; // Milliseconds.

const unknownUser = /\binvalid user\b/i;
const knownUser = /\b(?:by|from|for) authenticating user\b|\bFailed publickey for (?!invalid user)/i;

/**
 * Looks for the target's own log line about a key query that was refused: the only thing that tells an unknown user from an unknown
 * key (OpenSSH auth.c, `Invalid user …`; packet.c, `Connection closed by authenticating user …`). Only lines that carry the very
 * source port of the probe count.
 */
export function findLogProof(
	lines: readonly DatedText[],
	{ auth, connection }: AuthAnswer,
	from: string,
): LogProof | null {
	if (auth.answer !== 'refused' || connection.sourcePort === null) return null;
	const ours = new RegExp(`\\bport ${connection.sourcePort}\\b`);
	const earliest = Date.parse(connection.startedAt) - clockSlack;
	for (const { text, time } of lines.toReversed()) {
		if (!ours.test(text) || !text.includes(auth.username) || (time !== null && time < earliest)) continue;
		if (unknownUser.test(text)) return { says: 'user-unknown', line: text, from };
		if (knownUser.test(text)) return { says: 'user-known', line: text, from };
	}
	return null;
}

import type { LogProof } from '../domain/evidence.ts';
import type { AuthAnswer } from './judgement.ts';

/** A log line as far as a proof needs it. */
export type DatedText = { readonly time: number | null; readonly text: string };

/** The target's clock may be a little off. */
const clockSlack = 5000; // Milliseconds.

/**
 * Looks for the target's own log line about a key query that was refused: the only thing that tells an unknown user from an unknown
 * key. sshd calls a user who exists but may not log in "invalid user" too when it says goodbye, so only its first words count
 * (OpenSSH auth.c: `Invalid user NAME from ADDRESS port PORT`, `User NAME from ADDRESS not allowed because …`, without the address
 * where the account is locked or its shell is missing; packet.c: `… by authenticating user NAME ADDRESS port PORT`). A line must
 * carry the very source port of the probe where sshd writes one.
 */
export function findLogProof(
	lines: readonly DatedText[],
	{ auth, connection }: AuthAnswer,
	from: string,
): LogProof | null {
	if (auth.answer !== 'refused' || connection.sourcePort === null) return null;
	const user = escapePattern(auth.username);
	const ours = `port ${connection.sourcePort}\\b`;
	const kinds = [
		['user-not-allowed', new RegExp(`\\bUser ${user}(?: from \\S+)? not allowed because `)],
		['user-unknown', new RegExp(`\\bInvalid user ${user} from \\S+ ${ours}`)],
		['user-known', new RegExp(`\\bauthenticating user ${user} \\S+ ${ours}`)],
		['user-known', new RegExp(`\\bFailed publickey for ${user} from \\S+ ${ours}`)],
	] as const;
	const earliest = Date.parse(connection.startedAt) - clockSlack;
	const recent = lines.filter(({ time }) => time === null || time >= earliest);
	for (const [says, pattern] of kinds) {
		// That line has no port, so it only counts where it has a time.
		const found = recent.find(({ text, time }) => pattern.test(text) && (says !== 'user-not-allowed' || time !== null));
		if (found !== undefined) return { says, line: found.text, from };
	}
	return null;
}

function escapePattern(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

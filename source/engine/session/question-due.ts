import type { KeyEvidence } from '../../domain/evidence.ts';
import type { Safe } from '../../domain/inventory.ts';
import { beganSince } from '../sharing/freshness.ts';
import type { SafeFacts } from './safe-facts.ts';

const passedAgain = 30 * 60_000; // Milliseconds after which an accepted key is asked for again in the background.
const unansweredAgain = 5 * 60_000;

/**
 * Whether the question about a Safe's credential is worth its price now.
 *
 * @param askedAgainFrom an answer from before is not enough, in milliseconds since 1970; null leaves it to how long answers hold.
 */
export function isQuestionDue(known: SafeFacts, about: string, askedAgainFrom: number | null, now: number): boolean {
	if (known.auth === null || known.askedAbout !== about) return true;
	const askedAt = Date.parse(known.auth.connection.startedAt);
	if (askedAgainFrom !== null) return !beganSince(askedAt, askedAgainFrom, now);
	// The clock was set back meanwhile: nobody knows how old it is.
	if (!beganSince(askedAt, Number.NEGATIVE_INFINITY, now)) return true;
	const age = now - askedAt;
	if (known.auth.auth.answer === 'accepted' || known.auth.auth.answer === 'open') return age >= passedAgain;
	// A refused key is only asked for again when something changed.
	return known.auth.auth.answer === 'none' && age >= unansweredAgain;
}

/** All that would change the answer and is known here, in one string. */
export function questionAbout(safe: Safe, key: KeyEvidence | null): string {
	const { username, host, port, hostKey } = safe;
	return JSON.stringify([username, host, port, hostKey?.fingerprint ?? null, key?.ok ? key.fingerprint : null]);
}

import type { ConnectorResult } from '../domain/check.ts';
import type { BudgetRefusal, KeyEvidence, LogProof, TargetEvidence } from '../domain/evidence.ts';
import type { Safe } from '../domain/inventory.ts';
import type { ProbeTrigger } from '../probes/probe-budget.ts';
import type { AuthAnswer } from '../runbook/judgement.ts';

/** What the engine remembers of a Safe between measurements: the newest evidence of each kind. */
export type Memory = {
	target: TargetEvidence | null;
	key: KeyEvidence | null;
	auth: AuthAnswer | null;
	authRefusal: BudgetRefusal | null;
	proof: LogProof | null;
	/** What the last answered question was about; a change makes the next one due. */
	askedAbout: string | null;
};

export function createMemory(): Memory {
	return { target: null, key: null, auth: null, authRefusal: null, proof: null, askedAbout: null };
}

const passedAgain = 30 * 60_000; // Milliseconds after which an accepted key is asked for again in the background.
const unansweredAgain = 5 * 60_000;

/** Whether the question about a Safe's credential is worth its price now. A key press or a command always is. */
export function isQuestionDue(memory: Memory, trigger: ProbeTrigger, about: string, now: number): boolean {
	if (trigger !== 'background' || memory.auth === null || memory.askedAbout !== about) return true;
	const age = now - Date.parse(memory.auth.connection.startedAt);
	if (memory.auth.auth.answer === 'accepted') return age >= passedAgain;
	// A refused key is only asked for again when something changed.
	return memory.auth.auth.answer === 'none' && age >= unansweredAgain;
}

/** All that would change the answer, in one string. */
export function questionAbout(safe: Safe, key: KeyEvidence | null, connector: ConnectorResult | undefined): string {
	return JSON.stringify([
		safe.username,
		safe.host,
		safe.port,
		safe.hostKey?.fingerprint ?? null,
		key?.ok ? key.fingerprint : null,
		connector?.status ?? null,
	]);
}

import type { AuthEvidence, ConnectionEvidence } from '../../domain/evidence.ts';
import type { AuthQuestion } from '../../probes/ssh-auth.ts';
import type { AuthAnswer } from '../../runbook/judgement.ts';

/** What one run asked about credentials, and the answers: by user and key, since Safes may share both. */
export class AuthAnswers {
	readonly #answers = new Map<string, AuthAnswer>();

	/** @param fingerprint null for the question about methods. */
	of(username: string, fingerprint: string | null): AuthAnswer | null {
		return this.#answers.get(keyOf(username, fingerprint)) ?? null;
	}

	/** The part of a question that is still open, or null. */
	open(question: AuthQuestion): AuthQuestion | null {
		const { username } = question;
		if (question.kind === 'methods') return this.of(username, null) === null ? question : null;
		const keys = question.keys.filter(({ fingerprint }) => this.of(username, fingerprint) === null);
		return keys.length === 0 ? null : { ...question, keys };
	}

	/** Takes in what a connection answered. */
	keep(connection: ConnectionEvidence): void {
		const someAnswered = connection.answers.some(({ answer }) => answer !== 'none');
		for (const auth of connection.answers) {
			// A server that ended the connection after another key has not been asked for this one.
			if (auth.answer !== 'none' || !someAnswered) this.#set(auth, connection);
		}
	}

	/** The connection for the question failed; an earlier one may have shown that the port is fine. */
	keepUnanswered(question: AuthQuestion, connection: ConnectionEvidence): void {
		const error = connection.error ?? connection.handshake?.error ?? 'the connection ended';
		const none = { answer: 'none', methods: null, banner: null, error, durationMs: 0 } as const;
		for (const key of keysOf(question))
			this.#set({ asked: question.kind, username: question.username, key, ...none }, connection);
	}

	#set(auth: AuthEvidence, connection: ConnectionEvidence): void {
		this.#answers.set(keyOf(auth.username, auth.key), { auth, connection });
	}
}

function keyOf(username: string, fingerprint: string | null): string {
	return JSON.stringify([username, fingerprint]);
}

/** Fingerprints of the keys a question is about; a single null for the methods. */
export function keysOf(question: AuthQuestion): ReadonlyArray<string | null> {
	return question.kind === 'methods' ? [null] : question.keys.map(({ fingerprint }) => fingerprint);
}

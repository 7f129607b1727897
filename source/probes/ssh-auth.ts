import type { Client } from 'ssh2';
import ssh2 from 'ssh2';
import { cleanText } from '../domain/clean.ts';
import type { AuthEvidence } from '../domain/evidence.ts';
import type { AskableKey } from './public-key.ts';

/** What to ask once the host key is the right one. */
export type AuthQuestion =
	/** Would this key be accepted for this user? RFC 4252 section 7: no signature, so no private key. */
	| {
			readonly kind: 'public-key';
			readonly username: string;
			readonly key: AskableKey;
	  }
	/** Which methods does the server offer this user? RFC 4252 section 5.2. */
	| { readonly kind: 'methods'; readonly username: string };

export type AuthProbe = {
	/** For ssh2's `authHandler`. */
	nextMethod(methodsLeft: readonly string[] | null): unknown;
	onDebug(line: string): void;
	onBanner(text: string): void;
	onReady(): void;
	evidence(): Omit<AuthEvidence, 'durationMs'>;
};

const longestBanner = 2000; // Characters.

/** Puts one question and calls `onAnswer` when the server has answered it. */
export function askAuth(question: AuthQuestion, onAnswer: () => void): AuthProbe {
	let asked = false;
	let refusals = 0;
	let answer: AuthEvidence['answer'] = 'none';
	let methods: readonly string[] | null = null;
	let banner: string | null = null;
	let error: string | null = null;

	const settle = (found: AuthEvidence['answer'], reason: string | null = null) => {
		answer = found;
		error = reason;
		onAnswer();
	};

	return {
		nextMethod(methodsLeft) {
			if (!asked) {
				asked = true;
				return question.kind === 'methods'
					? { type: 'none', username: question.username }
					: {
							type: 'agent',
							username: question.username,
							agent: new QueryOnly(question.key, () => settle('accepted')),
						};
			}
			if (methodsLeft !== null) methods = methodsLeft;
			// Without a refusal ssh2 passed the key over, which says nothing about the server.
			if (refusals > 0) settle('refused');
			else settle('none', 'the server takes no signature algorithm that vpmon can ask with for this key type');
			return false;
		},
		onDebug(line) {
			const refusal = /^Inbound: Received USERAUTH_FAILURE \(([^)]*)\)/.exec(line);
			if (refusal === null) return;
			refusals++;
			methods = (refusal[1] ?? '')
				.split(',')
				.filter((name) => name !== '')
				.map((name) => cleanText(name));
		},
		onBanner(text) {
			banner = cleanText(text.slice(0, longestBanner)).trim();
		},
		onReady() {
			settle('open');
		},
		evidence: () => ({
			asked: question.kind,
			username: question.username,
			key: question.kind === 'public-key' ? question.key.fingerprint : null,
			answer,
			methods,
			banner,
			error,
		}),
	};
}

/** An agent that has one public key and never signs: being asked to sign means that the server accepted the key (PK_OK). */
class QueryOnly extends ssh2.BaseAgent {
	readonly #key: AskableKey;
	readonly #onAccepted: () => void;

	constructor(key: AskableKey, onAccepted: () => void) {
		super();
		this.#key = key;
		this.#onAccepted = onAccepted;
	}

	override getIdentities(callback: Parameters<ssh2.BaseAgent['getIdentities']>[0]): void {
		callback(undefined, [this.#key.parsed]);
	}

	override sign(): void {
		this.#onAccepted();
	}
}

/** The part of ssh2's client that a question listens to. */
export function listenForAnswers(client: Client, probe: AuthProbe): void {
	client.on('banner', (text) => probe.onBanner(text));
	client.on('ready', () => probe.onReady());
}

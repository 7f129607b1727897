import type { Client, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';
import ssh2 from 'ssh2';
import { cleanText } from '../domain/clean.ts';
import type { AuthEvidence } from '../domain/evidence.ts';
import { describeHostKey } from '../domain/host-key.ts';
import { cleanForeign } from '../redact/secrets/secret-lines.ts';
import type { AskableKey } from './public-key.ts';

/** What to ask once the host key is the right one. */
export type AuthQuestion =
	/** Would these keys be accepted for this user? RFC 4252 section 7: no signature, so no private key. */
	| { readonly kind: 'public-key'; readonly username: string; readonly keys: readonly AskableKey[] }
	/** Which methods does the server offer this user? RFC 4252 section 5.2. */
	| { readonly kind: 'methods'; readonly username: string };

/** sshd gives up after six tries by default (sshd_config(5), MaxAuthTries), and others earlier. */
export const mostKeysAtOnce = 3;

export type AuthProbe = {
	/** For ssh2's `authHandler`. */
	nextMethod(methodsLeft: readonly string[] | null): unknown;
	onDebug(line: string): void;
	onBanner(text: string): void;
	onReady(): void;
	/** One for each key, or the one for the methods. */
	evidence(): ReadonlyArray<Omit<AuthEvidence, 'durationMs'>>;
};

type Answer = Pick<AuthEvidence, 'answer' | 'methods' | 'error'>;

const longestBanner = 2000; // Characters.
/** RFC 4253 section 11.1, reason 14; OpenSSH gives another reason and these words (auth.c, auth_maxtries_exceeded). */
const lastTry = /^Inbound: Received DISCONNECT \((?:14,|\d+, "Too many authentication failures)/;
const noAnswer: Answer = { answer: 'none', methods: null, error: null };

/** Puts one question and calls `onAnswer` when the server has answered all of it. */
export function askAuth(question: AuthQuestion, onAnswer: () => void): AuthProbe {
	// The methods are asked for without a key.
	const keys: ReadonlyArray<string | null> =
		question.kind === 'public-key' ? question.keys.map(({ fingerprint }) => fingerprint) : [null];
	const answers: Answer[] = keys.map(() => noAnswer);
	let asked = false;
	let current = 0;
	let banner: string | null = null;

	const answer = (index: number, found: Partial<Answer>) => {
		answers[index] = { ...(answers[index] ?? noAnswer), ...found };
	};

	return {
		nextMethod(methodsLeft) {
			if (!asked) {
				asked = true;
				if (question.kind === 'methods') return { type: 'none', username: question.username };
				const onAccepted = (fingerprint: string) => {
					answer(keys.indexOf(fingerprint), { answer: 'accepted' });
					const isLast = keys.indexOf(fingerprint) === keys.length - 1;
					if (isLast) onAnswer();
					return isLast;
				};
				return { type: 'agent', username: question.username, agent: new QueryOnly(question.keys, onAccepted) };
			}
			// ssh2 passes a key over without asking when the server takes none of its signature algorithms.
			for (const [index, { answer: found }] of answers.entries()) {
				const error = 'the server takes no signature algorithm that vpmon can ask with for this key type';
				if (found === 'none') answer(index, { methods: methodsLeft, error });
			}
			onAnswer();
			return false;
		},
		onDebug(line) {
			const trying = /^Agent: Trying key #(\d+)/.exec(line);
			if (trying !== null) current = Number(trying[1]) - 1;
			// A server that allows one try says no by ending the connection. After another key was answered it may as well mean that.
			const isFirst = answers.every(({ answer: found }) => found === 'none');
			if (isFirst && lastTry.test(line)) answer(current, { answer: 'refused' });
			const refusal = /^Inbound: Received USERAUTH_FAILURE \(([^)]*)\)/.exec(line);
			if (refusal === null) return;
			const methods = (refusal[1] ?? '').split(',').filter((name) => name !== '');
			answer(current, { answer: 'refused', methods: methods.map((name) => cleanText(name)) });
		},
		onBanner(text) {
			banner = cleanForeign(text.slice(0, longestBanner)).trim();
		},
		onReady() {
			for (const index of keys.keys()) answer(index, { answer: 'open' });
			onAnswer();
		},
		evidence: () =>
			answers.map((found, index) => ({
				asked: question.kind,
				username: question.username,
				key: keys[index] ?? null,
				banner,
				...found,
			})),
	};
}

/** An agent that has public keys and never signs: being asked to sign means that the server accepted the key (PK_OK). */
class QueryOnly extends ssh2.BaseAgent {
	readonly #keys: readonly AskableKey[];
	readonly #onAccepted: (fingerprint: string) => boolean;

	/** @param onAccepted returns whether that was the last key. */
	constructor(keys: readonly AskableKey[], onAccepted: (fingerprint: string) => boolean) {
		super();
		this.#keys = keys;
		this.#onAccepted = onAccepted;
	}

	override getIdentities(callback: Parameters<ssh2.BaseAgent['getIdentities']>[0]): void {
		callback(
			undefined,
			this.#keys.map(({ parsed }) => parsed),
		);
	}

	override sign(
		key: string | Buffer | ParsedKey,
		_data: Buffer,
		options: SigningRequestOptions | SignCallback,
		callback?: SignCallback,
	): void {
		const isLast = this.#onAccepted(describeHostKey((key as ParsedKey).getPublicSSH()).sha256);
		const reply = typeof options === 'function' ? options : callback;
		// A key that cannot sign is passed over for the next one.
		if (!isLast) reply?.(new Error('vpmon never signs'));
	}
}

/** The part of ssh2's client that a question listens to. */
export function listenForAnswers(client: Client, probe: AuthProbe): void {
	client.on('banner', (text) => probe.onBanner(text));
	client.on('ready', () => probe.onReady());
}

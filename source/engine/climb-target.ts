import type {
	AuthEvidence,
	BudgetRefusal,
	ConnectionEvidence,
	NameEvidence,
	TargetEvidence,
} from '../domain/evidence.ts';
import { type HostKeyType, type OfferedHostKey, sameHostKey } from '../domain/host-key.ts';
import type { Safe } from '../domain/inventory.ts';
import type { Host } from '../hosts/host.ts';
import type { ProbeKind } from '../probes/probe-budget.ts';
import type { AskableKey } from '../probes/public-key.ts';
import type { AuthQuestion } from '../probes/ssh-auth.ts';
import { probeSsh } from '../probes/ssh-handshake.ts';
import { openTarget, resolveTarget } from '../probes/tcp.ts';
import { offeredKeys } from '../runbook/judge-host-key.ts';
import type { AuthAnswer } from '../runbook/judgement.ts';
import { nextHostKeyType } from '../runbook/next-host-key-type.ts';
import type { Ledger, Settlement } from '../settings/ledger.ts';
import { inTurn, type PlaceOptions, type TurnOptions } from './take-turn.ts';

export type ClimbOptions = Omit<TurnOptions, 'onWait'> & {
	/** For one row. */
	readonly rowMs: number;
	/** For all rows of one Safe, without waiting for the budget. */
	readonly ladderMs: number;
	/** Host keys that were last seen at this target. */
	readonly carriedKeys: readonly OfferedHostKey[];
	/** Does a connection's work when there is a place for it; waiting for a turn in the budget takes none. */
	readonly inSlot: <Value>(work: () => Promise<Value>) => Promise<Value>;
	/** Told before each wait for a turn in the probe budget. */
	readonly onWait: (safe: Safe, until: number) => void;
};

/** A Safe with the question to put for it; null when only its port and host key are to be measured. */
export type Climber = { readonly safe: Safe; readonly ask: AskableKey | 'methods' | null };

export type ClimbResult = {
	readonly target: TargetEvidence;
	readonly auth: AuthAnswer | null;
	readonly authRefusal: BudgetRefusal | null;
};

/**
 * Measures one target for all its Safes, one connection after the other: what one connection answers is not asked again. A host
 * key that is not the stored one is only held against the target after all its key types were asked for.
 *
 * @param climbers Safes of one host and port, through one connector host.
 */
export async function climbTarget(
	host: Host,
	ledger: Ledger | null,
	climbers: readonly Climber[],
	options: ClimbOptions,
	onResult: (safe: Safe, result: ClimbResult) => void,
): Promise<void> {
	const [first] = climbers;
	if (first === undefined) return;
	const climb = new Climb(host, ledger, first.safe, options);
	await climb.resolve();
	// Who has a question goes first: its connection answers for the others too.
	const ordered = [...climbers].sort((a, b) => Number(b.ask !== null) - Number(a.ask !== null));
	for (const climber of ordered) {
		if (options.signal.aborted) return;
		onResult(climber.safe, await climb.run(climber));
	}
}

class Climb {
	readonly #host: Host;
	readonly #ledger: Ledger | null;
	readonly #target: { readonly host: string; readonly port: number };
	readonly #options: ClimbOptions;
	readonly #startedAt = new Date();
	readonly #started = performance.now();
	readonly #connections: ConnectionEvidence[] = [];
	readonly #answers = new Map<string, AuthAnswer>();
	#name: NameEvidence | null = null;
	#refusal: BudgetRefusal | null = null;
	/** An address was not tried for want of budget: it may well answer. */
	#isRefused = false;
	#deadline = 0;

	constructor(host: Host, ledger: Ledger | null, { host: name, port }: Safe, options: ClimbOptions) {
		this.#host = host;
		this.#ledger = ledger;
		this.#target = { host: name, port };
		this.#options = options;
	}

	async resolve(): Promise<void> {
		const { rowMs: timeoutMs, signal, inSlot } = this.#options;
		this.#name = await inSlot(() => resolveTarget(this.#host, this.#target.host, { timeoutMs, signal }));
	}

	async run({ safe, ask }: Climber): Promise<ClimbResult> {
		this.#deadline = performance.now() + this.#options.ladderMs;
		const question = questionOf(safe, ask);
		let authRefusal: BudgetRefusal | null = null;
		let auth: AuthAnswer | null = null;
		if (question !== null && !this.#isDown()) {
			const key = `${question.kind}\0${question.username}\0${question.kind === 'public-key' ? question.key.fingerprint : ''}`;
			const known = this.#answers.get(key);
			if (known !== undefined) auth = known;
			else {
				const outcome = await this.#put(safe, question);
				if (outcome !== null && 'reason' in outcome) authRefusal = outcome;
				else if (outcome !== null) {
					auth = outcome;
					this.#answers.set(key, outcome);
				}
			}
		}
		if (!this.#isDown() && (this.#connections.length === 0 || this.#nextType(safe, false) !== 'none'))
			await this.#put(safe, null);
		return { target: this.#evidence(), auth, authRefusal };
	}

	/** Puts a question on a connection whose host key matches, asking for further key types as long as it does not. */
	async #put(safe: Safe, question: AuthQuestion | null): Promise<AuthAnswer | BudgetRefusal | null> {
		const isAsking = question !== null;
		for (let type = this.#nextType(safe, isAsking); type !== 'none'; type = this.#nextType(safe, isAsking)) {
			const before = this.#connections.length;
			const refusal = await this.#connect(safe, type === 'any' ? null : [type], question);
			if (refusal !== null) {
				if (!isAsking) this.#refusal = refusal;
				return isAsking ? refusal : null;
			}
			const connection = this.#connections.at(-1);
			if (connection === undefined || this.#connections.length === before) return null;
			if (question !== null && connection.auth !== null) return { auth: connection.auth, connection };
			if (connection.outcome !== 'open' || connection.handshake === null || !connection.handshake.hostKeyProven) {
				return isAsking ? unanswered(question, connection) : null;
			}
		}
		return null;
	}

	#nextType(safe: Safe, forQuestion: boolean): ReturnType<typeof nextHostKeyType> {
		return nextHostKeyType(safe.hostKey, this.#connections, forQuestion, this.#carried(), this.#options.carriedKeys);
	}

	/** Keys of types not asked for this time: they stand as long as every key that was asked for is as it was. */
	#carried(): OfferedHostKey[] {
		const { carriedKeys, trigger } = this.#options;
		// A person who asks wants all of it measured, as far as the budget allows.
		if (trigger !== 'background' && this.#refusal === null) return [];
		const offered = offeredKeys(this.#connections);
		const same = offered.length > 0 && offered.every((key) => carriedKeys.some(({ sha256 }) => sha256 === key.sha256));
		return same ? carriedKeys.filter((key) => !offered.some(({ type }) => type === key.type)) : [];
	}

	/** Nothing more can be learned: the name, the port or SSH itself failed. */
	#isDown(): boolean {
		if (this.#name?.error) return true;
		if (this.#connections.length === 0 || this.#isRefused) return false;
		// A server without the type one Safe stored may have that of another.
		return !this.#connections.some(
			({ handshake }) => handshake?.hostKeyProven || handshake?.noCommon?.includes('host key'),
		);
	}

	/** One connection, to the first address that opens. Pushes its evidence; returns why it was not made. */
	async #connect(
		safe: Safe,
		types: readonly HostKeyType[] | null,
		question: AuthQuestion | null,
	): Promise<BudgetRefusal | null> {
		const kind: ProbeKind = question?.kind === 'public-key' ? 'key-query' : 'unfinished';
		const { port } = this.#target;
		const open = this.#connections.find(({ outcome }) => outcome === 'open');
		const addresses = open === undefined ? (this.#name?.addresses ?? []) : [open.address];
		for (const [index, address] of addresses.entries()) {
			const ledger = safe.exempt ? null : this.#ledger;
			const key = { source: this.#host.name, address, port };
			const made = await inTurn(ledger, key, kind, this.#turnOptions(safe), async (turn) => {
				const spoken = await this.#speak(safe, types, question, address, addresses.length - index);
				if (ledger !== null && turn !== null) await ledger.settle(turn, kind, settlementOf(spoken));
				return { ...spoken, held: turn?.held ?? null };
			});
			this.#isRefused = 'reason' in made;
			if ('reason' in made) return made;
			const connection: ConnectionEvidence = made.value;
			this.#connections.push(connection);
			if (connection.outcome === 'open') return null;
		}
		return null;
	}

	/** @param share the time left is for so many addresses. */
	async #speak(
		safe: Safe,
		types: readonly HostKeyType[] | null,
		question: AuthQuestion | null,
		address: string,
		share: number,
	): Promise<Omit<ConnectionEvidence, 'held'>> {
		const { signal } = this.#options;
		const timeoutMs = this.#left() / share;
		const { connection, evidence } = await openTarget(this.#host, address, this.#target.port, { timeoutMs, signal });
		if (!connection.ok) return { ...evidence, handshake: null, auth: null };
		const spoken = await probeSsh(connection.stream, {
			hostKeyTypes: types,
			mayAsk: (offered) => safe.hostKey === null || sameHostKey(safe.hostKey, offered),
			question,
			timeoutMs: this.#left(),
			signal,
		});
		return { ...evidence, ...spoken };
	}

	#turnOptions(safe: Safe): PlaceOptions {
		return {
			...this.#options,
			// Waiting is not the target's slowness, neither for a place nor for a turn.
			onPlace: (waitedMs) => {
				this.#deadline += waitedMs;
			},
			onWait: (until) => {
				this.#deadline += Math.max(0, until - Date.now());
				this.#options.onWait(safe, until);
			},
		};
	}

	/** Milliseconds left for the next step. */
	#left(): number {
		return Math.max(1, Math.min(this.#options.rowMs, this.#deadline - performance.now()));
	}

	#evidence(): TargetEvidence {
		return {
			...this.#target,
			name: this.#name,
			connections: [...this.#connections],
			carriedKeys: this.#carried(),
			refusal: this.#refusal,
			// Before its first connection it may have waited long for a place or a turn.
			measuredAt: this.#connections[0]?.startedAt ?? this.#startedAt.toISOString(),
			durationMs: performance.now() - this.#started,
		};
	}
}

function questionOf({ username }: Safe, ask: Climber['ask']): AuthQuestion | null {
	if (ask === null) return null;
	return ask === 'methods' ? { kind: 'methods', username } : { kind: 'public-key', username, key: ask };
}

/** What the target's sshd will hold against us for this connection. */
function settlementOf({ outcome, auth }: Pick<ConnectionEvidence, 'outcome' | 'auth'>): Settlement {
	if (outcome !== 'open' && outcome !== 'reset') return 'not-reached';
	if (auth === null) return 'unfinished';
	if (auth.answer === 'open') return 'open';
	if (auth.asked === 'methods') return 'unfinished';
	return auth.answer === 'accepted' ? 'query-accepted' : 'query-refused';
}

/** The connection for the question failed; an earlier one may have shown that the port is fine. */
function unanswered(question: AuthQuestion, connection: ConnectionEvidence): AuthAnswer {
	const auth: AuthEvidence = {
		asked: question.kind,
		username: question.username,
		key: question.kind === 'public-key' ? question.key.fingerprint : null,
		answer: 'none',
		methods: null,
		banner: null,
		error: connection.error ?? connection.handshake?.error ?? 'the connection ended',
		durationMs: 0,
	};
	return { auth, connection };
}

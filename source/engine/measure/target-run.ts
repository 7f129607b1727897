import { isIP } from 'node:net';
import type {
	BudgetRefusal,
	ConnectionEvidence,
	KnownHostsEvidence,
	NameEvidence,
	TargetEvidence,
} from '../../domain/evidence.ts';
import { type CarriedHostKey, sameHostKey, withTypeOf } from '../../domain/host-key.ts';
import type { Safe } from '../../domain/inventory.ts';
import type { Host } from '../../hosts/host.ts';
import { readKnownHosts } from '../../probes/known-hosts.ts';
import type { AuthQuestion } from '../../probes/ssh-auth.ts';
import { resolveTarget } from '../../probes/tcp.ts';
import { atMainAddress, mainAddress } from '../../runbook/addresses.ts';
import { offeredKeys } from '../../runbook/judge-host-key.ts';
import { lacksHostKeyType, nextHostKeyType, typesToCompare } from '../../runbook/next-host-key-type.ts';
import { untriedAddresses } from '../../runbook/untried-addresses.ts';
import type { Ledger } from '../../storage/ledger.ts';
import { AuthAnswers, keysOf } from './auth-answers.ts';
import { keysThatStand, leastSeenType } from './carried-keys.ts';
import { type ConnectOptions, connectWithinBudget } from './connect-within-budget.ts';
import { Deadline } from './deadline.ts';
import { type KnownOfTarget, nothingKnown } from './known-of-target.ts';
import type { TargetRunOptions } from './run-target.ts';
import { isRefusal } from './wait-for-budget.ts';

type NextType = ReturnType<typeof nextHostKeyType>;

/** One run: all that is asked of one target in one run, one connection after the other. */
export class TargetRun {
	readonly #host: Host;
	readonly #ledger: Ledger | null;
	readonly #target: { readonly host: string; readonly port: number };
	readonly #options: TargetRunOptions;
	readonly #startedAt = new Date();
	readonly #started = performance.now();
	readonly #connections: ConnectionEvidence[] = [];
	readonly #deadline: Deadline;
	readonly answers = new AuthAnswers();
	/** How the target's name resolved; null before `resolve`. */
	name: NameEvidence | null = null;
	#known = nothingKnown;
	#knownHosts: KnownHostsEvidence | null = null;
	#refusal: BudgetRefusal | null = null;
	/** Other addresses that were left unmeasured: what was known of them stays. */
	readonly #refusedAddresses = new Set<string>();
	/** An address was not tried for want of budget: it may well answer. */
	#isRefused = false;

	constructor(host: Host, ledger: Ledger | null, { host: name, port }: Safe, options: TargetRunOptions) {
		this.#host = host;
		this.#ledger = ledger;
		this.#target = { host: name, port };
		this.#options = options;
		this.#deadline = new Deadline(options.checkTimeoutMs);
	}

	async resolve(): Promise<void> {
		const { checkTimeoutMs: timeoutMs, signal, inSlot } = this.#options;
		const resolve = () => resolveTarget(this.#host, this.#target.host, { timeoutMs, signal });
		// An address is known at once. All that waited for a place to find that out would go on in one moment, when the first is free.
		this.name = isIP(this.#target.host) === 0 ? await inSlot(resolve) : await resolve();
	}

	/** Takes in what is known of the target before. */
	know(known: KnownOfTarget): void {
		this.#known = known;
	}

	/** Starts the time for the next Safes. */
	begin(): void {
		this.#deadline.begin(this.#options.safeTimeoutMs);
	}

	/** Puts a question for a Safe; keys that one connection left unanswered get another. Returns why it was not put. */
	async ask(safe: Safe, question: AuthQuestion): Promise<BudgetRefusal | null> {
		let open = this.answers.open(question);
		while (open !== null && !this.#isDown()) {
			const refusal = await this.#put(safe, open);
			if (refusal !== null) return refusal;
			const left = this.answers.open(open);
			if (left !== null && keysOf(left).length === keysOf(open).length) return null;
			open = left;
		}
		return null;
	}

	/** Measures what no question has measured on its way: port and host key, all addresses, and what a changed key is held against. */
	async complete(safe: Safe): Promise<TargetEvidence> {
		this.#refusal = null;
		if (this.#connections.length === 0 && (await this.#known.isFresh(safe))) return this.#evidence(safe);
		if (!this.#isDown() && (this.#connections.length === 0 || this.#nextType(safe, false) !== 'none'))
			await this.#put(safe, null);
		const isOpen = mainAddress(this.#connections) !== null;
		if (isOpen) await this.#measureOthers(safe);
		if (isOpen && !this.#isStored(safe)) await this.#compareWithKnown(safe);
		return this.#evidence(safe);
	}

	/** Asks for further key types as long as the host key does not match; null when the question was put, or nothing answers. */
	async #put(safe: Safe, question: AuthQuestion | null): Promise<BudgetRefusal | null> {
		const isAsking = question !== null;
		for (let type = this.#nextType(safe, isAsking); type !== 'none'; type = this.#nextType(safe, isAsking)) {
			const before = this.#connections.length;
			if (before > 0 && this.#deadline.isOver()) return null;
			const refusal = await this.#connect(safe, type, question);
			if (refusal !== null) {
				if (!isAsking) this.#refusal = refusal;
				return isAsking ? refusal : null;
			}
			const connection = this.#connections.at(-1);
			if (connection === undefined || this.#connections.length === before) return null;
			if (question !== null && connection.answers.length > 0) {
				this.answers.keep(connection);
				return null;
			}
			if (connection.outcome !== 'open' || !connection.handshake?.hostKeyProven) {
				// A server without the host key type of this Safe has not been asked for another one.
				if (question !== null && !lacksHostKeyType(connection)) this.answers.keepUnanswered(question, connection);
				return null;
			}
		}
		return null;
	}

	#nextType(safe: Safe, forQuestion: boolean): NextType {
		const connections = atMainAddress(this.#connections);
		const { knownKeys } = this.#known;
		const next = safe.hostKey === null ? undefined : leastSeenType(this.#known);
		return nextHostKeyType(safe.hostKey, connections, forQuestion, this.#carried(safe), knownKeys, next);
	}

	#carried({ hostKey }: Safe): CarriedHostKey[] {
		return keysThatStand(this.#known.carriedKeys, atMainAddress(this.#connections), hostKey);
	}

	/** Nothing more can be learned: the name, the port or SSH itself failed. */
	#isDown(): boolean {
		if (this.name?.error) return true;
		if (this.#connections.length === 0 || this.#isRefused) return false;
		// A server without the type one Safe stored may have that of another.
		return !this.#connections.some((connection) => connection.handshake?.hostKeyProven || lacksHostKeyType(connection));
	}

	/** The main address offers the key the Safe has stored, or nothing that could be compared. */
	#isStored(safe: Safe): boolean {
		const { hostKey } = safe;
		const offered = offeredKeys(atMainAddress(this.#connections), this.#carried(safe));
		return offered.length === 0 || (hostKey !== null && offered.some((key) => sameHostKey(hostKey, key)));
	}

	/** One connection, to the first address that opens. Pushes its evidence; returns why it was not made. */
	async #connect(safe: Safe, type: NextType, question: AuthQuestion | null): Promise<BudgetRefusal | null> {
		const main = mainAddress(this.#connections);
		const addresses = main === null ? (this.name?.addresses ?? []) : [main];
		for (const [index, address] of addresses.entries()) {
			// The time that is left is for all of them.
			const times = () => this.#deadline.times(addresses.length - index);
			const refusal = await this.#connectTo(safe, address, type, question, times);
			this.#isRefused = refusal !== null;
			if (refusal !== null) return refusal;
			if (this.#connections.at(-1)?.outcome === 'open') return null;
		}
		return null;
	}

	async #connectTo(
		safe: Safe,
		address: string,
		type: NextType,
		question: AuthQuestion | null,
		times: ConnectOptions['times'],
	): Promise<BudgetRefusal | null> {
		const types = type === 'any' || type === 'none' ? null : [type];
		const main = mainAddress(this.#connections);
		const isOther = main !== null && main !== address;
		const connection = await connectWithinBudget(
			this.#host,
			safe.exempt ? null : this.#ledger,
			{ safe, address, siblings: this.name?.addresses ?? [], isOther, types, question },
			{
				...this.#options,
				times,
				onQueued: (ms) => this.#deadline.extend(ms),
				onWait: (until) => {
					this.#deadline.extend(Math.max(0, until - Date.now()));
					this.#options.onWait(safe, until);
				},
			},
		);
		if (isRefusal(connection)) return connection;
		this.#connections.push(connection);
		return null;
	}

	/** The other addresses of the name. In the background now and then only: each costs what a look at the first one would. */
	async #measureOthers(safe: Safe): Promise<void> {
		const untried = untriedAddresses(this.name?.addresses ?? [], this.#connections);
		const isSkipped = (address: string) =>
			this.#options.trigger === 'background' && this.#known.addressesSeen.has(address);
		for (const address of untried.filter(isSkipped)) this.#refusedAddresses.add(address);
		const wanted = untried.filter((address) => !isSkipped(address));
		await Promise.all(wanted.map((address) => this.#measureAddress(safe, address)));
	}

	async #measureAddress(safe: Safe, address: string): Promise<void> {
		const here = () => this.#connections.filter((connection) => connection.address === address);
		// Each has the time of one row, whatever the main address took.
		const { checkTimeoutMs } = this.#options;
		const times = () => ({ openMs: checkTimeoutMs, checkTimeoutMs, safeTimeoutMs: 2 * checkTimeoutMs });
		for (let type = this.#typeAt(safe, here()); type !== 'none'; type = this.#typeAt(safe, here())) {
			const before = here().length;
			const refusal = await this.#connectTo(safe, address, type, null, times);
			if (refusal !== null) this.#refusedAddresses.add(address);
			if (refusal !== null || here().length === before || !here().at(-1)?.handshake?.hostKeyProven) return;
		}
	}

	/** The type on which the main address was right is the one to ask another address for. */
	#typeAt({ hostKey }: Safe, connections: readonly ConnectionEvidence[]): NextType {
		const known = offeredKeys(atMainAddress(this.#connections), this.#known.knownKeys);
		const stored = hostKey === null ? null : withTypeOf(hostKey, known);
		return nextHostKeyType(stored, connections, false);
	}

	/** A key that is not the stored one: what known_hosts says of it, and which other key types changed with it. */
	async #compareWithKnown(safe: Safe): Promise<void> {
		const { checkTimeoutMs: timeoutMs, signal } = this.#options;
		this.#knownHosts ??= await readKnownHosts(this.#host, this.#target.host, safe.port, { timeoutMs, signal });
		const main = mainAddress(this.#connections);
		if (safe.hostKey === null || main === null) return;
		const before = [...this.#known.trustedKeys, ...this.#knownHosts.keys];
		for (const type of typesToCompare(before, atMainAddress(this.#connections), this.#carried(safe))) {
			if (this.#deadline.isOver()) return;
			if ((await this.#connectTo(safe, main, type, null, () => this.#deadline.times())) !== null) return;
		}
	}

	#evidence(safe: Safe): TargetEvidence {
		return {
			...this.#target,
			name: this.name,
			connections: [...this.#connections],
			carriedKeys: this.#carried(safe),
			refusedAddresses: [...this.#refusedAddresses],
			knownHosts: this.#knownHosts,
			refusal: this.#refusal,
			// Before its first connection it may have waited long for a place or a turn.
			measuredAt: this.#connections[0]?.startedAt ?? this.#startedAt.toISOString(),
			durationMs: performance.now() - this.#started,
		};
	}
}

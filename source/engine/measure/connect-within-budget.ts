import type { BudgetRefusal, ConnectionEvidence } from '../../domain/evidence.ts';
import type { HostKeyType } from '../../domain/host-key.ts';
import type { Safe } from '../../domain/inventory.ts';
import type { Host } from '../../hosts/host.ts';
import type { ProbeKind } from '../../probes/probe-budget.ts';
import type { AuthQuestion } from '../../probes/ssh-auth.ts';
import type { Ledger, ReservationEnd } from '../../storage/ledger.ts';
import { type ConnectionResult, type Prober, type ProbeTimes, probeConnection } from './probe-connection.ts';
import { watchForStall } from './stall-watch.ts';
import { type BudgetWaitOptions, isRefusal, waitForBudget } from './wait-for-budget.ts';

export type ConnectOptions = BudgetWaitOptions & {
	/** Does a connection's work when there is a place for it; waiting for a turn in the budget takes none. */
	readonly inSlot: <Value>(work: () => Promise<Value>) => Promise<Value>;
	/** Told how many milliseconds that took, which are no slowness of the target's. */
	readonly onQueued: (ms: number) => void;
	readonly times: () => ProbeTimes;
	/** Who probes for a host, where that is not this thread itself. */
	readonly proberFor?: ((host: Host) => Prober | null) | undefined;
};

export type PlannedConnection = {
	readonly safe: Safe;
	readonly address: string;
	/** All addresses of the target's name. */
	readonly siblings: readonly string[];
	/** Not the address that sessions go to. */
	readonly isOther: boolean;
	/** Ask for these host key types only. */
	readonly types: readonly HostKeyType[] | null;
	readonly question: AuthQuestion | null;
};

/** One connection to one address: reserved right before it is made, released after it to what the target will hold against us. */
export function connectWithinBudget(
	host: Host,
	ledger: Ledger | null,
	probe: PlannedConnection,
	options: ConnectOptions,
): Promise<ConnectionEvidence | BudgetRefusal> {
	return waitForBudget(options, () => {
		const queuedAt = performance.now();
		return options.inSlot(() => {
			options.onQueued(performance.now() - queuedAt);
			return tryOnce(host, ledger, probe, options);
		});
	});
}

async function tryOnce(
	host: Host,
	ledger: Ledger | null,
	probe: PlannedConnection,
	options: ConnectOptions,
): Promise<ConnectionEvidence | BudgetRefusal> {
	if (ledger === null) return { ...(await probeFor(host, probe, options)).result, held: null };
	const { safe, address, siblings } = probe;
	const kind = kindOf(probe);
	const key = { source: host.ledgerName ?? host.name, address, port: safe.port, siblings };
	let { question } = probe;
	const reserve = () => {
		const { trigger } = options;
		return ledger.reserve(key, { kind, trigger, keys: keysIn(question) });
	};
	let reserved = await reserve();
	// There may be room for fewer keys.
	while (isRefusal(reserved) && reserved.reason === 'refused-queries' && keysIn(question) > 1) {
		question = withoutLast(question);
		reserved = await reserve();
	}
	if (isRefusal(reserved)) return reserved;
	const { result, isEndKnown } = await probeFor(host, { ...probe, question }, options);
	// Else the target may hold all of it against us: the reservation stays as it is.
	if (isEndKnown) {
		const refused = result.answers.filter(({ answer }) => answer !== 'accepted').length;
		await ledger.release(reserved, kind, reservationEndOf(result), refused);
	}
	return { ...result, held: reserved.used };
}

/** @returns what came back, and whether it tells how the connection ended for the target. */
async function probeFor(
	host: Host,
	probe: PlannedConnection,
	{ times, signal, proberFor }: ConnectOptions,
): Promise<{ readonly result: ConnectionResult; readonly isEndKnown: boolean }> {
	const { safe, address, types, question } = probe;
	const request = { address, port: safe.port, stored: safe.hostKey, types, question, ...times() };
	const stall = watchForStall();
	try {
		const result = await (proberFor?.(host)?.(request, signal) ?? probeConnection(host, request, signal));
		if (result === null) return { result: unknownEnd(probe), isEndKnown: false };
		const isStopped = isTimeout(result) && stall.wasStopped();
		return isStopped ? { result: stoppedMeanwhile(result), isEndKnown: false } : { result, isEndKnown: true };
	} finally {
		stall.end();
	}
}

function isTimeout({ outcome, handshake, answers }: ConnectionResult): boolean {
	return outcome === 'timeout' || handshake?.ended === 'timeout' || answers.some(({ answer }) => answer === 'none');
}

/** It was this program that did not go on, not the target. */
function stoppedMeanwhile(result: ConnectionResult): ConnectionResult {
	const error = 'vpmon was stopped while it measured; it is measured again with the next sweep';
	return { ...result, outcome: 'other', error, handshake: null, answers: [] };
}

function unknownEnd({ address, safe }: PlannedConnection): ConnectionResult {
	return {
		startedAt: new Date().toISOString(),
		address,
		port: safe.port,
		outcome: 'other',
		error: 'the part of vpmon that measures ended in the middle; it is measured again with the next sweep',
		connectMs: 0,
		sourceAddress: null,
		sourcePort: null,
		handshake: null,
		answers: [],
	};
}

function kindOf({ question, isOther }: PlannedConnection): ProbeKind {
	if (question === null) return isOther ? 'another-address' : 'unfinished';
	return question.kind === 'methods' ? 'methods' : 'key-query';
}

function keysIn(question: AuthQuestion | null): number {
	return question?.kind === 'public-key' ? question.keys.length : 1;
}

function withoutLast(question: AuthQuestion | null): AuthQuestion | null {
	return question?.kind === 'public-key' ? { ...question, keys: question.keys.slice(0, -1) } : question;
}

/** What the target's sshd will hold against us for this connection. */
function reservationEndOf({ outcome, answers }: Pick<ConnectionEvidence, 'outcome' | 'answers'>): ReservationEnd {
	if (outcome !== 'open' && outcome !== 'reset') return 'not-reached';
	if (answers.length === 0) return 'unfinished';
	if (answers.some(({ answer }) => answer === 'open')) return 'open';
	return answers.every(({ answer }) => answer === 'accepted') ? 'query-accepted' : 'query-refused';
}

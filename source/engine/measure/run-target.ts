import type { BudgetRefusal, TargetEvidence } from '../../domain/evidence.ts';
import type { Safe } from '../../domain/inventory.ts';
import type { AskableKey } from '../../probes/public-key.ts';
import { type AuthQuestion, mostKeysAtOnce } from '../../probes/ssh-auth.ts';
import type { AuthAnswer } from '../../runbook/judgement.ts';
import type { ConnectOptions } from './connect-within-budget.ts';
import type { TargetRun } from './target-run.ts';

export type TargetRunOptions = Omit<ConnectOptions, 'onWait' | 'onQueued' | 'times'> & {
	/** For one row. */
	readonly checkTimeoutMs: number;
	/** For all rows of one Safe, without waiting for the budget. */
	readonly safeTimeoutMs: number;
	/** Told before each wait for a turn in the probe budget. */
	readonly onWait: (safe: Safe, until: number) => void;
};

/** A Safe with the question to put for it; null when only its port and host key are to be measured. */
export type SafeQuestion = { readonly safe: Safe; readonly ask: AskableKey | 'methods' | null };

export type TargetRunResult = {
	readonly target: TargetEvidence;
	readonly auth: AuthAnswer | null;
	readonly authRefusal: BudgetRefusal | null;
};

/**
 * Measures one target for all its Safes, one connection after the other: what one connection answers is not asked again, and up to
 * three keys of one user share one. A host key that is not the stored one is only held against the target after all its key types
 * were asked for.
 *
 * @param run of their target, its name resolved.
 * @param questions Safes of one host and port, through one connector host.
 */
export async function runTarget(
	run: TargetRun,
	questions: readonly SafeQuestion[],
	signal: AbortSignal,
	onResult: (safe: Safe, result: TargetRunResult) => void,
): Promise<void> {
	for (const batch of batches(questions)) {
		if (signal.aborted) return;
		run.begin();
		const refusal = batch.question === null ? null : await run.ask(batch.first, batch.question);
		for (const { safe, ask } of batch.members) {
			const target = await run.complete(safe);
			const fingerprint = ask === null || ask === 'methods' ? null : ask.fingerprint;
			const auth = ask === null ? null : run.answers.of(safe.username, fingerprint);
			onResult(safe, { target, auth, authRefusal: auth === null ? refusal : null });
		}
	}
}

type Batch = {
	readonly first: Safe;
	readonly members: readonly SafeQuestion[];
	readonly question: AuthQuestion | null;
};

/** Who can share a connection; who has a question goes first, since its connection answers for the others too. */
function batches(questions: readonly SafeQuestion[]): Batch[] {
	const asking = new Map<string, SafeQuestion[]>();
	for (const question of questions) {
		const { safe, ask } = question;
		if (ask === null) continue;
		// The question is only put to the stored host key, and counted in the ledger unless exempt.
		const key = JSON.stringify([safe.username, ask === 'methods', safe.hostKey?.fingerprint ?? null, safe.exempt]);
		asking.set(key, [...(asking.get(key) ?? []), question]);
	}
	const silent = questions.filter(({ ask }) => ask === null);
	return [
		...[...asking.values()].flatMap(split),
		...silent.map((question) => ({ first: question.safe, members: [question], question: null })),
	];
}

/** Not more keys at once than a server answers on one connection. */
function split(questions: readonly SafeQuestion[]): Batch[] {
	const byKey = Map.groupBy(questions, ({ ask }) => (ask === null || ask === 'methods' ? null : ask.fingerprint));
	const found: Batch[] = [];
	const groups = [...byKey.values()];
	for (let start = 0; start < groups.length; start += mostKeysAtOnce) {
		const members = groups.slice(start, start + mostKeysAtOnce).flat();
		const [first] = members;
		if (first !== undefined) found.push({ first: first.safe, members, question: questionOf(members) });
	}
	return found;
}

function questionOf(members: readonly SafeQuestion[]): AuthQuestion | null {
	const username = members[0]?.safe.username ?? '';
	const asked = members.flatMap(({ ask }) => ask ?? []);
	if (asked.includes('methods')) return { kind: 'methods', username };
	const keys = asked.filter((ask) => ask !== 'methods');
	const distinct = keys.filter(
		({ fingerprint }, index) => keys.findIndex((k) => k.fingerprint === fingerprint) === index,
	);
	return { kind: 'public-key', username, keys: distinct };
}

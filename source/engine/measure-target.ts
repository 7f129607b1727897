import type { CheckId } from '../domain/check.ts';
import type { Safe } from '../domain/inventory.ts';
import type { Host } from '../hosts/host.ts';
import { readPublicKey } from '../probes/public-key.ts';
import { findLogProof } from '../runbook/log-proof.ts';
import type { Ledger } from '../settings/ledger.ts';
import { type Climber, type ClimbOptions, type ClimbResult, climbTarget } from './climb-target.ts';
import type { Knowledge, Only } from './knowledge.ts';
import type { LogBook } from './log-book.ts';
import { isQuestionDue, questionAbout } from './memory.ts';

export type MeasureOptions = Omit<ClimbOptions, 'onWait'> & {
	readonly only: Only;
	readonly onWait?: ((safe: Safe, until: number) => void) | undefined;
};

/** Rows that need a question about the credential; the others only need the target. */
const credentialRows: readonly CheckId[] = ['username', 'ssh-key'];

type Asking = Climber & { readonly about: string };

/** Measures rows 2 to 5 of the Safes of one target, and shows each as soon as it is known. */
export async function measureTarget(
	host: Host,
	ledger: Ledger | null,
	knowledge: Knowledge,
	logs: LogBook,
	safes: readonly Safe[],
	options: MeasureOptions,
): Promise<void> {
	const { only } = options;
	const climbers = new Map<Safe, Asking>();
	for (const safe of safes) climbers.set(safe, await prepare(knowledge, safe, options));
	const finish = async (safe: Safe, result: ClimbResult) => {
		remember(knowledge, safe, result, climbers.get(safe)?.about ?? null);
		knowledge.setRunning(safe, 'done');
		knowledge.conclude(safe, only);
		if (result.auth?.auth.answer !== 'refused') return;
		// Only the target's own log tells an unknown user from an unknown key.
		const { lines, from } = await logs.recent(knowledge.connectorOf(safe));
		const memory = knowledge.of(safe);
		memory.proof = findLogProof(lines, result.auth, from);
		if (memory.proof !== null) knowledge.conclude(safe, only);
	};
	const finishing: Array<Promise<void>> = [];
	const onWait = (safe: Safe, until: number) => {
		knowledge.setRunning(safe, only, until);
		options.onWait?.(safe, until);
	};
	try {
		await climbTarget(host, ledger, [...climbers.values()], { ...options, onWait }, (safe, result) => {
			finishing.push(finish(safe, result));
		});
		await Promise.all(finishing);
	} finally {
		for (const safe of safes) knowledge.setRunning(safe, 'done');
	}
}

async function prepare(knowledge: Knowledge, safe: Safe, { only, trigger }: MeasureOptions): Promise<Asking> {
	const memory = knowledge.of(safe);
	const wanted = only === null || credentialRows.some((id) => only.has(id));
	const read = wanted && safe.credential.type === 'ssh-key' ? await readPublicKey(safe.credential.publicKey) : null;
	memory.key = read?.evidence ?? null;
	const about = questionAbout(safe, memory.key, knowledge.connectorResult(knowledge.connectorOf(safe)));
	if (!wanted || !isQuestionDue(memory, trigger, about, Date.now())) return { safe, ask: null, about };
	return { safe, ask: safe.credential.type === 'password' ? 'methods' : (read?.key ?? null), about };
}

function remember(knowledge: Knowledge, safe: Safe, result: ClimbResult, about: string | null): void {
	const memory = knowledge.of(safe);
	memory.target = result.target;
	memory.authRefusal = result.authRefusal;
	if (result.auth === null) return;
	memory.auth = result.auth;
	memory.askedAbout = about;
	memory.proof = null;
}

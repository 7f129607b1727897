import type { CheckId } from '../../domain/check.ts';
import type { LogProof, TargetEvidence } from '../../domain/evidence.ts';
import type { Safe } from '../../domain/inventory.ts';
import type { Host } from '../../hosts/host.ts';
import { createKeyReader, type KeyReader } from '../../probes/public-key.ts';
import { findLogProof } from '../../runbook/log-proof.ts';
import type { Ledger } from '../../storage/ledger.ts';
import type { Knowledge, Only } from '../knowledge.ts';
import type { LogBook } from '../log-book.ts';
import { isQuestionDue, questionAbout } from '../memory.ts';
import type { JumpHost } from './jump-hosts.ts';
import { runTarget, type SafeQuestion, type TargetRunOptions, type TargetRunResult } from './run-target.ts';

export type MeasureTargetOptions = Omit<TargetRunOptions, 'onWait' | 'carriedKeys' | 'trustedKeys'> & {
	readonly only: Only;
	readonly onWait?: ((safe: Safe, until: number) => void) | undefined;
	readonly onDone: (safe: Safe) => void;
	/** Told what came back; not what failed with the way to the connector's host. */
	readonly onMeasured?: ((safe: Safe, target: TargetEvidence) => void) | undefined;
	/** How the user's own ssh goes to a target that was not reached. */
	readonly jumpHostOf: (safe: Safe) => Promise<JumpHost>;
};

/** Rows that need a question about the credential; the others only need the target. */
const credentialRows: readonly CheckId[] = ['username', 'ssh-key'];

type Asking = SafeQuestion & { readonly about: string };

export type MeasureTarget = ReturnType<typeof createMeasurer>;

/** For the targets of one run, which share the keys that are read. */
export function createMeasurer() {
	return measureTarget.bind(null, createKeyReader());
}

/** Measures rows 2 to 5 of the Safes of one target, and shows each as soon as it is known. */
async function measureTarget(
	readKey: KeyReader,
	host: Host,
	ledger: Ledger | null,
	knowledge: Knowledge,
	logs: LogBook,
	safes: readonly [Safe, ...Safe[]],
	options: MeasureTargetOptions,
): Promise<void> {
	const { only, signal } = options;
	const questions = new Map<Safe, Asking>();
	const unfinished = new Set(safes);
	for (const safe of safes) knowledge.running.start(safe, only);
	const finish = async (safe: Safe, result: TargetRunResult) => {
		const proof = await readProof(knowledge, logs, safe, result);
		const since = Date.parse(result.target.connections.at(-1)?.startedAt ?? result.target.measuredAt);
		const isCut = host.link !== undefined && !(await host.link.heardSince(since, signal));
		if (signal.aborted) return;
		const target = { ...result.target, detour: isUnreached(result.target) ? await options.jumpHostOf(safe) : null };
		if (signal.aborted) return;
		// What failed with the way to the host says nothing of the target.
		if (!isCut) {
			knowledge.learn(safe, { ...result, target }, proof, questions.get(safe)?.about ?? null);
			options.onMeasured?.(safe, target);
		}
		unfinished.delete(safe);
		knowledge.running.stop(safe);
		knowledge.conclude(safe, only);
		options.onDone(safe);
	};
	const finishing: Array<Promise<void>> = [];
	const onWait = (safe: Safe, until: number) => {
		knowledge.running.wait(safe, until);
		options.onWait?.(safe, until);
	};
	try {
		for (const safe of safes) {
			if (signal.aborted) return;
			questions.set(safe, await prepare(readKey, knowledge, safe, options));
		}
		const carriedKeys = knowledge.offeredBefore(safes);
		const { trustedKeys } = knowledge.of(safes[0]);
		const runOptions = { ...options, onWait, carriedKeys, trustedKeys };
		await runTarget(host, ledger, [...questions.values()], runOptions, (safe, result) => {
			finishing.push(finish(safe, result));
		});
		await Promise.all(finishing);
	} finally {
		for (const safe of unfinished) {
			knowledge.running.stop(safe);
			options.onDone(safe);
		}
	}
}

async function prepare(
	readKey: KeyReader,
	knowledge: Knowledge,
	safe: Safe,
	{ only, trigger }: MeasureTargetOptions,
): Promise<Asking> {
	const memory = knowledge.of(safe);
	const wanted = only === null || credentialRows.some((id) => only.has(id));
	const read = wanted && safe.credential.type === 'ssh-key' ? await readKey(safe.credential.publicKey) : null;
	memory.key = read?.evidence ?? null;
	const about = questionAbout(safe, memory.key);
	if (!wanted || !isQuestionDue(memory, trigger, about, Date.now())) return { safe, ask: null, about };
	return { safe, ask: safe.credential.type === 'password' ? 'methods' : (read?.key ?? null), about };
}

/** Only the target's own log tells an unknown user from an unknown key. */
async function readProof(
	knowledge: Knowledge,
	logs: LogBook,
	safe: Safe,
	{ auth }: TargetRunResult,
): Promise<LogProof | null> {
	if (auth?.auth.answer !== 'refused') return null;
	const { lines, from } = await logs.recent(knowledge.connectorOf(safe));
	return findLogProof(lines, auth, from);
}

function isUnreached({ name, connections }: TargetEvidence): boolean {
	return Boolean(name?.error) || (connections.length > 0 && connections.every(({ outcome }) => outcome !== 'open'));
}

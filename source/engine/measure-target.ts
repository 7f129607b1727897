import type { CheckId } from '../domain/check.ts';
import type { LogProof, TargetEvidence } from '../domain/evidence.ts';
import type { Safe } from '../domain/inventory.ts';
import type { Host } from '../hosts/host.ts';
import { createKeyReader, type KeyReader } from '../probes/public-key.ts';
import { findLogProof } from '../runbook/log-proof.ts';
import type { Ledger } from '../settings/ledger.ts';
import { type Climber, type ClimbOptions, type ClimbResult, climbTarget } from './climb-target.ts';
import type { Detour } from './detours.ts';
import type { LogBook } from './log-book.ts';
import type { Only } from './session/fact.ts';
import { isQuestionDue, questionAbout } from './session/question-due.ts';
import { connectorOf, factsOf, offeredBefore } from './session/read.ts';
import type { SessionStore } from './session/session.ts';

export type MeasureOptions = Omit<ClimbOptions, 'onWait' | 'carriedKeys' | 'trustedKeys'> & {
	readonly only: Only;
	readonly onWait?: ((safe: Safe, until: number) => void) | undefined;
	readonly onDone: (safe: Safe) => void;
	/** Told what came back; not what failed with the way to the connector's host. */
	readonly onMeasured?: ((safe: Safe, target: TargetEvidence) => void) | undefined;
	/** How the user's own ssh goes to a target that was not reached. */
	readonly detourOf: (safe: Safe) => Promise<Detour>;
};

/** Rows that need a question about the credential; the others only need the target. */
const credentialRows: readonly CheckId[] = ['username', 'ssh-key'];

type Asking = Climber & { readonly about: string };

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
	session: SessionStore,
	logs: LogBook,
	safes: readonly [Safe, ...Safe[]],
	options: MeasureOptions,
): Promise<void> {
	const { signal } = options;
	const climbers = new Map<Safe, Asking>();
	const unfinished = new Set(safes);
	for (const safe of safes) session.learn({ kind: 'measuring started', safe });
	const finish = async (safe: Safe, result: ClimbResult) => {
		const proof = await readProof(session, logs, safe, result);
		const since = Date.parse(result.target.connections.at(-1)?.startedAt ?? result.target.measuredAt);
		const isCut = host.link !== undefined && !(await host.link.heardSince(since, signal));
		if (signal.aborted) return;
		const target = { ...result.target, detour: isUnreached(result.target) ? await options.detourOf(safe) : null };
		if (signal.aborted) return;
		// What failed with the way to the host says nothing of the target.
		if (!isCut) {
			const about = climbers.get(safe)?.about ?? null;
			const measured = { ...result, target };
			session.learn({ kind: 'target measured', safe, result: measured, proof, about, writer: null });
			options.onMeasured?.(safe, target);
		} else session.learn({ kind: 'target not measured', safe });
		unfinished.delete(safe);
		session.learn({ kind: 'measuring stopped', safe });
		options.onDone(safe);
	};
	const finishing: Array<Promise<void>> = [];
	const onWait = (safe: Safe, until: number) => {
		session.learn({ kind: 'measuring waits', safe, until });
		options.onWait?.(safe, until);
	};
	try {
		for (const safe of safes) {
			if (signal.aborted) return;
			climbers.set(safe, await prepare(readKey, session, safe, options));
		}
		const carriedKeys = offeredBefore(session, safes);
		const { trustedKeys } = factsOf(session, safes[0]);
		const climbOptions = { ...options, onWait, carriedKeys, trustedKeys };
		await climbTarget(host, ledger, [...climbers.values()], climbOptions, (safe, result) => {
			finishing.push(finish(safe, result));
		});
		await Promise.all(finishing);
	} finally {
		for (const safe of unfinished) {
			session.learn({ kind: 'measuring stopped', safe });
			options.onDone(safe);
		}
	}
}

async function prepare(
	readKey: KeyReader,
	session: SessionStore,
	safe: Safe,
	{ only, trigger }: MeasureOptions,
): Promise<Asking> {
	const wanted = only === null || credentialRows.some((id) => only.has(id));
	const read = wanted && safe.credential.type === 'ssh-key' ? await readKey(safe.credential.publicKey) : null;
	const key = read?.evidence ?? null;
	session.learn({ kind: 'key read', safe, key });
	const about = questionAbout(safe, key);
	if (!wanted || !isQuestionDue(factsOf(session, safe), trigger, about, Date.now())) return { safe, ask: null, about };
	return { safe, ask: safe.credential.type === 'password' ? 'methods' : (read?.key ?? null), about };
}

/** Only the target's own log tells an unknown user from an unknown key. */
async function readProof(
	session: SessionStore,
	logs: LogBook,
	safe: Safe,
	{ auth }: ClimbResult,
): Promise<LogProof | null> {
	if (auth?.auth.answer !== 'refused') return null;
	const { lines, from } = await logs.recent(connectorOf(session, safe));
	return findLogProof(lines, auth, from);
}

function isUnreached({ name, connections }: TargetEvidence): boolean {
	return Boolean(name?.error) || (connections.length > 0 && connections.every(({ outcome }) => outcome !== 'open'));
}

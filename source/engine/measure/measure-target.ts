import type { TargetEvidence } from '../../domain/evidence.ts';
import type { Safe } from '../../domain/inventory.ts';
import type { Host } from '../../hosts/host.ts';
import { createKeyReader, type KeyReader } from '../../probes/public-key.ts';
import type { Ledger } from '../../storage/ledger.ts';
import type { LogBook } from '../log-book.ts';
import type { Only } from '../session/fact.ts';
import { factsOf } from '../session/read.ts';
import type { SessionStore } from '../session/session.ts';
import type { Origin } from '../sharing/board.ts';
import { beganSince, type Freshness } from '../sharing/freshness.ts';
import { type LearnSharedOptions, learnShared } from '../sharing/learn-shared.ts';
import type { SiteSharing } from '../sharing/site-sharing.ts';
import { TargetSharing } from '../sharing/target-sharing.ts';
import type { JumpHost } from './jump-hosts.ts';
import { knownOfTarget } from './known-of-target.ts';
import { isKnown, isTargetKnown, type PreparedQuestion, prepareQuestion, questionFor } from './prepared-question.ts';
import { readLogProof } from './read-log-proof.ts';
import { runTarget, type TargetRunOptions, type TargetRunResult } from './run-target.ts';
import { TargetRun } from './target-run.ts';

export type MeasureTargetOptions = Omit<TargetRunOptions, 'onWait'> & {
	readonly only: Only;
	/** From when on evidence of anybody is as good as a new measurement. */
	readonly freshness: Freshness;
	/** Where the probes leave from. */
	readonly origin: Origin;
	readonly sharing: SiteSharing;
	readonly onWait?: ((safe: Safe, until: number) => void) | undefined;
	/** Another program measures the target just now. */
	readonly onClaimed?: (() => void) | undefined;
	readonly onDone: (safe: Safe) => void;
	/** Told what came back; not what failed with the way to the connector's host. */
	readonly onMeasured?: ((safe: Safe, target: TargetEvidence) => void) | undefined;
	/** True for what this program has to measure itself before it believes it. */
	readonly isDoubted?: LearnSharedOptions['isDoubted'];
	/** How the user's own ssh goes to a target that was not reached. */
	readonly jumpHostOf: (safe: Safe) => Promise<JumpHost>;
};

export type MeasureTarget = ReturnType<typeof createMeasurer>;

/** For the targets of one run, which share the keys that are read. */
export function createMeasurer() {
	return measureTarget.bind(null, createKeyReader());
}

/**
 * Brings rows 2 to 5 of the Safes of one target up to date, and shows each as soon as it is known: from what other programs measured
 * where that is fresh enough, else by measuring, which is told to the others.
 */
async function measureTarget(
	readKey: KeyReader,
	host: Host,
	ledger: Ledger | null,
	session: SessionStore,
	logs: LogBook,
	safes: readonly [Safe, ...Safe[]],
	options: MeasureTargetOptions,
): Promise<void> {
	const { only, signal, sharing, origin } = options;
	const unfinished = new Set(safes);
	for (const safe of safes) session.learn({ kind: 'measuring started', safe });
	const finish = (safe: Safe) => {
		unfinished.delete(safe);
		session.learn({ kind: 'measuring stopped', safe });
		options.onDone(safe);
	};
	const told = new TargetSharing(sharing, origin, safes);
	const onWait = (safe: Safe, until: number) => {
		session.learn({ kind: 'measuring waits', safe, until });
		options.onWait?.(safe, until);
		// A command may wait for minutes: a person's key press need not wait with it.
		if (options.trigger !== 'background') void told.end();
	};
	try {
		const prepared = new Map<Safe, PreparedQuestion>();
		for (const safe of safes) {
			if (signal.aborted) return;
			prepared.set(safe, await prepareQuestion(readKey, session, safe, only));
		}
		const run = new TargetRun(host, ledger, safes[0], { ...options, onWait });
		await run.resolve();
		const { name } = run;
		const readProof = (safe: Safe, result: TargetRunResult) => readLogProof(session, logs, safe, result);
		const learnOptions = { ...options, board: sharing.board, host, session, readProof };
		/** Ends those of whom enough is known by now; returns whether any is left. */
		const takeKnown = async (): Promise<boolean> => {
			if (name === null || name.error !== null) return true;
			for (const safe of unfinished) {
				const asking = prepared.get(safe);
				if (asking === undefined) continue;
				const isNews = await learnShared(asking, name, learnOptions);
				if (!isKnown(session, asking, options)) continue;
				// Its key file may say something else than before.
				if (!isNews) session.learn({ kind: 'target not measured', safe });
				finish(safe);
			}
			return unfinished.size > 0 && !signal.aborted;
		};
		if (!(await takeKnown())) return;
		const isClaimed = await told.claim(
			name?.addresses ?? [],
			options.safeTimeoutMs,
			signal,
			() => options.onClaimed?.(),
			takeKnown,
		);
		if (!isClaimed || signal.aborted) return;
		const isFresh = async (safe: Safe) => {
			const asking = prepared.get(safe);
			// Where the question may not be put, what others know of the target is more than nothing.
			if (asking !== undefined && name !== null) await learnShared(asking, name, { ...learnOptions, takesPart: true });
			return isTargetKnown(session, safe, options);
		};
		run.know({ ...knownOfTarget(session, safes, name, options), isFresh });
		const questions = [...unfinished].map((safe) =>
			questionFor(session, prepared.get(safe) as PreparedQuestion, options),
		);
		const finishing: Array<Promise<void>> = [];
		const learn = async (safe: Safe, result: TargetRunResult) => {
			const proof = await readProof(safe, result);
			const since = Date.parse(result.target.connections.at(-1)?.startedAt ?? result.target.measuredAt);
			const isCut = host.link !== undefined && !(await host.link.heardSince(since, signal));
			if (signal.aborted) return;
			const detour = isUnreached(result.target) ? await options.jumpHostOf(safe) : null;
			if (signal.aborted) return;
			const asking = prepared.get(safe);
			// What failed with the way to the host says nothing of the target; nor does what others have measured anew since.
			if (!isCut && !isOvertaken(session, safe, result.target)) {
				const target = { ...result.target, detour };
				const about = asking?.about ?? null;
				const by = { writer: sharing.self, answeredTo: sharing.self };
				session.learn({ kind: 'target measured', safe, result: { ...result, target }, proof, about, ...by });
				told.tell(result.target, result.auth === null ? [] : [result.auth], options.checkTimeoutMs);
				options.onMeasured?.(safe, target);
			} else session.learn({ kind: 'target not measured', safe });
			finish(safe);
		};
		await runTarget(run, questions, signal, (safe, result) => {
			finishing.push(learn(safe, result));
		});
		await Promise.all(finishing);
	} finally {
		await told.end();
		for (const safe of unfinished) {
			session.learn({ kind: 'measuring stopped', safe });
			options.onDone(safe);
		}
	}
}

/** Another program measured the target after this run had begun, and that is known here already. */
function isOvertaken(session: SessionStore, safe: Safe, { connections, measuredAt }: TargetEvidence): boolean {
	const { target, targetBy } = factsOf(session, safe);
	if (target === null || connections.length === 0 || targetBy === session.facts.self) return false;
	return beganSince(Date.parse(target.measuredAt), Date.parse(measuredAt));
}

function isUnreached({ name, connections }: TargetEvidence): boolean {
	return Boolean(name?.error) || (connections.length > 0 && connections.every(({ outcome }) => outcome !== 'open'));
}

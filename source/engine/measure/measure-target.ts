import type { CheckId } from '../../domain/check.ts';
import type { NameEvidence, TargetEvidence } from '../../domain/evidence.ts';
import type { OfferedHostKey } from '../../domain/host-key.ts';
import type { Safe } from '../../domain/inventory.ts';
import { isTrustedWriter, type Writer } from '../../domain/measurement.ts';
import type { Host } from '../../hosts/host.ts';
import { type AskableKey, createKeyReader, type KeyReader } from '../../probes/public-key.ts';
import { atMainAddress, mainAddress } from '../../runbook/addresses.ts';
import { offeredKeys, offeredTypes } from '../../runbook/judge-host-key.ts';
import { nextHostKeyType } from '../../runbook/next-host-key-type.ts';
import { untriedAddresses } from '../../runbook/untried-addresses.ts';
import type { Ledger } from '../../storage/ledger.ts';
import type { LogBook } from '../log-book.ts';
import type { Only } from '../session/fact.ts';
import { isQuestionDue, questionAbout } from '../session/question-due.ts';
import { factsOf, offeredBefore, passes } from '../session/read.ts';
import type { SessionStore } from '../session/session.ts';
import type { Board, Origin } from '../sharing/board.ts';
import { beganSince, type Freshness } from '../sharing/freshness.ts';
import { type AskedSafe, type LearnSharedOptions, learnShared } from '../sharing/learn-shared.ts';
import { keyOf } from '../sharing/measured-parts.ts';
import { carriedMs } from '../sharing/shared-result.ts';
import type { SiteSharing } from '../sharing/site-sharing.ts';
import { TargetSharing } from '../sharing/target-sharing.ts';
import type { JumpHost } from './jump-hosts.ts';
import { readLogProof } from './read-log-proof.ts';
import { runTarget, type SafeQuestion, type TargetRunOptions, type TargetRunResult } from './run-target.ts';
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

/** Rows that need a question about the credential; the others only need the target. */
const credentialRows: readonly CheckId[] = ['username', 'ssh-key'];

type Asking = AskedSafe & { readonly key: AskableKey | null };

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
	const onWait = (safe: Safe, until: number) => {
		session.learn({ kind: 'measuring waits', safe, until });
		options.onWait?.(safe, until);
	};
	const told = new TargetSharing(sharing, origin, safes);
	try {
		const prepared = new Map<Safe, Asking>();
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
		const keysBefore = offeredBefore(session, safes);
		// A fix may write one of them.
		const carriedKeys = options.freshness.onlyTrusted
			? keysBefore.filter(({ seenBy }) => isTrusted(seenBy, sharing.self))
			: keysBefore;
		const knownKeys = [...carriedKeys, ...keysOnBoard(sharing.board, origin, safes[0], name)];
		const { trustedKeys } = factsOf(session, safes[0]);
		const unaskedTypes = typesOffered(session, safes[0]).filter(
			(type) => !carriedKeys.some((key) => key.type === type),
		);
		const seen = addressesSeen(session, safes[0]);
		const isFresh = (safe: Safe) => isTargetKnown(session, safe, options);
		run.know({ carriedKeys, knownKeys, unaskedTypes, trustedKeys, addressesSeen: seen, isFresh });
		const questions = [...unfinished].map((safe) => questionFor(session, prepared.get(safe) as Asking, options));
		const finishing: Array<Promise<void>> = [];
		const learn = async (safe: Safe, result: TargetRunResult) => {
			const proof = await readProof(safe, result);
			const since = Date.parse(result.target.connections.at(-1)?.startedAt ?? result.target.measuredAt);
			const isCut = host.link !== undefined && !(await host.link.heardSince(since, signal));
			if (signal.aborted) return;
			const detour = isUnreached(result.target) ? await options.jumpHostOf(safe) : null;
			if (signal.aborted) return;
			// What failed with the way to the host says nothing of the target.
			if (!isCut) {
				const target = { ...result.target, detour };
				const about = prepared.get(safe)?.about ?? null;
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

/** Host key types that the target had when it was last measured, by its own word. */
function typesOffered(session: SessionStore, safe: Safe): readonly string[] {
	const connections = atMainAddress(factsOf(session, safe).target?.connections ?? []);
	return offeredTypes(connections.flatMap(({ handshake }) => handshake ?? []));
}

/** Addresses of the target's name that need not be looked at in the background. */
function addressesSeen(session: SessionStore, safe: Safe): ReadonlySet<string> {
	const connections = factsOf(session, safe).target?.connections ?? [];
	const since = Date.now() - carriedMs;
	const lately = connections.filter(({ startedAt }) => beganSince(Date.parse(startedAt), since));
	return new Set(lately.map(({ address }) => address));
}

/** All host keys that anybody ever saw at these addresses. */
function keysOnBoard(board: Board, origin: Origin, { port }: Safe, name: NameEvidence | null): OfferedHostKey[] {
	return (name?.addresses ?? []).flatMap((address) => {
		const keys = board.at(keyOf(origin, address, port))?.hostKeys.values() ?? [];
		return [...keys].toSorted((a, b) => b.beganAt - a.beganAt).map(({ evidence }) => evidence);
	});
}

/** Reads keys without measuring anything. */
export function createKeyLearner(session: SessionStore): (safe: Safe) => Promise<void> {
	const readKey = createKeyReader();
	return async (safe) => {
		await prepareQuestion(readKey, session, safe, null);
	};
}

/** Reads the key of a Safe, and says what its question is about. */
export async function prepareQuestion(
	readKey: KeyReader,
	session: SessionStore,
	safe: Safe,
	only: Only,
): Promise<Asking> {
	const isWanted = wantsCredential(only);
	const { credential } = safe;
	const read = isWanted && credential.type === 'ssh-key' ? await readKey(credential.publicKey) : null;
	session.learn({ kind: 'key read', safe, key: read?.evidence ?? null });
	const about = questionAbout(safe, read?.evidence ?? null);
	const key = read?.key ?? null;
	const fingerprint = credential.type === 'password' ? null : key?.fingerprint;
	return { safe, about, key, fingerprint: isWanted ? fingerprint : undefined };
}

function wantsCredential(only: Only): boolean {
	return only === null || credentialRows.some((id) => only.has(id));
}

/** What is to be asked of the target; null in it where the port and the host key are enough. */
function questionFor(
	session: SessionStore,
	{ safe, about, fingerprint, key }: Asking,
	{ trigger, freshness, sharing }: MeasureTargetOptions,
): SafeQuestion {
	const known = factsOf(session, safe);
	const isFailing = trigger !== 'background' && !passes(session, safe);
	const asked = isFailing ? freshness.failing : freshness.passing;
	const askedAgainFrom = isFailing || freshness.asksAnew === true ? asked : null;
	const isForeign = freshness.onlyTrusted === true && !isTrusted(known.authBy, sharing.self);
	const isDue = isForeign || isQuestionDue(known, about, askedAgainFrom, Date.now());
	if (fingerprint === undefined || !isDue) return { safe, ask: null };
	return { safe, ask: fingerprint === null ? 'methods' : key };
}

/** Whether what is known of a Safe is as good as a new measurement. */
function isKnown(session: SessionStore, asking: Asking, options: MeasureTargetOptions): boolean {
	if (!isTargetKnown(session, asking.safe, options)) return false;
	return questionFor(session, asking, options).ask === null || !canBeAsked(session, asking.safe);
}

/** A question is only put where SSH answers with the right host key. */
function canBeAsked(session: SessionStore, safe: Safe): boolean {
	const { target } = factsOf(session, safe);
	const here = atMainAddress(target?.connections ?? []);
	const carried = target?.carriedKeys ?? [];
	return offeredKeys(here, carried).length > 0 && nextHostKeyType(safe.hostKey, here, true, carried) !== 'none';
}

/** The same of its target alone. */
function isTargetKnown(session: SessionStore, safe: Safe, { freshness, sharing }: MeasureTargetOptions): boolean {
	const { target, targetBy } = factsOf(session, safe);
	if (target === null || (freshness.onlyTrusted && !isTrusted(targetBy, sharing.self))) return false;
	const since = passes(session, safe) ? freshness.passing : freshness.failing;
	return beganSince(Date.parse(target.measuredAt), since) && isComplete(safe, target);
}

/** Another inventory may have a host key of another type stored, or one address alone in place of a name: what it needed is not all. */
function isComplete({ hostKey }: Safe, { name, connections, carriedKeys }: TargetEvidence): boolean {
	const here = atMainAddress(connections);
	const isProven = offeredKeys(here, carriedKeys).length > 0;
	if (isProven && nextHostKeyType(hostKey, here, false, carriedKeys) !== 'none') return false;
	const isTried = (address: string) => connections.some((connection) => connection.address === address);
	return mainAddress(connections) === null || untriedAddresses(name?.addresses ?? [], connections).every(isTried);
}

/** What nobody measured yet is no other user's. */
function isTrusted(writer: Writer | null, self: Writer): boolean {
	return writer === null || isTrustedWriter(writer, self);
}

function isUnreached({ name, connections }: TargetEvidence): boolean {
	return Boolean(name?.error) || (connections.length > 0 && connections.every(({ outcome }) => outcome !== 'open'));
}

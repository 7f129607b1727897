import type { CheckId } from '../../domain/check.ts';
import type { TargetEvidence } from '../../domain/evidence.ts';
import type { Safe } from '../../domain/inventory.ts';
import { isTrustedWriter, type Writer } from '../../domain/measurement.ts';
import { type AskableKey, createKeyReader, type KeyReader } from '../../probes/public-key.ts';
import { atMainAddress, mainAddress } from '../../runbook/addresses.ts';
import { offeredKeys } from '../../runbook/judge-host-key.ts';
import { nextHostKeyType } from '../../runbook/next-host-key-type.ts';
import { untriedAddresses } from '../../runbook/untried-addresses.ts';
import type { Only } from '../session/fact.ts';
import { isQuestionDue, questionAbout } from '../session/question-due.ts';
import { factsOf, passes } from '../session/read.ts';
import type { SessionStore } from '../session/session.ts';
import { beganSince } from '../sharing/freshness.ts';
import type { AskedSafe } from '../sharing/learn-shared.ts';
import type { MeasureTargetOptions } from './measure-target.ts';
import type { SafeQuestion } from './run-target.ts';

/** Rows that need a question about the credential; the others only need the target. */
const credentialRows: readonly CheckId[] = ['username', 'ssh-key'];

/** A Safe with the question about it, as its key file says it now. */
export type PreparedQuestion = AskedSafe & { readonly key: AskableKey | null };

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
): Promise<PreparedQuestion> {
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
export function questionFor(
	session: SessionStore,
	{ safe, about, fingerprint, key }: PreparedQuestion,
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
export function isKnown(session: SessionStore, asking: PreparedQuestion, options: MeasureTargetOptions): boolean {
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
export function isTargetKnown(
	session: SessionStore,
	safe: Safe,
	{ freshness, sharing }: MeasureTargetOptions,
): boolean {
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
export function isTrusted(writer: Writer | null, self: Writer): boolean {
	return writer === null || isTrustedWriter(writer, self);
}

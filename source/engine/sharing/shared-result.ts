import type { NameEvidence } from '../../domain/evidence.ts';
import { type CarriedHostKey, sameHostKey } from '../../domain/host-key.ts';
import type { Safe } from '../../domain/inventory.ts';
import type { Writer } from '../../domain/measurement.ts';
import { mainAddress } from '../../runbook/addresses.ts';
import type { AuthAnswer } from '../../runbook/judgement.ts';
import type { TargetRunResult } from '../measure/run-target.ts';
import { type AtAddress, answerId, type Board, type MeasurementOf, type Origin } from './board.ts';
import { beganSince } from './freshness.ts';
import { isSilent, keyOf } from './measured-parts.ts';

/** What is known of a Safe's target and of its question, as if this program had measured it. */
export type SharedResult = {
	readonly result: TargetRunResult;
	/** When the connection began that the freshness of rows 2 and 4 is counted from; milliseconds since 1970. */
	readonly targetBeganAt: number;
	readonly targetWriter: Writer;
	readonly targetRun: string;
	/** Of the answer; null where there is none. */
	readonly answerBeganAt: number | null;
	readonly answerWriter: Writer | null;
};

/** A key of a type that is not asked for again is looked at anew after so many milliseconds. */
export const carriedMs = 30 * 60_000;

type Asked = {
	readonly safe: Safe;
	/** How the target's name resolved, here or on the board. */
	readonly name: NameEvidence;
	/** Of the Safe's key; null for a password, whose question is about the methods; undefined where nothing can be asked. */
	readonly fingerprint: string | null | undefined;
	/** How long a step may take here: silence within less proves nothing. */
	readonly deadlineMs: number;
};

/** Puts together what the board has of a target; null where it has nothing that can be judged. Pure. */
export function sharedResult(
	board: Board,
	origin: Origin,
	{ safe, name, fingerprint, deadlineMs }: Asked,
): SharedResult | null {
	const here = name.addresses.flatMap((address) => {
		const found = board.at(keyOf(origin, address, safe.port));
		// Each address of a name has its part of the time for opening a connection.
		const enoughMs = deadlineMs / name.addresses.length;
		return found?.connections && isLongEnough(found.connections, enoughMs) ? [found] : [];
	});
	const all = here.flatMap(({ connections }) => connections ?? []);
	const [newest] = all.toSorted((a, b) => b.beganAt - a.beganAt);
	if (newest === undefined) return null;
	const connections = all.flatMap(({ evidence }) => evidence);
	const main = mainAddress(connections);
	const isTried = (address: string) => connections.some((connection) => connection.address === address);
	// Sessions go to the first address that answers: one before it that was not tried may well be that.
	const upToMain = main === null ? name.addresses : name.addresses.slice(0, name.addresses.indexOf(main));
	if (!upToMain.every(isTried)) return null;
	const lead =
		main === null ? newest : (all.find(({ evidence }) => evidence.some(({ address }) => address === main)) ?? newest);
	const atMain = here.find(({ connections: found }) => found === lead);
	const answer = fingerprint === undefined ? null : answerAt(atMain, safe, fingerprint);
	const carried = atMain === undefined ? [] : carriedKeys(atMain, lead);
	// Others may have asked for another host key type since: the stored one was seen when it was seen.
	const stored = carried.find((key) => safe.hostKey !== null && sameHostKey(safe.hostKey, key));
	const targetBeganAt = stored === undefined ? lead.beganAt : Math.min(lead.beganAt, Date.parse(stored.seenAt));
	return {
		result: {
			target: {
				host: safe.host,
				port: safe.port,
				name,
				connections,
				carriedKeys: carried,
				refusedAddresses: [],
				knownHosts: null,
				refusal: null,
				measuredAt: new Date(targetBeganAt).toISOString(),
				durationMs: Math.max(0, lead.endedAt - lead.beganAt),
			},
			auth: answer === null ? null : authOf(answer),
			authRefusal: null,
		},
		targetBeganAt,
		targetWriter: lead.writer,
		targetRun: lead.run,
		answerBeganAt: answer?.beganAt ?? null,
		answerWriter: answer?.writer ?? null,
	};
}

/** Keys of other types that were proven there lately, as long as every key that was asked for since is as it was. */
function carriedKeys(
	{ hostKeys }: AtAddress,
	{ evidence, beganAt, run }: MeasurementOf<'connections'>,
): CarriedHostKey[] {
	const seen = evidence.flatMap(({ handshake }) =>
		handshake?.hostKey && handshake.hostKeyProven ? [handshake.hostKey] : [],
	);
	const known = [...hostKeys.values()].filter((key) => beganSince(key.beganAt, beganAt - carriedMs));
	const isAsItWas = seen.every(({ type, sha256 }) =>
		known.every((key) => key.evidence.type !== type || key.evidence.sha256 === sha256 || key.run === run),
	);
	if (seen.length === 0 || !isAsItWas) return [];
	const others = known
		.filter(({ evidence: key }) => !seen.some(({ type }) => type === key.type))
		.toSorted((a, b) => b.beganAt - a.beganAt);
	return others
		.filter((key, index) => others.findIndex(({ evidence: { type } }) => type === key.evidence.type) === index)
		.map((key) => ({ ...key.evidence, seenAt: new Date(key.beganAt).toISOString(), seenBy: key.writer }));
}

/** The answer about this user and key, unless the target has another host key of that type by now: it may be another machine. */
function answerAt(
	here: AtAddress | undefined,
	{ username, credential }: Safe,
	fingerprint: string | null,
): MeasurementOf<'answer'> | null {
	if (here === undefined || credential.type === 'unknown') return null;
	const answer = here.answers.get(answerId(username, fingerprint)) ?? null;
	const then = answer?.evidence.connection.handshake?.hostKey;
	const now = here.connections?.evidence.flatMap(({ handshake }) => handshake?.hostKey ?? []) ?? [];
	const isOther = now.some(({ type, sha256 }) => type === then?.type && sha256 !== then.sha256);
	return isOther ? null : answer;
}

function authOf({ evidence: { auth, connection } }: MeasurementOf<'answer'>): AuthAnswer {
	return { auth, connection };
}

/** Silence is only proof for who would not have waited longer. */
function isLongEnough({ evidence, deadlineMs: had }: MeasurementOf<'connections'>, deadlineMs: number): boolean {
	return had >= deadlineMs || !evidence.some(isSilent);
}

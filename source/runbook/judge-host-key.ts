import type { ConnectionEvidence, HandshakeEvidence, TargetEvidence } from '../domain/evidence.ts';
import {
	hostKeyTypes,
	type OfferedHostKey,
	type StoredHostKey,
	sameHostKey,
	shortKeyType,
	withTypeOf,
} from '../domain/host-key.ts';
import { formatPlace, type Safe } from '../domain/inventory.ts';
import type { HostKeyRowEvidence } from '../domain/row-evidence.ts';
import { formatDay } from '../domain/time.ts';
import { atMainAddress, atOtherAddresses } from './addresses.ts';
import { hostKeyNotes } from './host-key-notes.ts';
import {
	type Conclusion,
	formatDuration,
	type Judged,
	type Judgement,
	refusalSummary,
	type SafeEvidence,
	skipUnlessPassed,
} from './judgement.ts';

/** Row 4: is the offered host key of the stored key's type the stored one? Runbook cause 4. */
export function judgeHostKey(evidence: SafeEvidence, judged: Judged): Judgement<'host-key'> {
	const skipped = skipUnlessPassed('port', judged);
	if (skipped !== null || evidence.target === null)
		return skipped ?? { verdict: 'unknown', summary: 'not measured yet' };
	const { safe, target } = evidence;
	const found = judgeAddresses(evidence, target);
	const handshakes = handshakesOf(found.connections);
	const offered = offeredKeys(found.connections, found.carried);
	const isOpen = found.judgement.verdict === 'pass' || offered.length === 0;
	const comparedWith = copyOf(safe, target.measuredAt);
	return {
		measuredAt: target.measuredAt,
		durationMs: handshakes.reduce((sum, { durationMs }) => sum + durationMs, 0),
		evidence: {
			stored: safe.hostKey,
			offered,
			offeredTypes: offeredTypes(handshakes),
			notes: isOpen ? [] : hostKeyNotes(evidence, target.knownHosts, offered),
			knownHosts: target.knownHosts,
			algorithms: algorithmsIfNone(handshakes),
		},
		...(comparedWith === null ? {} : { comparedWith }),
		...found.judgement,
	};
}

type AtAddress = {
	readonly judgement: Conclusion;
	readonly connections: readonly ConnectionEvidence[];
	readonly carried: readonly OfferedHostKey[];
};

/** A name with several addresses may stand for several machines: each must have the stored key, since a session may get any. */
function judgeAddresses({ safe, trustedKeys }: SafeEvidence, target: TargetEvidence): AtAddress {
	const here = (
		stored: StoredHostKey | null,
		connections: readonly ConnectionEvidence[],
		carried: AtAddress['carried'],
	) => ({
		judgement: compare(stored, target, handshakesOf(connections), offeredKeys(connections, carried)),
		connections,
		carried,
	});
	const { hostKey } = safe;
	// Where the stored key was seen before, its type is known, also of a fingerprint that was noted without.
	const learned = hostKey === null ? null : withTypeOf(hostKey, trustedKeys);
	const main = here(learned, atMainAddress(target.connections), target.carriedKeys);
	if (main.judgement.verdict !== 'pass' || hostKey === null) return main;
	const stored = withTypeOf(hostKey, offeredKeys(main.connections));
	for (const [address, connections] of atOtherAddresses(target.connections)) {
		const other = here(stored, connections, []);
		// What does not answer there is row 2's.
		if (other.judgement.verdict !== 'fail') continue;
		const summary = `at ${address}: ${other.judgement.summary}`;
		return { ...other, judgement: { ...other.judgement, summary } };
	}
	return main;
}

function handshakesOf(connections: readonly ConnectionEvidence[]): HandshakeEvidence[] {
	return connections.flatMap(({ handshake }) => handshake ?? []);
}

function compare(
	stored: StoredHostKey | null,
	target: TargetEvidence,
	handshakes: readonly HandshakeEvidence[],
	offered: readonly OfferedHostKey[],
): Conclusion {
	const matching = stored === null ? undefined : offered.find((key) => sameHostKey(stored, key));
	const twin = offered.find((key) => key.type === matching?.type && key.sha256 !== matching.sha256);
	if (matching !== undefined && twin !== undefined) {
		return {
			verdict: 'fail',
			cause: 'host-key-mismatch',
			summary: `offers the stored ${shortKeyType(matching.type)} key on one connection and another on the next`,
		};
	}
	if (stored !== null && matching !== undefined) {
		const ms = handshakes.find(({ hostKey }) => hostKey?.sha256 === matching.sha256)?.durationMs ?? 0;
		const summary = `${shortKeyType(matching.type)} key is the stored one, proven in ${formatDuration(ms)}`;
		return signsWithSha1(handshakes)
			? { verdict: 'warn', summary: `${summary}, but signed with SHA-1 (ssh-rsa), which today's SSH clients refuse` }
			: { verdict: 'pass', summary };
	}
	const [first] = offered;
	if (first === undefined) return judgeNone(handshakes, stored !== null);
	if (stored === null) {
		return {
			verdict: 'warn',
			cause: 'host-key-unrecorded',
			summary: `not recorded yet; offered is ${shortKeyType(first.type)} ${first.sha256}`,
		};
	}
	const wanted = offeredTypes(handshakes).filter((type) => stored.type === null || type === stored.type);
	const unasked = wanted.filter((type) => !offered.some((key) => key.type === type));
	if (unasked.length > 0) {
		const why = target.refusal === null ? 'the connection for them failed' : refusalSummary(target.refusal);
		return {
			verdict: 'unknown',
			summary: `${shortKeyType(first.type)} differs; ${unasked.map(shortKeyType).join(' and ')} ${why}`,
		};
	}
	if (stored.type !== null && !offered.some((key) => key.type === stored.type)) {
		const now = offered.map((key) => shortKeyType(key.type)).join(', ');
		return {
			verdict: 'fail',
			cause: 'host-key-type-gone',
			summary: `no ${shortKeyType(stored.type)} key there any more, now ${now}`,
		};
	}
	const all = offered.length > 1 ? `, none of the ${offered.length} offered keys is the stored one` : '';
	return {
		verdict: 'fail',
		cause: 'host-key-mismatch',
		summary: `not the stored ${shortKeyType(stored.type ?? first.type)} key${all}`,
	};
}

/** No host key came at all. */
function judgeNone(handshakes: readonly HandshakeEvidence[], isStored: boolean): Conclusion {
	const none = handshakes.find(({ noCommon }) => noCommon !== null);
	if (none !== undefined) {
		const isHostKey = /host key/i.test(none.noCommon ?? '');
		// It may well have the stored one: nobody here can say.
		if (isHostKey && offeredTypes(handshakes).length === 0) {
			const types = none.serverAlgorithms['host-key'] ?? [];
			const summary = `the target's host keys are of types that vpmon cannot check: ${types.join(', ')}`;
			return { verdict: 'unknown', cause: 'no-common-algorithm', summary };
		}
		if (isStored && isHostKey) {
			return {
				verdict: 'fail',
				cause: 'host-key-type-gone',
				summary: 'the server has no host key of the stored type',
			};
		}
		return {
			verdict: 'unknown',
			cause: 'no-common-algorithm',
			summary: `no common ${none.noCommon}`,
		};
	}
	const unproven = handshakes.find(({ hostKey }) => hostKey !== null);
	const reason = unproven?.error ?? handshakes.at(-1)?.error ?? 'no handshake';
	return {
		verdict: 'unknown',
		summary: `the server did not prove a host key: ${reason}`,
	};
}

/** Keys the server signed with, each once: on these connections, and on earlier ones whose keys still stand. */
export function offeredKeys(
	connections: readonly ConnectionEvidence[],
	carried: readonly OfferedHostKey[] = [],
): OfferedHostKey[] {
	const keys = connections.flatMap(({ handshake }) =>
		handshake?.hostKey && handshake.hostKeyProven ? [handshake.hostKey] : [],
	);
	// Whoever saw them is nobody that a report should name.
	keys.push(...carried.map(({ type, sha256, md5 }) => ({ type, sha256, md5 })));
	return keys.filter((key, index) => keys.findIndex(({ sha256 }) => sha256 === key.sha256) === index);
}

/** The host key types a server has, from its KEXINIT; the three RSA signature algorithms are one type (RFC 8332). */
export function offeredTypes(handshakes: readonly HandshakeEvidence[]): string[] {
	const names = handshakes.flatMap(({ serverAlgorithms }) => serverAlgorithms['host-key'] ?? []);
	const types = names.map((name) => (name.startsWith('rsa-sha2-') ? 'ssh-rsa' : name));
	return [...new Set(types)].filter((type) => hostKeyTypes.some((known) => known === type && known !== 'ssh-dss'));
}

/** Whether a target has RSA alone and signs it with SHA-1 alone: OpenSSH refuses that since 8.8 (2021). */
function signsWithSha1(handshakes: readonly HandshakeEvidence[]): boolean {
	const names = new Set(handshakes.flatMap(({ serverAlgorithms }) => serverAlgorithms['host-key'] ?? []));
	return names.size === 1 && names.has('ssh-rsa');
}

function algorithmsIfNone(handshakes: readonly HandshakeEvidence[]): HostKeyRowEvidence['algorithms'] {
	const none = handshakes.find(({ noCommon }) => noCommon !== null);
	return none === undefined ? null : { server: none.serverAlgorithms, ours: none.ourAlgorithms };
}

/** Whose copy the stored key is: ours, of what VaultPAM stores. */
function copyOf({ hostKey, hostKeyPlace: place }: Safe, measuredAt: string): string | null {
	if (hostKey === null) return null;
	if (place === null) return 'the fingerprint given on the command line';
	const day = place.changedAt === null ? '' : `, file of ${formatDay(place.changedAt, Date.parse(measuredAt))}`;
	return `our copy (${formatPlace(place)}${day})`;
}

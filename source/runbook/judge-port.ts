import type { ConnectionEvidence, HandshakeEvidence, TargetEvidence } from '../domain/evidence.ts';
import { describeWriter } from '../domain/measurement.ts';
import { formatClock, formatMoment } from '../domain/time.ts';
import { atOtherAddresses, mainAddress } from './addresses.ts';
import {
	type Conclusion,
	formatDuration,
	type Judgement,
	provenancePhrase,
	refusalSummary,
	type SafeEvidence,
} from './judgement.ts';

/** From this on, a target that turns us away is more likely to punish us than to be down. */
const penaltyLikely = { seconds: 4, unfinished: 4 };

/** Row 2: does the name resolve, does TCP open, and does an SSH identification string arrive? Runbook cause 2. */
export function judgePort(known: SafeEvidence): Judgement<'port'> {
	const { target, refusal, hostUnreachable, identificationBefore, targetBy: writer } = known;
	// Row 1 says why, and when it is tried again.
	if (hostUnreachable !== null) return { verdict: 'skip', summary: "not tried: the connector's host is away" };
	if (target === null) {
		return {
			verdict: 'unknown',
			summary: (refusal === null ? 'not measured yet' : refusalSummary(refusal)) + seenElsewhere(known),
			evidence: { refusal },
		};
	}
	const evidence = {
		name: target.name,
		connections: target.connections,
		refusal,
		identificationBefore,
		...(target.detour ? { detour: target.detour } : {}),
	};
	if (known.isTargetStale) {
		const since = formatMoment(Date.parse(target.measuredAt), Date.now());
		const why = refusal === null ? '' : `: ${refusalSummary(refusal)}`;
		return { verdict: 'unknown', summary: `not measured since ${since}${why}`, evidence };
	}
	const { summary: found, ...judgement } = judgeTarget(target);
	const summary = judgement.verdict === 'fail' && target.detour ? `${found}; ${notOurWay(target.detour)}` : found;
	const was =
		identificationBefore === null || judgement.verdict === 'fail' ? '' : ` (was ${softwareOf(identificationBefore)})`;
	const { measuredAt } = target;
	// What was refused of this very measurement is told by itself.
	const told = target.refusal === null ? refusal : null;
	const shown =
		summary + was + provenancePhrase({ measuredAt, writer, refusal: told }, known.self) + seenElsewhere(known);
	return { ...judgement, summary: shown, evidence, measuredAt: target.measuredAt, durationMs: portDuration(target) };
}

/**
 * `; from container vaultpam-connector: open, 16:11:28 by exporter of vpmon`, where this program could not measure from there itself.
 * It is another network, so it decides nothing here.
 */
function seenElsewhere({ seenElsewhere: seen, target, originNote, self }: SafeEvidence): string {
	if (!seen || (target !== null && originNote === null)) return '';
	const { origin, connection, writer } = seen;
	const at = formatClock(Date.parse(connection.startedAt));
	const found = connection.outcome === 'open' ? 'open' : connection.outcome;
	const from = origin === 'host' ? "the host's own network" : origin;
	return `; from ${from}: ${found}, ${at} by ${describeWriter(writer, self.uid)}`;
}

/** Why "ssh works for me" proves nothing. The jump host is not named: a masked report would not know it. */
function notOurWay(detour: string): string {
	return `your own ssh goes there by a ${detour} of its config, sessions do not`;
}

function judgeTarget(target: TargetEvidence): Conclusion {
	const { name, connections, refusal } = target;
	if (name?.error)
		return { verdict: 'fail', cause: 'name-not-resolved', summary: `${target.host} does not resolve: ${name.error}` };
	const open = connections.find(({ outcome }) => outcome === 'open');
	if (open !== undefined) return withOtherAddresses(judgeOpen(open), connections);
	if (connections.length === 0)
		return { verdict: 'unknown', summary: refusal === null ? 'not measured' : refusalSummary(refusal) };
	const closed = judgeClosed(connections);
	const isTold = (address: string) => connections.some((connection) => connection.address === address);
	// What was known of the addresses that could not be tried now stays.
	const { refusedAddresses: refused } = target;
	if (refusal === null || (refused.length > 0 && refused.every(isTold))) return closed;
	// Another address of the name may well answer.
	return { verdict: 'unknown', summary: `${closed.summary}; another address ${refusalSummary(refusal)}` };
}

/** A name has several addresses, and a session may get any of them: one that fails is worth a warning, if the first is fine. */
function withOtherAddresses(judgement: Conclusion, connections: readonly ConnectionEvidence[]): Conclusion {
	if (judgement.verdict !== 'pass') return judgement;
	for (const [address, here] of atOtherAddresses(connections)) {
		// A host without IPv6 has no route to half of what a name resolves to, and sessions do not go there either.
		if (here.every(({ outcome }) => outcome === 'unreachable' || outcome === 'other')) continue;
		const open = here.find(({ outcome }) => outcome === 'open');
		const other = open === undefined ? judgeClosed(here) : judgeOpen(open);
		if (other.verdict !== 'fail') continue;
		const summary = `${judgement.summary}, but not at ${address}${since(here, connections)}: ${other.summary}`;
		return { verdict: 'warn', ...(other.cause === undefined ? {} : { cause: other.cause }), summary };
	}
	const main = mainAddress(connections);
	const all = new Set(connections.map(({ address }) => address)).size;
	return all === 1 ? judgement : { ...judgement, summary: `${judgement.summary}, at ${main}` };
}

/** ` (as of 02:07:15)` where an address was measured before the others: the budget left it out since. */
function since(here: readonly ConnectionEvidence[], all: readonly ConnectionEvidence[]): string {
	const [first] = here;
	const isOlder = first !== undefined && all[0] !== undefined && first.startedAt < all[0].startedAt;
	return isOlder ? ` (as of ${formatClock(Date.parse(first.startedAt))})` : '';
}

/** From the most telling outcome to the least: an unroutable IPv6 address says little beside a refusal on IPv4. */
const closedSummaries = [
	['refused', 'port-refused', 'refused from'],
	['reset', 'connection-reset', 'reset by'],
	['timeout', 'port-timeout', 'no answer from'],
	['unreachable', 'host-unreachable', 'no route to'],
] as const;

function judgeClosed(connections: readonly ConnectionEvidence[]): Conclusion {
	for (const [outcome, cause, words] of closedSummaries) {
		const telling = connections.filter((connection) => connection.outcome === outcome);
		const [first] = telling;
		if (first === undefined) continue;
		if (outcome !== 'timeout' && outcome !== 'unreachable' && isPenaltyLikely(first)) return penalised(first);
		const others = connections.length - telling.length;
		const more = others === 0 ? '' : `, ${others} more ${others === 1 ? 'address' : 'addresses'} closed`;
		const addresses = telling.map(({ address }) => address).join(', ');
		const how = /EACCES|EPERM/.test(first.error ?? '') ? 'prohibited by a firewall or route:' : words;
		return { verdict: 'fail', cause, summary: `${how} ${addresses} in ${formatDuration(first.connectMs)}${more}` };
	}
	return { verdict: 'unknown', summary: `could not be tried: ${connections.at(-1)?.error ?? 'no reason given'}` };
}

function judgeOpen(open: ConnectionEvidence): Conclusion {
	const { handshake } = open;
	if (handshake === null)
		return {
			verdict: 'unknown',
			summary: `open in ${formatDuration(open.connectMs)}, not spoken to`,
		};
	if (/Not allowed at this time/i.test(handshake.spoken ?? '')) return penalised(open);
	if (/Exceeded MaxStartups/i.test(handshake.spoken ?? '')) return crowded;
	if (handshake.identification === null || handshake.notSsh === 'ssh-1') return judgeSilent(open, handshake);
	const software = softwareOf(handshake.identification);
	if (handshake.hostKey === null && handshake.noCommon === null && handshake.ended !== null) {
		if (handshake.ended === 'timeout') {
			const summary = `${software} answers, but its key exchange does not end: ${handshake.error}`;
			return { verdict: 'fail', cause: 'handshake-timeout', summary };
		}
		if (isPenaltyLikely(open)) return penalised(open);
		return {
			verdict: 'fail',
			cause: 'connection-reset',
			summary: `${software} answers, then: ${handshake.error}`,
		};
	}
	return {
		verdict: 'pass',
		summary: `open in ${formatDuration(open.connectMs)}, ${software}`,
	};
}

/** sshd says so to whom it drops while too many others have not logged in yet; see MaxStartups in sshd_config(5). */
const crowded: Conclusion = {
	verdict: 'fail',
	cause: 'connection-reset',
	summary: 'sshd turns connections away, says "Exceeded MaxStartups": too many that have not logged in yet',
};

const whatSpeaks = {
	http: 'a web server answers',
	tls: 'a TLS service answers',
	text: 'something else answers',
	binary: 'something else answers',
	'ssh-1': 'only SSH 1 is spoken',
} as const;

/** The port is open, but no identification string of SSH 2 came. */
function judgeSilent(open: ConnectionEvidence, handshake: HandshakeEvidence): Conclusion {
	const gone = handshake.ended === 'closed' || handshake.ended === 'reset';
	if (gone && handshake.spoken === null) {
		if (isPenaltyLikely(open)) return penalised(open);
		const summary = `open, then ${handshake.ended} before SSH began`;
		return { verdict: 'fail', cause: 'connection-reset', summary };
	}
	// Silence proves no other service: sshd that hangs, is overloaded or waits for a name server says nothing either.
	if (handshake.notSsh === null || handshake.notSsh === 'silence') {
		const summary = `open, but nothing is said there within ${formatDuration(handshake.durationMs)}`;
		return { verdict: 'fail', cause: 'handshake-timeout', summary };
	}
	const what = whatSpeaks[handshake.notSsh];
	const isText = handshake.notSsh !== 'tls' && handshake.notSsh !== 'binary';
	const said =
		handshake.spoken === null || !isText ? '' : `: ${JSON.stringify(handshake.spoken.split('\n')[0]?.slice(0, 60))}`;
	return {
		verdict: 'fail',
		cause: 'not-ssh',
		summary: `open, but ${what}${said}`,
	};
}

function isPenaltyLikely({ held }: ConnectionEvidence): boolean {
	return held !== null && (held.seconds >= penaltyLikely.seconds || held.unfinished >= penaltyLikely.unfinished);
}

function penalised({ held }: ConnectionEvidence): Conclusion {
	const own = held === null ? '' : ` after ${held.seconds.toFixed(1)} s of our own probes`;
	return {
		verdict: 'fail',
		cause: 'source-penalised',
		summary: `turned away${own}: see sshd's log for "penalty", or fail2ban`,
	};
}

/** `OpenSSH_9.6p1 Ubuntu-3ubuntu13` of `SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13`. */
export function softwareOf(identification: string): string {
	return identification.replace(/^SSH-[^-]*-/, '') || identification;
}

function portDuration(target: TargetEvidence): number {
	return target.connections[0]?.connectMs ?? target.name?.durationMs ?? target.durationMs;
}

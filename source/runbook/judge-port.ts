import type { ConnectionEvidence, HandshakeEvidence, TargetEvidence } from '../domain/evidence.ts';
import { formatDuration, type Judged, type Judgement, refusalSummary, type SafeEvidence } from './judgement.ts';

/** From this on, a target that turns us away is more likely to punish us than to be down. */
const penaltyLikely = { seconds: 4, unfinished: 4 };

/** Row 2: does the name resolve, does TCP open, and does an SSH identification string arrive? Runbook cause 2. */
export function judgePort(evidence: SafeEvidence, judged: Judged): Judgement {
	const { target } = evidence;
	if (target === null) {
		const away = judged.connector?.cause === 'connector-unreachable';
		return away
			? { verdict: 'skip', summary: 'not tried: connector first' }
			: { verdict: 'unknown', summary: 'not measured yet' };
	}
	return {
		...judgeTarget(target),
		measuredAt: target.measuredAt,
		durationMs: portDuration(target),
	};
}

function judgeTarget(target: TargetEvidence): Judgement {
	const { name, connections, refusal } = target;
	const evidence = { name, connections, refusal };
	if (name?.error) {
		return {
			verdict: 'fail',
			cause: 'name-not-resolved',
			summary: `${target.host} does not resolve: ${name.error}`,
			evidence,
		};
	}
	const open = connections.find(({ outcome }) => outcome === 'open');
	if (open !== undefined) return { ...judgeOpen(open), evidence };
	const last = connections.at(-1);
	if (last === undefined) {
		return {
			verdict: 'unknown',
			summary: refusal === null ? 'not measured' : refusalSummary(refusal),
			evidence,
		};
	}
	return { ...judgeClosed(connections, last), evidence };
}

const closedSummaries = {
	refused: ['port-refused', 'refused'],
	timeout: ['port-timeout', 'no answer'],
	unreachable: ['host-unreachable', 'no route'],
	reset: ['connection-reset', 'reset'],
} as const;

function judgeClosed(connections: readonly ConnectionEvidence[], last: ConnectionEvidence): Judgement {
	if (last.outcome === 'other' || last.outcome === 'open') {
		return {
			verdict: 'unknown',
			summary: `could not be tried: ${last.error ?? 'no reason given'}`,
		};
	}
	if (last.outcome !== 'timeout' && isPenaltyLikely(last)) return penalised(last);
	const [cause, words] = closedSummaries[last.outcome];
	const addresses = connections.map(({ address }) => address).join(', ');
	return {
		verdict: 'fail',
		cause,
		summary: `${words} from ${addresses} in ${formatDuration(last.connectMs)}`,
	};
}

function judgeOpen(open: ConnectionEvidence): Judgement {
	const { handshake } = open;
	if (handshake === null)
		return {
			verdict: 'unknown',
			summary: `open in ${formatDuration(open.connectMs)}, not spoken to`,
		};
	if (/Not allowed at this time/i.test(handshake.spoken ?? '')) return penalised(open);
	if (handshake.identification === null || handshake.notSsh === 'ssh-1') return judgeSilent(open, handshake);
	const software = softwareOf(handshake.identification);
	if (handshake.hostKey === null && handshake.noCommon === null && handshake.ended !== null) {
		if (handshake.ended === 'timeout') {
			const summary = `${software} answers, but its key exchange does not end: ${handshake.error}`;
			return { verdict: 'fail', cause: 'port-timeout', summary };
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

const whatSpeaks = {
	silence: 'nothing is said there',
	http: 'a web server answers',
	tls: 'a TLS service answers',
	text: 'something else answers',
	binary: 'something else answers',
	'ssh-1': 'only SSH 1 is spoken',
} as const;

/** The port is open, but no identification string of SSH 2 came. */
function judgeSilent(open: ConnectionEvidence, handshake: HandshakeEvidence): Judgement {
	const gone = handshake.ended === 'closed' || handshake.ended === 'reset';
	if (gone && handshake.spoken === null) {
		if (isPenaltyLikely(open)) return penalised(open);
		const summary = `open, then ${handshake.ended} before SSH began`;
		return { verdict: 'fail', cause: 'connection-reset', summary };
	}
	const what = whatSpeaks[handshake.notSsh ?? 'silence'];
	const said = handshake.spoken === null ? '' : `: ${JSON.stringify(handshake.spoken.split('\n')[0]?.slice(0, 60))}`;
	const after = handshake.notSsh === 'silence' ? ` within ${formatDuration(handshake.durationMs)}` : '';
	return {
		verdict: 'fail',
		cause: 'not-ssh',
		summary: `open, but ${what}${after}${said}`,
	};
}

function isPenaltyLikely({ held }: ConnectionEvidence): boolean {
	return held !== null && (held.seconds >= penaltyLikely.seconds || held.unfinished >= penaltyLikely.unfinished);
}

function penalised({ held }: ConnectionEvidence): Judgement {
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

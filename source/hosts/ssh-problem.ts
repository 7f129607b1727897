import { cleanLine } from '../domain/clean.ts';
import { describeHostKey, shortKeyType } from '../domain/host-key.ts';
import { formatTarget } from '../domain/target.ts';
import type { Connection, LinkProblem } from './host.ts';
import { type HostKeyStanding, type KnownKey, knownHostsLine } from './known-hosts-file.ts';
import type { SshDestination } from './ssh-destination.ts';

/** Why the way to a connector's host is closed, in words for people. */

const plain = (kind: LinkProblem['kind'], reason: string, nextStep: string): LinkProblem => ({
	kind,
	reason,
	nextStep,
	offered: null,
});

const placeOf = ({ alias, hostName, port }: SshDestination) =>
	alias === hostName ? formatTarget(hostName, port) : `${alias} (${formatTarget(hostName, port)})`;

export function nameProblem(destination: SshDestination, error: string, from: string): LinkProblem {
	return plain(
		'name',
		`${destination.hostName} does not resolve on ${from}: ${cleanLine(error)}`,
		`correct the host of the connector, or its HostName in the ssh config`,
	);
}

export function networkProblem(
	destination: SshDestination,
	{ failure, error }: Extract<Connection, { ok: false }>,
	from: string,
): LinkProblem {
	const words = {
		refused: `refuses connections from ${from}`,
		timeout: `does not answer to ${from}`,
		unreachable: `cannot be reached from ${from}: no route`,
		reset: `resets connections from ${from}`,
		other: `cannot be reached: ${cleanLine(error)}`,
	};
	return plain(
		'network',
		`SSH of ${placeOf(destination)} ${words[failure]}`,
		`from ${from}: nc -zv ${destination.hostName} ${destination.port}`,
	);
}

/** The host key is none that known_hosts vouches for. */
export function hostKeyProblem(
	destination: SshDestination,
	standing: Exclude<HostKeyStanding, { verdict: 'known' }>,
	blob: Buffer,
	known: readonly KnownKey[],
): LinkProblem {
	const offered = describeHostKey(blob);
	const shown = `${shortKeyType(offered.type)} ${offered.sha256}`;
	const compare = `on ${destination.alias}: ssh-keygen -lf /etc/ssh/ssh_host_${fileOf(offered.type)}_key.pub`;
	if (standing.verdict === 'revoked')
		return plain(
			'host-key-changed',
			`the host key of ${placeOf(destination)}, ${shown}, is revoked in ${standing.place}`,
			'never connect to it with this key: ask who runs it for the new one',
		);
	if (standing.verdict === 'changed')
		return plain(
			'host-key-changed',
			`the host key of ${placeOf(destination)} is not the known one: it offers ${shown}, ${standing.place} has another`,
			`a rebuilt host, or somebody in between: compare ${compare}; only if it is the same, take out ${standing.place} and record it anew`,
		);
	const [name] = destination.knownHosts;
	const authority = known.some(({ marker }) => marker === '@cert-authority')
		? '; its @cert-authority does not help here: vpmon does not read host certificates'
		: '';
	return {
		kind: 'host-key-unknown',
		reason: `the host key of ${placeOf(destination)} is not known here: ${shown}${authority}`,
		nextStep: `compare ${compare}; if it is the same, add this line to ${name ?? 'known_hosts'}: ${knownHostsLine(destination, blob, false)}`,
		offered,
	};
}

const fileOf = (type: string) => shortKeyType(type).toLowerCase();

export function loginProblem({ reason, nextStep }: { reason: string; nextStep: string }): LinkProblem {
	return plain('login', reason, nextStep);
}

/** What ssh2 or the server said when the handshake ended before the login. */
export function handshakeProblem(
	destination: SshDestination,
	said: { message: string; list: string | null; theirs: string | null; known: readonly string[] | null },
): LinkProblem {
	const place = placeOf(destination);
	if (said.list !== null && /host key/i.test(said.list) && said.known !== null)
		return plain(
			'host-key-changed',
			`${place} has no host key of a type that known_hosts has for it (${said.known.map(shortKeyType).join(', ')})`,
			`compare its keys on ${destination.alias}: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub; then record it anew`,
		);
	if (said.list !== null)
		return plain(
			'algorithms',
			`vpmon and ${place} share no ${said.list}${said.theirs === null ? '' : ` (it offers ${cleanLine(said.theirs).slice(0, 200)})`}; vpmon knows no post-quantum key exchange`,
			`allow one of its older algorithms there, such as curve25519-sha256, or run vpmon on ${destination.alias}`,
		);
	const message = cleanLine(said.message).slice(0, 200);
	if (/Not allowed at this time|Exceeded MaxStartups|Too many connections/i.test(message))
		return plain(
			'turned-away',
			`${place} turns connections away: ${message}`,
			`see the log of its sshd for "penalty" or MaxStartups`,
		);
	if (/Invalid identification string|Header|identification/i.test(message))
		return plain('not-ssh', `no SSH answers at ${place}: ${message}`, 'correct the port of the connector’s host');
	return plain('turned-away', `${place} ended the SSH handshake: ${message}`, `look at the log of its sshd`);
}

export function lostProblem(name: string, why: string): LinkProblem {
	return plain('lost', `the connection to ${name} was lost: ${cleanLine(why)}`, 'vpmon connects again by itself');
}

/** Milliseconds: the first pause, by what it grows, the longest. A login that fails counts at the server: few of those. */
const delays: Readonly<Record<LinkProblem['kind'], readonly [first: number, factor: number, most: number]>> = {
	name: [2000, 2, 60_000],
	network: [1000, 2, 60_000],
	lost: [500, 2, 60_000],
	'not-ssh': [10_000, 2, 300_000],
	'turned-away': [20_000, 2, 300_000],
	algorithms: [300_000, 2, 1_800_000],
	'host-key-unknown': [60_000, 2, 600_000],
	'host-key-changed': [300_000, 2, 1_800_000],
	login: [120_000, 3, 3_600_000],
	configuration: [60_000, 2, 600_000],
};

/** Milliseconds until the next try after so many in a row that ended so. */
export function delayAfter(kind: LinkProblem['kind'], attempts: number): number {
	const [first, factor, most] = delays[kind];
	return Math.min(first * factor ** (attempts - 1), most);
}

/** Milliseconds after which a person who asks for it has the next try at once. */
export function shortestDelay(kind: LinkProblem['kind']): number {
	if (kind === 'login') return 30_000;
	return kind === 'network' || kind === 'name' || kind === 'lost' ? 1000 : 10_000;
}

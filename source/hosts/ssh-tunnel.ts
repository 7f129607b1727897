import type { ClientChannel } from 'ssh2';
import { cleanLine } from '../domain/clean.ts';
import { messageOf } from '../domain/user-error.ts';
import type { ConnectFailure, Connection, Host, RunOptions } from './host.ts';
import { connectByNetcat } from './netcat-connection.ts';
import type { SshSession } from './ssh-connect.ts';

/** TCP connections that the remote host opens: by direct-tcpip (RFC 4254, section 7.2), or by its nc where sshd prohibits that. */

const failures: ReadonlyArray<readonly [words: RegExp, failure: ConnectFailure]> = [
	[/connection refused/i, 'refused'],
	[/timed? ?out/i, 'timeout'],
	[
		/no route to host|network is unreachable|host is down|host is unreachable|permission denied|invalid argument/i,
		'unreachable',
	],
	[/connection reset/i, 'reset'],
];

/** RFC 4254, section 5.1. A server without forwarding may as well not know the type of the channel. */
const isProhibition = (reason: unknown) => reason === 1 || reason === 3;

type Opening =
	| { readonly channel: ClientChannel }
	| { readonly failure: ConnectFailure; readonly error: string }
	| 'prohibited';

export type Tunnel = { connect(address: string, port: number, options: RunOptions): Promise<Connection> };

/** Of one connection to the host: whether it may forward is found out with the first target. */
export function createTunnel(session: SshSession, host: Pick<Host, 'name' | 'run' | 'stream'>): Tunnel {
	let isProhibited = false;
	const sources = new Map<string, Promise<string | null>>();
	/** The address the host would come from: a firewall that drops it has to allow it. */
	const sourceTo = (address: string) => {
		const found = sources.get(address) ?? sourceAddressTo(host, address);
		if (sources.size < mostSources) sources.set(address, found);
		return found;
	};
	return {
		async connect(address, port, options) {
			const started = performance.now();
			const opening = isProhibited ? 'prohibited' : await forward(session, address, port, options);
			if (opening === 'prohibited') {
				isProhibited = true;
				const timeoutMs = Math.max(1, options.timeoutMs - (performance.now() - started));
				const connection = await byNetcat(host, address, port, { ...options, timeoutMs });
				const way = netcatWay(host.name);
				return connection.ok ? { ...connection, way } : { ...connection, way, sourceAddress: await sourceTo(address) };
			}
			const way = `direct-tcpip through ${host.name}`;
			if ('channel' in opening)
				return { ok: true, stream: opening.channel, sourceAddress: null, sourcePort: null, way };
			return { ok: false, ...opening, way, sourceAddress: await sourceTo(address) };
		},
	};
}

const mostSources = 1000;
const routeMs = 3000;

/** `10.0.0.5 via 10.1.0.1 dev eth0 src 10.1.0.7 uid 0` of ip-route(8). */
async function sourceAddressTo(host: Pick<Host, 'run'>, address: string): Promise<string | null> {
	const { stdout } = await host.run(['ip', '-o', 'route', 'get', address], { timeoutMs: routeMs });
	return / src ([0-9a-fA-F.:]+)/.exec(stdout)?.[1] ?? null;
}

const netcatWay = (name: string) => `nc on ${name}, whose sshd prohibits forwarding`;

async function byNetcat(
	host: Pick<Host, 'name' | 'stream'>,
	address: string,
	port: number,
	options: RunOptions,
): Promise<Connection> {
	const connection = await connectByNetcat(host, (argv) => argv, address, port, options, 'nc');
	if (connection.ok || connection.error !== 'nc is not installed') return connection;
	const error = `sshd on ${host.name} prohibits forwarding (AllowTcpForwarding, PermitOpen), and nc is not installed there`;
	return { ok: false, failure: 'other', error };
}

function forward(
	{ client }: SshSession,
	address: string,
	port: number,
	{ timeoutMs, signal }: RunOptions,
): Promise<Opening> {
	const { promise, resolve } = Promise.withResolvers<Opening>();
	let isOver = false;
	const settle = (opening: Opening) => {
		isOver = true;
		resolve(opening);
	};
	const late = () => settle({ failure: 'timeout', error: `no answer within ${Math.round(timeoutMs)} ms` });
	// After a busy moment the timer comes before what the network brought meanwhile: that is let in first.
	const timer = setTimeout(() => setImmediate(late), timeoutMs);
	const onAbort = () => settle({ failure: 'other', error: 'cancelled' });
	signal?.addEventListener('abort', onAbort, { once: true });
	if (signal?.aborted) onAbort();
	try {
		// RFC 4254 wants the originator's address; ours is none that the target would see.
		client.forwardOut('127.0.0.1', 0, address, port, (error: (Error & { reason?: unknown }) | undefined, channel) => {
			if (error === undefined) {
				channel.on('error', () => {});
				// The host came through after it was given up.
				if (isOver) return channel.destroy();
				return settle({ channel });
			}
			if (isProhibition(error.reason)) return settle('prohibited');
			const said = cleanLine(error.message.replace(/^\(SSH\) Channel open failure: /, ''));
			const [, failure = 'other'] = failures.find(([words]) => words.test(said)) ?? [];
			settle({ failure, error: said });
		});
	} catch (error) {
		settle({ failure: 'other', error: messageOf(error) });
	}
	return promise.finally(() => {
		clearTimeout(timer);
		signal?.removeEventListener('abort', onAbort);
	});
}

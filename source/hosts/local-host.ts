import { createConnection, isIP, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { endedWithVpmon } from './death-signal.ts';
import { withPodman } from './docker-or-podman.ts';
import { type ConnectFailure, type Connection, formatCommand, type Host, type RunOptions } from './host.ts';
import { endedGroups } from './process-groups.ts';
import { resolveName } from './resolve-name.ts';
import { sourceAddressTo } from './source-address.ts';

const failureOfCode: Readonly<Record<string, ConnectFailure>> = {
	ECONNREFUSED: 'refused',
	ETIMEDOUT: 'timeout',
	EHOSTUNREACH: 'unreachable',
	ENETUNREACH: 'unreachable',
	EHOSTDOWN: 'unreachable',
	ENETDOWN: 'unreachable',
	// A firewall that prohibits over IPv6 (ICMPv6 1,1), a local one, or a prohibit or blackhole route; ip-route(8).
	EACCES: 'unreachable',
	EPERM: 'unreachable',
	EINVAL: 'unreachable',
	ECONNRESET: 'reset',
	EPIPE: 'reset',
};

/**
 * Loaded with the first program that is run: the screen's first frame does not wait for it. Imported here alone: Node looks a file up again
 * for each module that names it, and after an update it is gone.
 */
export const loadPrograms = () => import('./local-programs.ts');

/** The machine vpmon itself runs on. */
export function createLocalHost(): Host {
	const sockets = new Set<Socket>();
	const disposed = new AbortController();
	const run: Host['run'] = async (argv, { signal, ...options }) => {
		const { runProgram } = await loadPrograms();
		const signals = signal === undefined ? [disposed.signal] : [disposed.signal, signal];
		return runProgram(argv, { ...options, signal: AbortSignal.any(signals) });
	};

	return withPodman({
		name: hostname(),

		async resolve(name, options) {
			const family = isIP(name);
			if (family !== 0) return { ok: true, addresses: [{ address: name, family: family as 4 | 6 }] };
			return resolveName(run, name, options);
		},

		async connect(address, port, options) {
			const socket = createConnection({ host: address, port });
			sockets.add(socket);
			socket.once('close', () => sockets.delete(socket));
			const connection = await waitForConnection(socket, options);
			return connection.ok ? connection : { ...connection, sourceAddress: await sourceAddressTo(address, port) };
		},

		run,

		async stream(argv, options) {
			const { streamProgram } = await loadPrograms();
			const program = await endedWithVpmon(argv, run);
			const stream = { ...streamProgram(program, options), command: formatCommand(argv) };
			disposed.signal.addEventListener('abort', stream.stop);
			void stream.ended.then(() => disposed.signal.removeEventListener('abort', stream.stop));
			if (disposed.signal.aborted) stream.stop();
			return stream;
		},

		async dispose() {
			disposed.abort();
			for (const socket of sockets) socket.destroy();
			await endedGroups();
		},
	});
}

/** Settles once, and leaves no listener but one that swallows what a destroyed socket may still say. */
function waitForConnection(socket: Socket, { timeoutMs, signal }: RunOptions): Promise<Connection> {
	return new Promise((resolve) => {
		let settled = false;
		const settle = (connection: Connection) => {
			if (settled) return;
			settled = true;
			clearTimeout(timer);
			signal?.removeEventListener('abort', onAbort);
			socket.removeAllListeners('connect').removeAllListeners('error');
			if (!connection.ok) socket.on('error', () => {}).destroy();
			resolve(connection);
		};
		const fail = (failure: ConnectFailure, error: string) => settle({ ok: false, failure, error });
		const onAbort = () => fail('other', 'cancelled');
		// After a busy moment the timer comes before what the network brought meanwhile: that is let in first.
		const late = () => setImmediate(() => fail('timeout', `no answer within ${Math.round(timeoutMs)} ms`));
		const timer = setTimeout(late, timeoutMs);
		signal?.addEventListener('abort', onAbort, { once: true });
		socket.once('error', (error: NodeJS.ErrnoException) => {
			fail(failureOfCode[error.code ?? ''] ?? 'other', error.message);
		});
		socket.once('connect', () => {
			socket.setNoDelay(true);
			const { localAddress: sourceAddress = null, localPort: sourcePort = null } = socket;
			settle({ ok: true, stream: socket, sourceAddress, sourcePort });
		});
		if (signal?.aborted) onAbort();
	});
}

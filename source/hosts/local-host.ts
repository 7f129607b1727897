import { lookup } from 'node:dns/promises';
import { createConnection, isIP, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { messageOf } from '../domain/user-error.ts';
import type { ConnectFailure, Connection, Host, Resolution, RunOptions } from './host.ts';

const failureOfCode: Readonly<Record<string, ConnectFailure>> = {
	ECONNREFUSED: 'refused',
	ETIMEDOUT: 'timeout',
	EHOSTUNREACH: 'unreachable',
	ENETUNREACH: 'unreachable',
	EHOSTDOWN: 'unreachable',
	ENETDOWN: 'unreachable',
	ECONNRESET: 'reset',
	EPIPE: 'reset',
};

/** Loaded with the first program that is run: the screen's first frame does not wait for it. */
const loadPrograms = () => import('./local-programs.ts');

/** The machine vpmon itself runs on. */
export function createLocalHost(): Host {
	const sockets = new Set<Socket>();
	const disposed = new AbortController();

	return {
		name: hostname(),

		async resolve(name, options) {
			const family = isIP(name);
			if (family !== 0) return { ok: true, addresses: [{ address: name, family: family as 4 | 6 }] };
			const late: Resolution = { ok: false, error: `no answer within ${options.timeoutMs} ms` };
			return withDeadline(resolveName(name), options, late);
		},

		async connect(address, port, options) {
			const socket = createConnection({ host: address, port });
			sockets.add(socket);
			socket.once('close', () => sockets.delete(socket));
			return waitForConnection(socket, options);
		},

		async run(argv, { timeoutMs, signal }) {
			const { runProgram } = await loadPrograms();
			const signals = signal === undefined ? [disposed.signal] : [disposed.signal, signal];
			return runProgram(argv, { timeoutMs, signal: AbortSignal.any(signals) });
		},

		async stream(argv) {
			const { streamProgram } = await loadPrograms();
			const stream = streamProgram(argv);
			disposed.signal.addEventListener('abort', stream.stop);
			void stream.ended.then(() => disposed.signal.removeEventListener('abort', stream.stop));
			if (disposed.signal.aborted) stream.stop();
			return stream;
		},

		async dispose() {
			disposed.abort();
			for (const socket of sockets) socket.destroy();
		},
	};
}

/** Settles once, and leaves no listener but one that swallows what a destroyed socket may still say. */
function waitForConnection(socket: Socket, { timeoutMs, signal }: RunOptions): Promise<Connection> {
	return new Promise((resolve) => {
		const settle = (connection: Connection) => {
			clearTimeout(timer);
			signal?.removeEventListener('abort', onAbort);
			socket.removeAllListeners('connect').removeAllListeners('error');
			if (!connection.ok) socket.on('error', () => {}).destroy();
			resolve(connection);
		};
		const fail = (failure: ConnectFailure, error: string) => settle({ ok: false, failure, error });
		const onAbort = () => fail('other', 'cancelled');
		const timer = setTimeout(() => fail('timeout', `no answer within ${Math.round(timeoutMs)} ms`), timeoutMs);
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

async function resolveName(name: string): Promise<Resolution> {
	try {
		const found = await lookup(name, { all: true, order: 'verbatim' });
		return { ok: true, addresses: found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 })) };
	} catch (error) {
		return { ok: false, error: messageOf(error) };
	}
}

/** The resolver of the system cannot be interrupted, so its answer is only no longer waited for. */
function withDeadline<Value>(work: Promise<Value>, { timeoutMs, signal }: RunOptions, late: Value): Promise<Value> {
	return new Promise((resolve) => {
		const timer = setTimeout(() => resolve(late), timeoutMs);
		const settle = (value: Value) => {
			clearTimeout(timer);
			signal?.removeEventListener('abort', onAbort);
			resolve(value);
		};
		const onAbort = () => settle(late);
		signal?.addEventListener('abort', onAbort, { once: true });
		void work.then(settle);
	});
}

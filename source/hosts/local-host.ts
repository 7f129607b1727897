import { lookup } from 'node:dns/promises';
import { createConnection, isIP, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { PassThrough } from 'node:stream';
import { execa, type Options } from 'execa';
import {
	type CommandStream,
	type ConnectFailure,
	type Connection,
	formatCommand,
	type Host,
	type Resolution,
	type RunOptions,
	type RunResult,
	type StreamEnd,
} from './host.ts';

/** Enough for a log tail; more is a command gone wrong. */
const mostOutput = 16 * 1024 * 1024; // Characters.
const killAfter = 1000; // Milliseconds a stopped program may take before SIGKILL.

const sharedOptions = {
	reject: false,
	stdin: 'ignore',
	extendEnv: true,
	// Verdicts never hang on a translated message.
	env: { LC_ALL: 'C' },
	forceKillAfterDelay: killAfter,
} satisfies Options;

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

/** The machine vpmon itself runs on. */
export function createLocalHost(): Host {
	const sockets = new Set<Socket>();
	const programs = new Set<() => void>();

	return {
		name: hostname(),

		async resolve(name, options) {
			const family = isIP(name);
			if (family !== 0)
				return {
					ok: true,
					addresses: [{ address: name, family: family as 4 | 6 }],
				};
			return withDeadline(resolveName(name), options, {
				ok: false,
				error: `no answer within ${options.timeoutMs} ms`,
			});
		},

		connect(address, port, options) {
			return new Promise<Connection>((resolve) => {
				const socket = createConnection({ host: address, port });
				sockets.add(socket);
				socket.once('close', () => sockets.delete(socket));
				const fail = (failure: ConnectFailure, error: string) => {
					finish();
					// A late error of the destroyed socket has no other listener.
					socket.on('error', () => {});
					socket.destroy();
					resolve({ ok: false, failure, error });
				};
				const timer = setTimeout(() => fail('timeout', `no answer within ${options.timeoutMs} ms`), options.timeoutMs);
				const onAbort = () => fail('other', 'cancelled');
				const finish = () => {
					clearTimeout(timer);
					options.signal?.removeEventListener('abort', onAbort);
					socket.removeAllListeners('error');
					socket.removeAllListeners('connect');
				};
				options.signal?.addEventListener('abort', onAbort, { once: true });
				if (options.signal?.aborted) return onAbort();
				socket.once('error', (error: NodeJS.ErrnoException) =>
					fail(failureOfCode[error.code ?? ''] ?? 'other', error.message),
				);
				socket.once('connect', () => {
					finish();
					socket.setNoDelay(true);
					resolve({
						ok: true,
						stream: socket,
						sourceAddress: socket.localAddress ?? null,
						sourcePort: socket.localPort ?? null,
					});
				});
			});
		},

		async run(argv, options) {
			const started = performance.now();
			const [file, ...args] = argv;
			const program = execa(file ?? '', args, {
				...sharedOptions,
				timeout: options.timeoutMs,
				maxBuffer: mostOutput,
				stripFinalNewline: false,
				...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
			});
			const kill = () => program.kill();
			programs.add(kill);
			const result = await program;
			programs.delete(kill);
			return {
				command: formatCommand(argv),
				outcome: outcomeOf(result),
				exitCode: result.exitCode ?? null,
				stdout: result.stdout ?? '',
				stderr: result.stderr ?? '',
				durationMs: performance.now() - started,
			};
		},

		stream(argv) {
			const [file, ...args] = argv;
			const program = execa(file ?? '', args, {
				...sharedOptions,
				buffer: false,
			});
			let stopped = false;
			const stop = () => {
				stopped = true;
				program.kill();
			};
			programs.add(stop);
			return {
				command: formatCommand(argv),
				// A program that did not start has no streams.
				stdout: program.stdout ?? emptyStream(),
				stderr: program.stderr ?? emptyStream(),
				ended: endOf(program as Promise<Ended>, () => stopped).finally(() => programs.delete(stop)),
				stop,
			} satisfies CommandStream;
		},

		async dispose() {
			for (const end of programs) end();
			for (const socket of sockets) socket.destroy();
		},
	};
}

async function resolveName(name: string): Promise<Resolution> {
	try {
		const found = await lookup(name, { all: true, order: 'verbatim' });
		return {
			ok: true,
			addresses: found.map(({ address, family }) => ({
				address,
				family: family === 6 ? 6 : 4,
			})),
		};
	} catch (error) {
		return {
			ok: false,
			error: error instanceof Error ? error.message : String(error),
		};
	}
}

/** The resolver of the system cannot be interrupted, so its answer is only no longer waited for. */
function withDeadline<Value>(work: Promise<Value>, options: RunOptions, late: Value): Promise<Value> {
	return new Promise((resolve) => {
		const timer = setTimeout(() => resolve(late), options.timeoutMs);
		options.signal?.addEventListener('abort', () => resolve(late), {
			once: true,
		});
		void work.then((value) => {
			clearTimeout(timer);
			resolve(value);
		});
	});
}

type Ended = {
	readonly code?: string | undefined;
	readonly failed: boolean;
	readonly timedOut: boolean;
	readonly isCanceled: boolean;
	readonly exitCode?: number | undefined;
};

function outcomeOf(result: Ended): RunResult['outcome'] {
	if (result.code === 'ENOENT') return 'not-found';
	if (result.code === 'EACCES') return 'not-permitted';
	if (result.timedOut) return 'timeout';
	if (result.isCanceled) return 'cancelled';
	return result.failed ? 'failed' : 'done';
}

async function endOf(program: Promise<Ended>, isStopped: () => boolean): Promise<StreamEnd> {
	const result = await program;
	const exitCode = result.exitCode ?? null;
	if (result.code === 'ENOENT') return { outcome: 'not-found', exitCode };
	if (result.code === 'EACCES') return { outcome: 'not-permitted', exitCode };
	return { outcome: isStopped() ? 'stopped' : 'ended', exitCode };
}

function emptyStream(): PassThrough {
	return new PassThrough().end();
}

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { delimiter, join, parse } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { messageOf } from '../domain/user-error.ts';
import { childEnvironment } from './child-environment.ts';
import { drained } from './drained.ts';
import {
	type CommandStream,
	formatCommand,
	type RunOptions,
	type RunResult,
	type StreamEnd,
	type StreamOptions,
} from './host.ts';
import { tooMuchOutput, usualOutput } from './output-limit.ts';
import { addGroup, endGroup } from './process-groups.ts';

type Started = {
	readonly child: ChildProcess | null;
	readonly stdout: Readable;
	readonly stderr: Readable;
	/** Resolves when it has exited or could not be started. */
	readonly exited: Promise<Exit>;
	/** Gives up what its pipes may still bring, and ends what is left of it. */
	release(): Promise<void>;
};

/** `error`: why it could not be started. `exitCode` is null after a signal. */
type Exit = { readonly exitCode: number | null; readonly error: NodeJS.ErrnoException | null };

/** Runs a program to its end, or to the end of its time, whatever it or its descendants do. Never rejects. */
export function runProgram(argv: readonly string[], options: RunOptions): Promise<RunResult> {
	const started = performance.now();
	const limit = options.maxOutput ?? usualOutput;
	const { promise, resolve } = Promise.withResolvers<RunResult>();
	if (options.signal?.aborted) return Promise.resolve(notStarted(argv));
	const program = startProgram(argv, 'ignore');
	const output = { stdout: '', stderr: '' };
	const settle = (outcome: RunResult['outcome'], exitCode: number | null, note = '') => {
		clearTimeout(timer);
		options.signal?.removeEventListener('abort', onAbort);
		const durationMs = performance.now() - started;
		const { stdout, stderr } = output;
		resolve({ command: formatCommand(argv), outcome, exitCode, stdout, stderr: stderr + note, durationMs });
		void program.release();
	};
	const collect = (name: 'stdout' | 'stderr') => (text: string) => {
		output[name] += text.slice(0, limit - output[name].length);
		if (output[name].length >= limit) settle('failed', null, tooMuchOutput(limit));
	};
	const onAbort = () => settle('cancelled', null);
	const timer = setTimeout(() => settle('timeout', null), options.timeoutMs);
	options.signal?.addEventListener('abort', onAbort, { once: true });
	program.stdout.setEncoding('utf8').on('data', collect('stdout'));
	program.stderr.setEncoding('utf8').on('data', collect('stderr'));
	void endOf(program).then(({ exitCode, error }) => {
		if (error === null) return settle(exitCode === 0 ? 'done' : 'failed', exitCode);
		const outcome = whyNotStarted(argv[0] ?? '', error);
		settle(outcome ?? 'failed', null, outcome === null ? `${error.message}\n` : '');
	});
	return promise;
}

function notStarted(argv: readonly string[]): RunResult {
	const command = formatCommand(argv);
	return { command, outcome: 'cancelled', exitCode: null, stdout: '', stderr: '', durationMs: 0 };
}

/** Starts a program that goes on until it ends by itself or is stopped. */
export function streamProgram(argv: readonly string[], { withInput = false }: StreamOptions = {}): CommandStream {
	const program = startProgram(argv, withInput ? 'pipe' : 'ignore');
	const { child, stdout, stderr } = program;
	const { promise: ended, resolve } = Promise.withResolvers<StreamEnd>();
	let isStopped = false;
	void endOf(program).then(({ exitCode, error }) => {
		void program.release();
		const outcome = error === null ? null : whyNotStarted(argv[0] ?? '', error);
		resolve({ outcome: outcome ?? (isStopped ? 'stopped' : 'ended'), exitCode });
	});
	return {
		command: formatCommand(argv),
		...(withInput ? { stdin: child?.stdin ?? new PassThrough() } : {}),
		stdout,
		stderr,
		ended,
		stop() {
			isStopped = true;
			void program.release().then(() => resolve({ outcome: 'stopped', exitCode: child?.exitCode ?? null }));
		},
	};
}

function startProgram([file = '', ...args]: readonly string[], stdin: 'ignore' | 'pipe'): Started {
	const child = trySpawn(file, args, stdin);
	// Without room for another file there is a child without streams; one that could not be started at all has none either.
	const stdout = ('child' in child && child.child.stdout) || new PassThrough().end();
	const stderr = ('child' in child && child.child.stderr) || new PassThrough().end();
	if ('error' in child) {
		const exited = Promise.resolve<Exit>({ exitCode: null, error: child.error });
		return { child: null, stdout, stderr, exited, release: async () => {} };
	}
	const { child: running } = child;
	const { pid } = running;
	if (pid !== undefined) addGroup(pid);
	const { promise: exited, resolve } = Promise.withResolvers<Exit>();
	running.once('exit', (exitCode) => resolve({ exitCode, error: null }));
	running.on('error', (error) => {
		if (pid === undefined) resolve({ exitCode: null, error });
	});
	// One that does not read any more, or never did.
	running.stdin?.on('error', () => {});
	return {
		child: running,
		stdout,
		stderr,
		exited,
		async release() {
			const hasExited = () => running.exitCode !== null || running.signalCode !== null;
			const ended = pid === undefined ? null : endGroup(pid, hasExited);
			stdout.destroy();
			stderr.destroy();
			running.stdin?.destroy();
			await ended;
			// One that outlasts SIGKILL does not keep vpmon.
			running.unref();
		},
	};
}

function trySpawn(
	file: string,
	args: readonly string[],
	stdin: 'ignore' | 'pipe',
): { readonly child: ChildProcess } | { readonly error: NodeJS.ErrnoException } {
	try {
		const child = spawn(file, args, {
			stdio: [stdin, 'pipe', 'pipe'],
			// A session, and so a process group, of its own. It has no terminal: nothing asks over the screen.
			detached: true,
			env: childEnvironment(),
			// The directory vpmon was started in may be gone by now.
			cwd: parse(process.execPath).root,
		});
		return { child };
	} catch (error) {
		return { error: error instanceof Error ? error : new Error(messageOf(error)) };
	}
}

/** Resolves when the program has exited and all it said was read. Its pipes may be held by what it left running. */
async function endOf({ exited, stdout, stderr }: Started): Promise<Exit> {
	const exit = await exited;
	const streams = [stdout, stderr];
	const bytes = () => streams.reduce((sum, stream) => sum + ((stream as Partial<Socket>).bytesRead ?? 0), 0);
	if (exit.error === null) await drained(streams, bytes);
	return exit;
}

/** execvp(3) says EACCES also when a program is nowhere but one directory of PATH may not be searched, as after su. */
function whyNotStarted(file: string, { code }: NodeJS.ErrnoException): 'not-found' | 'not-permitted' | null {
	if (code === 'ENOENT') return 'not-found';
	if (code !== 'EACCES') return null;
	const places = file.includes('/') ? [''] : (process.env.PATH ?? '').split(delimiter);
	return places.some((place) => existsSync(join(place, file))) ? 'not-permitted' : 'not-found';
}

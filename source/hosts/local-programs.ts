import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { delimiter, join, parse } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { execa } from 'execa';
import { childEnvironment } from '../domain/child-environment.ts';
import { drained } from './drained.ts';
import { startGuard } from './group-guard.ts';
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
	readonly child: ChildProcess;
	readonly stdout: Readable;
	readonly stderr: Readable;
	/** Resolves when it has exited or could not be started. */
	readonly exited: Promise<Exit>;
	/** Gives up what its pipes may still bring, and ends what is left of it. */
	release(): Promise<void>;
};

type StartProblem = { readonly code?: string | undefined; readonly message: string };
/** `problem`: why it could not be started. `exitCode` is null after a signal. */
type Exit = { readonly exitCode: number | null; readonly problem: StartProblem | null };

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
	void endOf(program).then(({ exitCode, problem }) => {
		if (problem === null) return settle(exitCode === 0 ? 'done' : 'failed', exitCode);
		const outcome = whyNotStarted(argv[0] ?? '', problem);
		settle(outcome ?? 'failed', null, outcome === null ? `${problem.message}\n` : '');
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
	void endOf(program).then(({ exitCode, problem }) => {
		void program.release();
		const outcome = problem === null ? null : whyNotStarted(argv[0] ?? '', problem);
		resolve({ outcome: outcome ?? (isStopped ? 'stopped' : 'ended'), exitCode });
	});
	return {
		command: formatCommand(argv),
		...(withInput ? { stdin: child.stdin ?? new PassThrough() } : {}),
		stdout,
		stderr,
		ended,
		stop() {
			isStopped = true;
			void program.release().then(() => resolve({ outcome: 'stopped', exitCode: child.exitCode }));
		},
	};
}

function startProgram([file = '', ...args]: readonly string[], stdin: 'ignore' | 'pipe'): Started {
	startGuard();
	const program = execa(file, args, {
		reject: false,
		// It resolves when all pipes are closed, which a program that was left running may never do: deadlines are held here.
		buffer: false,
		stdin,
		// A session, and so a process group, of its own. It has no terminal: nothing asks over the screen.
		detached: true,
		extendEnv: false,
		env: childEnvironment(),
		// The directory vpmon was started in may be gone by now.
		cwd: parse(process.execPath).root,
	});
	const { nodeChildProcess: child } = program;
	const { pid } = child;
	// One that did not start has no streams.
	const stdout = child.stdout ?? new PassThrough().end();
	const stderr = child.stderr ?? new PassThrough().end();
	const { promise: exited, resolve } = Promise.withResolvers<Exit>();
	if (pid !== undefined) addGroup(pid);
	child.once('exit', (exitCode) => resolve({ exitCode, problem: null }));
	void program.then(({ code, originalMessage }) => {
		if (pid === undefined) resolve({ exitCode: null, problem: { code, message: originalMessage ?? '' } });
	});
	// One that does not read any more, or never did.
	child.stdin?.on('error', () => {});
	return {
		child,
		stdout,
		stderr,
		exited,
		async release() {
			const hasExited = () => child.exitCode !== null || child.signalCode !== null;
			const ended = pid === undefined ? null : endGroup(pid, hasExited);
			stdout.destroy();
			stderr.destroy();
			child.stdin?.destroy();
			await ended;
			// One that outlasts SIGKILL does not keep vpmon.
			if (pid !== undefined) child.unref();
		},
	};
}

/** Resolves when the program has exited and all it said was read. Its pipes may be held by what it left running. */
async function endOf({ exited, stdout, stderr }: Started): Promise<Exit> {
	const exit = await exited;
	const streams = [stdout, stderr];
	const bytes = () => streams.reduce((sum, stream) => sum + ((stream as Partial<Socket>).bytesRead ?? 0), 0);
	if (exit.problem === null) await drained(streams, bytes);
	return exit;
}

/** execvp(3) says EACCES also when a program is nowhere but one directory of PATH may not be searched, as after su. */
function whyNotStarted(file: string, { code }: StartProblem): 'not-found' | 'not-permitted' | null {
	if (code === 'ENOENT') return 'not-found';
	if (code !== 'EACCES') return null;
	const places = file.includes('/') ? [''] : (process.env.PATH ?? '').split(delimiter);
	return places.some((place) => existsSync(join(place, file))) ? 'not-permitted' : 'not-found';
}

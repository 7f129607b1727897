import { existsSync } from 'node:fs';
import { delimiter, join, parse } from 'node:path';
import { PassThrough } from 'node:stream';
import { execa, type Options } from 'execa';
import {
	type CommandStream,
	formatCommand,
	type RunOptions,
	type RunResult,
	type StreamEnd,
	type StreamOptions,
} from './host.ts';

/** Enough for a log tail; more is a command gone wrong. */
const mostOutput = 16 * 1024 * 1024; // Characters.
const killAfter = 1000; // Milliseconds a stopped program may take before SIGKILL.

const sharedOptions = {
	reject: false,
	stdin: 'ignore',
	extendEnv: true,
	// Verdicts never hang on a translated message, nor on the zone of a time.
	env: { LC_ALL: 'C', TZ: 'UTC' },
	forceKillAfterDelay: killAfter,
	// The directory vpmon was started in may be gone by now.
	cwd: parse(process.execPath).root,
} satisfies Options;

/** Runs a program to its end. Never rejects. */
export async function runProgram(argv: readonly string[], options: RunOptions): Promise<RunResult> {
	const started = performance.now();
	const [file = '', ...args] = argv;
	const result = await execa(file, args, {
		...sharedOptions,
		timeout: options.timeoutMs,
		maxBuffer: mostOutput,
		stripFinalNewline: false,
		...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
	});
	return {
		command: formatCommand(argv),
		outcome: outcomeOf(file, result),
		exitCode: result.exitCode ?? null,
		stdout: result.stdout ?? '',
		stderr: result.stderr ?? '',
		durationMs: performance.now() - started,
	};
}

/** Starts a program that goes on until it ends by itself or is stopped. */
export function streamProgram(argv: readonly string[], { withInput = false }: StreamOptions = {}): CommandStream {
	const [file = '', ...args] = argv;
	const program = execa(file, args, { ...sharedOptions, stdin: withInput ? 'pipe' : 'ignore', buffer: false });
	let stopped = false;
	return {
		command: formatCommand(argv),
		...(withInput ? { stdin: program.stdin ?? new PassThrough() } : {}),
		// A program that did not start has no streams.
		stdout: program.stdout ?? new PassThrough().end(),
		stderr: program.stderr ?? new PassThrough().end(),
		ended: endOf(file, program as Promise<Ended>, () => stopped),
		stop() {
			stopped = true;
			program.kill();
		},
	};
}

type Ended = {
	readonly code?: string | undefined;
	readonly failed: boolean;
	readonly timedOut: boolean;
	readonly isCanceled: boolean;
	readonly exitCode?: number | undefined;
};

function outcomeOf(file: string, result: Ended): RunResult['outcome'] {
	const notStarted = whyNotStarted(file, result);
	if (notStarted !== null) return notStarted;
	if (result.timedOut) return 'timeout';
	if (result.isCanceled) return 'cancelled';
	return result.failed ? 'failed' : 'done';
}

async function endOf(file: string, program: Promise<Ended>, isStopped: () => boolean): Promise<StreamEnd> {
	const result = await program;
	return {
		outcome: whyNotStarted(file, result) ?? (isStopped() ? 'stopped' : 'ended'),
		exitCode: result.exitCode ?? null,
	};
}

/** execvp(3) says EACCES also when a program is nowhere but one directory of PATH may not be searched, as after su. */
function whyNotStarted(file: string, { code }: Ended): 'not-found' | 'not-permitted' | null {
	if (code === 'ENOENT') return 'not-found';
	if (code !== 'EACCES') return null;
	const places = file.includes('/') ? [''] : (process.env.PATH ?? '').split(delimiter);
	return places.some((place) => existsSync(join(place, file))) ? 'not-permitted' : 'not-found';
}

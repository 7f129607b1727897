import { PassThrough } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import { cleanLine } from '../domain/clean.ts';
import { messageOf } from '../domain/user-error.ts';
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
import { remoteCommand, startFailure } from './remote-command.ts';
import type { SessionGate } from './session-gate.ts';
import type { SshSession } from './ssh-connect.ts';

/** Programs on a remote host, over one connection. */

const closeAfter = 4000; // Milliseconds for the end of a program that was stopped.
const mostTries = 5;

/** A channel and how its program ended: the code, null for a signal; undefined while it was not told. */
type Running = { readonly channel: ClientChannel; readonly exit: () => number | null | undefined };
type Opened = (Running & { readonly release: () => void }) | { readonly error: string };

/** A session for one program. Where sshd has none left it is asked again when another one has ended. */
async function openSession(session: SshSession, gate: SessionGate, command: string, lasts: boolean): Promise<Opened> {
	let error = '';
	for (let tries = 0; tries < mostTries; tries++) {
		const release = await gate.enter(lasts);
		const opened = await exec(session, command);
		if ('channel' in opened) {
			opened.channel.once('close', release);
			return { ...opened, release };
		}
		error = opened.error;
		if (!opened.isRefused) {
			release();
			break;
		}
		gate.lower();
		release();
	}
	return { error };
}

function exec({ client }: SshSession, command: string): Promise<Running | { error: string; isRefused: boolean }> {
	return new Promise((resolve) => {
		try {
			client.exec(command, (error: (Error & { reason?: number | string }) | undefined, channel) => {
				if (error) return resolve({ error: cleanLine(error.message), isRefused: typeof error.reason === 'number' });
				// All that a short program says may come in one piece, so that nobody has heard of the channel yet.
				let exit: number | null | undefined;
				channel
					.on('error', () => {})
					.on('exit', (code: number | null) => {
						exit = code;
					});
				resolve({ channel, exit: () => exit });
			});
		} catch (error) {
			resolve({ error: messageOf(error), isRefused: false });
		}
	});
}

/** Runs a program to its end. Never rejects. */
export async function runRemote(
	session: SshSession,
	gate: SessionGate,
	argv: readonly string[],
	{ timeoutMs, signal, maxOutput = usualOutput }: RunOptions,
	startedAt: number,
): Promise<RunResult> {
	const { promise, resolve } = Promise.withResolvers<RunResult>();
	const out = { stdout: '', stderr: '' };
	const finish = (outcome: RunResult['outcome'], exitCode: number | null, said = '') => {
		const stderr = out.stderr + said;
		const durationMs = performance.now() - startedAt;
		resolve({ command: formatCommand(argv), outcome, exitCode, ...out, stderr, durationMs });
	};
	let end = () => {};
	const giveUp = (outcome: 'timeout' | 'cancelled') => {
		finish(outcome, null);
		end();
	};
	const timer = setTimeout(() => giveUp('timeout'), Math.max(0, timeoutMs - (performance.now() - startedAt)));
	const onAbort = () => giveUp('cancelled');
	signal?.addEventListener('abort', onAbort, { once: true });
	if (signal?.aborted) onAbort();
	void openSession(session, gate, remoteCommand(argv, { hasInput: false }), false).then((opened) => {
		if ('error' in opened) return finish('lost', null, opened.error);
		const { channel } = opened;
		end = () => endProgram(channel, opened.release);
		const collect = (name: 'stdout' | 'stderr') => (text: string) => {
			out[name] += text.slice(0, Math.max(0, maxOutput - out[name].length));
			if (out[name].length < maxOutput) return;
			finish('failed', null, tooMuchOutput(maxOutput));
			end();
		};
		channel.setEncoding('utf8').on('data', collect('stdout'));
		channel.stderr.setEncoding('utf8').on('data', collect('stderr'));
		void endOf(opened).then(() => {
			const exit = opened.exit();
			if (exit === undefined) return finish('lost', null, 'the connection was lost');
			finish(startFailure(exit) ?? (exit === 0 ? 'done' : 'failed'), exit);
			if (!channel.closed) end();
		});
		// It was given up while it waited for its turn.
		if (signal?.aborted || performance.now() - startedAt >= timeoutMs) end();
	});
	return promise.finally(() => {
		clearTimeout(timer);
		signal?.removeEventListener('abort', onAbort);
	});
}

/** Starts a program that goes on until it ends by itself or is stopped, or the connection is lost. */
export async function streamRemote(
	session: SshSession,
	gate: SessionGate,
	argv: readonly string[],
	{ withInput = false }: StreamOptions,
): Promise<CommandStream> {
	const opened = await openSession(session, gate, remoteCommand(argv, { hasInput: withInput }), !withInput);
	if ('error' in opened) return deadStream(argv, 'lost', opened.error);
	const { channel, release } = opened;
	const { promise: ended, resolve } = Promise.withResolvers<StreamEnd>();
	const stdout = new PassThrough();
	const stderr = new PassThrough();
	const stdin = new PassThrough();
	let stopped = false;
	if (withInput) stdin.pipe(channel);
	channel.pipe(stdout, { end: false });
	channel.stderr.pipe(stderr, { end: false });
	const conclude = () => {
		const exit = opened.exit();
		const isLost = exit === undefined && !stopped;
		const close = (stream: PassThrough) => (isLost || stopped ? stream.destroy() : stream.end());
		close(stdout);
		close(stderr);
		const outcome = stopped ? 'stopped' : isLost ? 'lost' : (startFailure(exit ?? null) ?? 'ended');
		resolve({ outcome, exitCode: exit ?? null });
		if (!channel.closed && !stopped) endProgram(channel, release);
	};
	void endOf(opened).then(conclude);
	return {
		command: formatCommand(argv),
		...(withInput ? { stdin } : {}),
		stdout,
		stderr,
		ended,
		stop() {
			if (stopped) return;
			stopped = true;
			endProgram(channel, release, conclude);
		},
	};
}

/** Resolves when the channel has closed, or when its program has exited and has nothing more to say: what it left running may hold it. */
function endOf({ channel, exit }: Running): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<void>();
	let bytes = 0;
	const count = (data: Buffer | string) => {
		bytes += data.length;
	};
	channel.on('data', count).once('close', resolve);
	channel.stderr.on('data', count);
	const drain = () => void drained([channel, channel.stderr], () => bytes).then(resolve);
	channel.once('exit', drain);
	if (exit() !== undefined) drain();
	return promise;
}

/** Asks the program to end; the end of its input does the same where the server passes on no signals, and kills it in the end. */
function endProgram(channel: ClientChannel, release: () => void, onGivenUp = () => {}): void {
	const close = setTimeout(() => {
		tell(() => channel.close());
		release();
		onGivenUp();
	}, closeAfter);
	channel.once('close', () => clearTimeout(close));
	tell(() => channel.signal('TERM'));
	tell(() => channel.end());
	// What it still says is not read, but must not hold up its end.
	channel.unpipe().resume();
	channel.stderr.unpipe().resume();
}

/** A connection that is gone takes no request any more. */
function tell(request: () => void): void {
	try {
		request();
	} catch {
		// Its programs ended with it.
	}
}

/** Of a program that was not started. */
export function deadStream(argv: readonly string[], outcome: 'lost' | 'stopped', reason: string): CommandStream {
	return {
		command: formatCommand(argv),
		stdin: new PassThrough(),
		stdout: new PassThrough().end(),
		stderr: new PassThrough().end(reason === '' ? '' : `${reason}\n`),
		ended: Promise.resolve({ outcome, exitCode: null }),
		stop() {},
	};
}

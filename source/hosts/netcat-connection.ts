import { Duplex } from 'node:stream';
import { cleanLine } from '../domain/clean.ts';
import type { CommandStream, ConnectFailure, Connection, Host, RunOptions } from './host.ts';

const failures: ReadonlyArray<readonly [words: RegExp, failure: ConnectFailure]> = [
	[/connection refused/i, 'refused'],
	[/timed? ?out|TIMEOUT/i, 'timeout'],
	[/no route to host|network is unreachable|host is down|permission denied|invalid argument/i, 'unreachable'],
	[/connection reset/i, 'reset'],
];
/** What netcats say of a connection that stands: OpenBSD's, the traditional one, Ncat. */
const opened = /succeeded!|\) open\b|^Ncat: Connected to/m;

/** Seconds after which a netcat that nobody can end any more ends by itself: `-w` is about both the opening and silence. */
const longestSilence = 60;

/**
 * A TCP connection through the input and output of netcat, a program of the host. Only what it says on stderr tells an open port from a
 * closed one.
 *
 * @param inside what netcat is run by.
 * @param first the program of the whole command line.
 */
export async function connectByNetcat(
	host: Pick<Host, 'stream'>,
	inside: (argv: readonly string[]) => readonly string[],
	address: string,
	port: number,
	options: RunOptions,
	first: string,
): Promise<Connection> {
	const { signal, timeoutMs } = options;
	const started = performance.now();
	// Without names: netcat would ask for that of the address.
	const argv = inside(['nc', '-n', '-v', '-w', String(longestSilence), address, String(port)]);
	const program = await host.stream(argv, { withInput: true });
	const left = Math.max(1, timeoutMs - (performance.now() - started));
	return waitForNetcat(program, { timeoutMs: left, ...(signal === undefined ? {} : { signal }) }, first);
}

function waitForNetcat(program: CommandStream, { timeoutMs, signal }: RunOptions, first: string): Promise<Connection> {
	const { promise, resolve } = Promise.withResolvers<Connection>();
	let said = '';
	const fail = (failure: ConnectFailure, error: string) => {
		program.stop();
		resolve({ ok: false, failure, error });
	};
	const open = () => {
		const { stdin, stdout } = program;
		if (stdin === undefined) return fail('other', 'a program was started without its input');
		// One stream of its two ends, which ends the program.
		const stream = Duplex.from({ readable: stdout, writable: stdin });
		// Being destroyed counts as an error there.
		stream.on('error', () => {}).once('close', () => program.stop());
		resolve({ ok: true, stream, sourceAddress: null, sourcePort: null });
	};
	const onAbort = () => fail('other', 'cancelled');
	const late = () => fail('timeout', `no answer within ${Math.round(timeoutMs)} ms`);
	const timer = setTimeout(late, timeoutMs);
	signal?.addEventListener('abort', onAbort, { once: true });
	if (signal?.aborted) onAbort();
	program.stderr.setEncoding('utf8').on('data', (text: string) => {
		said = (said + text).slice(-1000);
		if (opened.test(said)) open();
	});
	// A server may speak before netcat does.
	program.stdout.once('readable', () => program.stdout.readableLength > 0 && open());
	void program.ended.then(({ outcome }) => {
		const line = cleanLine(said.trim().split('\n').at(-1) ?? '');
		if (outcome === 'not-found') return fail('other', `${first} is not installed`);
		const [, failure = 'other'] = failures.find(([words]) => words.test(said)) ?? [];
		fail(failure, line === '' ? 'nc ended without a word' : line);
	});
	return promise.finally(() => {
		clearTimeout(timer);
		signal?.removeEventListener('abort', onAbort);
	});
}

import { isIP } from 'node:net';
import { Duplex } from 'node:stream';
import { cleanLine } from '../domain/clean.ts';
import type { CommandStream, ConnectFailure, Connection, Host, RunOptions } from './host.ts';
import { parseAhosts } from './resolve-name.ts';

export type ContainerNetwork = {
	/** The engine's client: `docker` or `podman`. */
	readonly program: string;
	readonly container: string;
	/** Of its first process, as the host counts. */
	readonly pid: number;
};

/** getent(1): the name is not known. */
const notFound = 2;
const failures: ReadonlyArray<readonly [words: RegExp, failure: ConnectFailure]> = [
	[/connection refused/i, 'refused'],
	[/timed? ?out|TIMEOUT/i, 'timeout'],
	[/no route to host|network is unreachable|host is down|permission denied|invalid argument/i, 'unreachable'],
	[/connection reset/i, 'reset'],
];
/** What netcats say of a connection that stands: OpenBSD's, the traditional one, Ncat. */
const opened = /succeeded!|\) open\b|^Ncat: Connected to/m;

/**
 * The network of a container, entered from its host: connections leave from where the container's own would. Names are asked of the
 * container itself, whose hosts file and name server count, and of its host where it has no getent. The port a connection comes
 * from stays unknown.
 */
export function createNamespaceHost(host: Host, { program, container, pid }: ContainerNetwork): Host {
	const inside = (argv: readonly string[]) => ['nsenter', '--net', '--target', String(pid), '--', ...argv];
	return {
		...host,
		name: `${host.name}, network of ${container}`,
		// Docker's bridge sends everything from the host's address, so a target counts both together. Where it does not, the budget is
		// only smaller than it could be.
		ledgerName: host.ledgerName ?? host.name,
		run: (argv, options) => host.run(inside(argv), options),
		stream: (argv, options) => host.stream(inside(argv), options),

		async resolve(name, options) {
			const family = isIP(name);
			if (family !== 0) return { ok: true, addresses: [{ address: name, family: family as 4 | 6 }] };
			const result = await host.run([program, 'exec', container, 'getent', 'ahosts', name], options);
			if (result.outcome === 'done') return { ok: true, addresses: parseAhosts(result.stdout) };
			if (result.outcome === 'failed' && result.exitCode === notFound)
				return { ok: false, error: 'no such name in the container, or no answer from its name server' };
			return host.resolve(name, options);
		},

		async connect(address, port, options) {
			// Without names: netcat would ask for that of the address.
			const stream = await host.stream(inside(['nc', '-n', '-v', address, String(port)]), { withInput: true });
			return waitForNetcat(stream, options);
		},

		// The host that was entered is not ours to end.
		async dispose() {},
	};
}

/** May this user enter the network at all? nsenter(1) needs CAP_SYS_ADMIN, and the process has to be there still. */
export async function mayEnter(host: Host, pid: number, options: RunOptions): Promise<boolean> {
	const result = await host.run(['nsenter', '--net', '--target', String(pid), '--', 'nc', '-h'], options);
	return !/^nsenter:/m.test(result.stderr) && (result.outcome === 'done' || result.outcome === 'failed');
}

/** Only what netcat says on stderr tells an open port from a closed one. */
function waitForNetcat(program: CommandStream, { timeoutMs, signal }: RunOptions): Promise<Connection> {
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
		if (outcome === 'not-found') return fail('other', 'nsenter is not installed');
		const [, failure = 'other'] = failures.find(([words]) => words.test(said)) ?? [];
		fail(failure, line === '' ? 'nc ended without a word' : line);
	});
	return promise.finally(() => {
		clearTimeout(timer);
		signal?.removeEventListener('abort', onAbort);
	});
}

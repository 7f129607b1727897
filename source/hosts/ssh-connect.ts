import type { Duplex } from 'node:stream';
import type { Client, ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2';
import ssh2 from 'ssh2';
import { messageOf } from '../domain/user-error.ts';
import { version } from '../domain/version.ts';
import type { Host, LinkProblem } from './host.ts';
import { knownTypes, readKnownKeys, standingOf } from './known-hosts-file.ts';
import type { SshDestination } from './ssh-destination.ts';
import { prepareLogin } from './ssh-login.ts';
import { handshakeProblem, hostKeyProblem, loginProblem, nameProblem, networkProblem } from './ssh-problem.ts';

/** A connection that stands, through every hop. */
export type SshSession = {
	readonly client: Client;
	/** When something of the server was heard last, in milliseconds since 1970. */
	heardAt(): number;
	/** Ends it and every hop before it. */
	close(): void;
};

export type SshAttempt =
	| { readonly ok: true; readonly session: SshSession }
	| {
			readonly ok: false;
			readonly problem: LinkProblem;
			/** Where a host key was not known: whose, and the key itself. */
			readonly unknown: { readonly destination: SshDestination; readonly blob: Buffer } | null;
	  };

const openMs = 10_000;
const handshakeMs = 15_000;
/** A person's agent may ask for a touch or a confirmation. */
const loginMs = 30_000;
const longestSpoken = 300; // Bytes, of what is said before the key exchange.
/** A question that any reply answers is asked so often while nothing is heard. */
export const keepAliveMs = 5000;

/** Connects hop by hop; each host key is verified before anything is offered to it. Never rejects. */
export async function connectRoute(
	local: Host,
	hops: readonly SshDestination[],
	signal: AbortSignal,
): Promise<SshAttempt> {
	const sessions: SshSession[] = [];
	const closeAll = () => {
		for (const session of sessions.toReversed()) session.close();
	};
	for (const destination of hops) {
		const before = sessions.at(-1);
		const from = before === undefined ? local.name : (hops[sessions.length - 1]?.alias ?? '');
		const opened =
			before === undefined
				? await openHere(local, destination, signal)
				: await openThrough(before.client, destination, from);
		const attempt: SshAttempt =
			'kind' in opened ? { ok: false, problem: opened, unknown: null } : await logIn(opened, destination, signal);
		if (!attempt.ok) {
			closeAll();
			return attempt;
		}
		sessions.push(attempt.session);
	}
	const last = sessions.at(-1) as SshSession;
	return { ok: true, session: { ...last, close: closeAll } };
}

async function openHere(local: Host, destination: SshDestination, signal: AbortSignal): Promise<Duplex | LinkProblem> {
	const options = { timeoutMs: openMs, signal };
	const resolution = await local.resolve(destination.hostName, options);
	if (!resolution.ok) return nameProblem(destination, resolution.error, local.name);
	let problem = nameProblem(destination, 'the name has no address', local.name);
	const giveUpAt = performance.now() + openMs;
	for (const [index, { address }] of resolution.addresses.entries()) {
		// The time is for all of them.
		const timeoutMs = Math.max(1000, (giveUpAt - performance.now()) / (resolution.addresses.length - index));
		const connection = await local.connect(address, destination.port, { timeoutMs, signal });
		if (connection.ok) return connection.stream;
		problem = networkProblem(destination, connection, local.name);
	}
	return problem;
}

function openThrough(client: Client, destination: SshDestination, from: string): Promise<Duplex | LinkProblem> {
	const { hostName, port } = destination;
	const { promise, resolve } = Promise.withResolvers<Duplex | LinkProblem>();
	const fail = (error: string) => resolve(networkProblem(destination, { ok: false, failure: 'other', error }, from));
	const timer = setTimeout(() => fail(`no answer from ${from} within ${openMs} ms`), openMs);
	try {
		client.forwardOut('127.0.0.1', 0, hostName, port, (error, channel) => {
			if (error) fail(`${from} says ${error.message.replace(/^\(SSH\) Channel open failure: /, '')}`);
			else resolve(channel);
		});
	} catch (error) {
		fail(messageOf(error));
	}
	return promise.finally(() => clearTimeout(timer));
}

async function logIn(stream: Duplex, destination: SshDestination, signal: AbortSignal): Promise<SshAttempt> {
	const known = await readKnownKeys(destination);
	const types = knownTypes(known);
	const login = await prepareLogin(destination);
	const client = new ssh2.Client();
	const { promise, resolve } = Promise.withResolvers<SshAttempt>();
	let heard = Date.now();
	let hostKeyAttempt: SshAttempt | null = null;
	let isVerified = false;
	let spoken = '';
	const theirs = new Map<string, string>();
	const fail = (message: string, isLogin = false) => {
		const list = /no matching (.+)$/i.exec(message)?.[1]?.toLowerCase() ?? null;
		const problem = isLogin
			? loginProblem(login.explain())
			: handshakeProblem(destination, {
					message: spoken.startsWith('SSH-') || spoken === '' ? message : `${spoken.split('\n')[0]} (${message})`,
					list,
					theirs: theirs.get(list ?? '') ?? null,
					known: types,
				});
		resolve(hostKeyAttempt ?? { ok: false, problem, unknown: null });
	};
	let timer = setTimeout(() => fail(`it was not finished within ${handshakeMs / 1000} s`), handshakeMs);
	const onAbort = () => fail('given up');
	signal.addEventListener('abort', onAbort, { once: true });
	stream.on('data', (data: Buffer) => {
		heard = Date.now();
		if (!isVerified && spoken.length < longestSpoken) spoken += data.toString('latin1');
	});
	client.on('handshake', () => {
		isVerified = true;
		clearTimeout(timer);
		timer = setTimeout(() => fail('', true), loginMs);
	});
	client.on('ready', () => {
		const close = () => {
			client.end();
			stream.destroy();
		};
		resolve({ ok: true, session: { client, heardAt: () => heard, close } });
	});
	client.on('error', (error: Error & { level?: string }) => {
		// A key that the agent does not sign with is passed over.
		if (error.level === 'agent') return;
		const isLogin = error.level === 'client-authentication' || /Too many authentication failures/.test(error.message);
		fail(error.message, isLogin);
	});
	// One that was turned away while it logged in: the server counts that as a failed login.
	client.on('close', () => fail('it closed the connection', isVerified));

	const config: ConnectConfig = {
		sock: stream as never,
		username: destination.username,
		ident: `vpmon_${version}`,
		readyTimeout: 0,
		keepaliveInterval: keepAliveMs,
		// What counts as a silence is decided by what is heard, not by the order of replies.
		keepaliveCountMax: Number.POSITIVE_INFINITY,
		...(types === null ? {} : { algorithms: { serverHostKey: algorithmsOf(types) } }),
		hostVerifier: (blob: Buffer) => {
			const standing = standingOf(known, blob);
			if (standing.verdict === 'known') return true;
			const problem = hostKeyProblem(destination, standing as never, blob, known);
			const unknown = standing.verdict === 'unknown' ? { destination, blob: Buffer.from(blob) } : null;
			hostKeyAttempt = { ok: false, problem, unknown };
			return false;
		},
		authHandler: ((left: string[] | null, partial: boolean | null) => login.nextMethod(left, partial)) as never,
		debug: (line: string) => {
			const [, name = '', names = ''] = /^Handshake: \(remote\) ([^:]+): (.*)$/.exec(line) ?? [];
			theirs.set(name === 'KEX method' ? 'key exchange algorithm' : name.toLowerCase(), names);
		},
	};
	try {
		client.connect(config);
	} catch (error) {
		fail(messageOf(error));
	}
	const attempt = await promise;
	clearTimeout(timer);
	signal.removeEventListener('abort', onAbort);
	if (!attempt.ok) {
		// What it still says is the clean-up.
		client.removeAllListeners().on('error', () => {});
		client.end();
		stream.on('error', () => {}).destroy();
	}
	return attempt;
}

function algorithmsOf(types: readonly string[]): ServerHostKeyAlgorithm[] {
	// An RSA key signs with one of three algorithms (RFC 8332).
	return types.flatMap((type) => (type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'] : [type])) as never;
}

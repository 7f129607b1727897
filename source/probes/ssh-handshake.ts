import type { Duplex } from 'node:stream';
import type { AuthHandlerMiddleware, ServerHostKeyAlgorithm } from 'ssh2';
import ssh2 from 'ssh2';
import { cleanLine } from '../domain/clean.ts';
import type { AuthEvidence, HandshakeEvidence } from '../domain/evidence.ts';
import { describeHostKey, type HostKeyType, type OfferedHostKey } from '../domain/host-key.ts';
import { messageOf } from '../domain/user-error.ts';
import { version } from '../domain/version.ts';
import { cleanForeign } from '../redact/secrets/secret-lines.ts';
import { tapIdentification } from './identification.ts';
import { createKexinitReader } from './kexinit.ts';
import { type AuthQuestion, askAuth, listenForAnswers } from './ssh-auth.ts';

export type SshProbe = {
	/** Ask the server for these host key types only; null takes what it offers first. */
	readonly hostKeyTypes: readonly HostKeyType[] | null;
	/** Whether this host key allows the question; called only with a key the server proved to hold. */
	readonly mayAsk: (hostKey: OfferedHostKey) => boolean;
	readonly question: AuthQuestion | null;
	/** For the handshake, and again for the answer. */
	readonly timeoutMs: number;
	readonly signal?: AbortSignal | undefined;
};

const goodbyeMs = 250; // For the server to close its end; then the socket is destroyed.

/**
 * Climbs one connection: identification string, key exchange, host key and, where that is the right one, one question about
 * authentication. Nothing is ever signed. Ends the stream; never rejects.
 */
export async function probeSsh(
	stream: Duplex,
	probe: SshProbe,
): Promise<{ handshake: HandshakeEvidence; answers: readonly AuthEvidence[] }> {
	const started = performance.now();
	const client = new ssh2.Client();
	const kexinit = createKexinitReader();
	let hostKey: OfferedHostKey | null = null;
	let proven = false;
	let allowed = false;
	let handshakeMs: number | null = null;
	let ended: HandshakeEvidence['ended'] = null;
	let error: string | null = null;

	const { promise: over, resolve: finish } = Promise.withResolvers<void>();
	const end = (how: NonNullable<HandshakeEvidence['ended']>, reason: string) => {
		// The first reason is the real one; what follows is the clean-up.
		ended ??= how;
		error ??= cleanForeign(cleanLine(reason)).slice(0, 500);
		finish();
	};
	const tap = tapIdentification(stream, () => end('error', 'no SSH 2 identification string'));
	const auth = probe.question === null ? null : askAuth(probe.question, finish);
	if (auth !== null) listenForAnswers(client, auth);

	// After a busy moment a timer comes before what the network brought meanwhile: that is let in first.
	const deadline = (what: string) =>
		setTimeout(
			() => setImmediate(() => end('timeout', `no ${what} within ${Math.round(probe.timeoutMs)} ms`)),
			probe.timeoutMs,
		);
	let timer = deadline('end of the key exchange');
	const onAbort = () => end('timeout', 'cancelled');
	probe.signal?.addEventListener('abort', onAbort, { once: true });

	client.on('handshake', () => {
		proven = true;
		handshakeMs = performance.now() - started;
		allowed = auth !== null && hostKey !== null && probe.mayAsk(hostKey);
		if (!allowed) return finish();
		clearTimeout(timer);
		timer = deadline('answer to the key query');
	});
	client.on('error', (cause: Error & { level?: string; code?: string }) => {
		// Our own agent's refusal to sign, after which ssh2 goes on.
		if (cause.level === 'agent') return;
		end(cause.code === 'ECONNRESET' || cause.code === 'EPIPE' ? 'reset' : 'error', inPlainWords(cause.message));
	});
	client.on('close', () => end('closed', 'the server closed the connection'));
	stream.once('end', () => end('closed', 'the server closed the connection'));

	try {
		client.connect({
			sock: stream as never,
			username: probe.question?.username ?? 'vpmon',
			ident: `vpmon_${version}`,
			readyTimeout: 0,
			...(probe.hostKeyTypes === null ? {} : { algorithms: { serverHostKey: algorithmsOf(probe.hostKeyTypes) } }),
			hostVerifier: (blob: Buffer) => {
				// Accepted here so that the server must sign with it; `mayAsk` decides afterwards whether anything is asked.
				hostKey = describeHostKey(blob);
				return true;
			},
			authHandler: ((methodsLeft: string[] | null) =>
				(allowed && auth?.nextMethod(methodsLeft)) || false) as AuthHandlerMiddleware,
			debug: (line: string) => {
				kexinit.onDebug(line);
				auth?.onDebug(line);
			},
		});
	} catch (cause) {
		end('error', messageOf(cause));
	}

	await over;
	clearTimeout(timer);
	probe.signal?.removeEventListener('abort', onAbort);
	sayGoodbye(client, stream);

	const seen = tap.read();
	const total = performance.now() - started;
	return {
		handshake: {
			identification: seen.identification,
			spoken: seen.spoken,
			notSsh: proven ? null : seen.notSsh,
			serverAlgorithms: kexinit.server,
			ourAlgorithms: kexinit.ours,
			noCommon: kexinit.noCommon,
			hostKey,
			hostKeyProven: proven,
			ended: proven ? null : ended,
			error: proven ? null : error,
			durationMs: handshakeMs ?? total,
		},
		answers: authEvidence(),
	};

	function authEvidence(): AuthEvidence[] {
		if (auth === null || !allowed) return [];
		const durationMs = total - (handshakeMs ?? total);
		return auth.evidence().map((found) => {
			const reason = found.answer === 'none' ? (found.error ?? error) : found.error;
			return { ...found, error: reason, durationMs };
		});
	}
}

/** ssh2 reads no packet larger than a peer must be able to (RFC 4253 section 6.1); OpenSSH sends a login banner of any size as one. */
function inPlainWords(message: string): string {
	return message.startsWith('Bad packet length')
		? 'the server sent a packet of more than 35,000 bytes, such as a very long login banner; vpmon reads none that large'
		: message;
}

function algorithmsOf(types: readonly HostKeyType[]): ServerHostKeyAlgorithm[] {
	// An RSA key signs with one of three algorithms (RFC 8332).
	return types.flatMap((type) =>
		type === 'ssh-rsa' ? (['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'] as const) : [type],
	);
}

/** Says SSH_MSG_DISCONNECT where it still can, and leaves no socket behind. */
function sayGoodbye(client: ssh2.Client, stream: Duplex): void {
	client.removeAllListeners();
	client.on('error', () => {});
	stream.on('error', () => {});
	try {
		client.end();
	} catch {
		// ssh2 throws when its cipher is already gone; the socket is destroyed below either way.
	}
	const timer = setTimeout(() => stream.destroy(), goodbyeMs);
	stream.once('close', () => clearTimeout(timer));
	stream.resume();
}

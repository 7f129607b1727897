import type { ConnectionEvidence } from '../../domain/evidence.ts';
import { type HostKeyType, type StoredHostKey, sameHostKey } from '../../domain/host-key.ts';
import type { Host } from '../../hosts/host.ts';
import type { AuthQuestion } from '../../probes/ssh-auth.ts';
import { probeSsh } from '../../probes/ssh-handshake.ts';
import { openTarget } from '../../probes/tcp.ts';

/** Milliseconds. */
export type ProbeTimes = {
	readonly openMs: number;
	/** For each step after it. */
	readonly checkTimeoutMs: number;
	/** For all of them. */
	readonly safeTimeoutMs: number;
};

/** One connection: where to, and what is asked there. */
export type ProbeRequest = ProbeTimes & {
	readonly address: string;
	readonly port: number;
	/** The question is put to a server with this host key only; null puts it to any. */
	readonly stored: StoredHostKey | null;
	/** Ask for these host key types only. */
	readonly types: readonly HostKeyType[] | null;
	readonly question: AuthQuestion | null;
};

export type ConnectionResult = Omit<ConnectionEvidence, 'held'>;

/** Null where nobody can tell what became of the connection: it may have been made. */
export type Prober = (request: ProbeRequest, signal: AbortSignal) => Promise<ConnectionResult | null>;

/** Opens a connection, goes through its steps as far as the host key allows, and ends it. Never rejects. */
export async function probeConnection(
	host: Host,
	request: ProbeRequest,
	signal: AbortSignal,
): Promise<ConnectionResult> {
	const { address, port, stored, types, question, openMs, checkTimeoutMs, safeTimeoutMs } = request;
	const started = performance.now();
	const { connection, evidence } = await openTarget(host, address, port, { timeoutMs: openMs, signal });
	if (!connection.ok) return { ...evidence, handshake: null, answers: [] };
	const result = await probeSsh(connection.stream, {
		hostKeyTypes: types,
		mayAsk: (offered) => stored === null || sameHostKey(stored, offered),
		question,
		timeoutMs: Math.max(1, Math.min(checkTimeoutMs, safeTimeoutMs - (performance.now() - started))),
		signal,
	});
	return { ...evidence, ...result };
}

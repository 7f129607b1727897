import type { ConnectionEvidence } from '../../domain/evidence.ts';
import { type HostKeyType, type StoredHostKey, sameHostKey } from '../../domain/host-key.ts';
import type { Host } from '../../hosts/host.ts';
import type { AuthQuestion } from '../../probes/ssh-auth.ts';
import { probeSsh } from '../../probes/ssh-handshake.ts';
import { openTarget } from '../../probes/tcp.ts';

/** Milliseconds. */
export type SpeakTimes = {
	readonly openMs: number;
	/** For each step after it. */
	readonly rowMs: number;
	/** For all of them. */
	readonly ladderMs: number;
};

/** One connection: where to, and what is asked there. */
export type SpeakRequest = SpeakTimes & {
	readonly address: string;
	readonly port: number;
	/** The question is put to a server with this host key only; null puts it to any. */
	readonly stored: StoredHostKey | null;
	/** Ask for these host key types only. */
	readonly types: readonly HostKeyType[] | null;
	readonly question: AuthQuestion | null;
};

export type Spoken = Omit<ConnectionEvidence, 'held'>;

/** Null where nobody can tell what became of the connection: it may have been made. */
export type Speaker = (request: SpeakRequest, signal: AbortSignal) => Promise<Spoken | null>;

/** Opens a connection, climbs it as far as the host key allows, and ends it. Never rejects. */
export async function speak(host: Host, request: SpeakRequest, signal: AbortSignal): Promise<Spoken> {
	const { address, port, stored, types, question, openMs, rowMs, ladderMs } = request;
	const started = performance.now();
	const { connection, evidence } = await openTarget(host, address, port, { timeoutMs: openMs, signal });
	if (!connection.ok) return { ...evidence, handshake: null, answers: [] };
	const spoken = await probeSsh(connection.stream, {
		hostKeyTypes: types,
		mayAsk: (offered) => stored === null || sameHostKey(stored, offered),
		question,
		timeoutMs: Math.max(1, Math.min(rowMs, ladderMs - (performance.now() - started))),
		signal,
	});
	return { ...evidence, ...spoken };
}

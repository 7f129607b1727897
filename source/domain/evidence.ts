import type { CarriedHostKey, OfferedHostKey } from './host-key.ts';

/** What probes bring back. Nothing here is a verdict; the judges in `runbook/` conclude from it. Foreign text is already cleaned. */

/** How a name resolved on the connector host. */
export type NameEvidence = {
	readonly name: string;
	readonly addresses: readonly string[];
	readonly durationMs: number;
	readonly error: string | null;
};

/** What the runbook's own `nc -zv` printed on the connector host. */
export type NetcatEvidence = {
	/** As it was run. */
	readonly command: string;
	/** Which of the programs named nc it was. */
	readonly flavour: string;
	/** All that it printed, without secrets. */
	readonly output: string;
};

export type ConnectOutcome = 'open' | 'refused' | 'timeout' | 'unreachable' | 'reset' | 'other';

/** What spoke on an open port that was not SSH. */
export type OtherProtocol = 'silence' | 'http' | 'tls' | 'text' | 'binary' | 'ssh-1';

/** How the SSH handshake went, up to and including the host key. */
export type HandshakeEvidence = {
	/** The server's identification string (RFC 4253 section 4.2) without line end, or null. */
	readonly identification: string | null;
	/** Lines before the identification string, or what came in its place. At most 400 characters. */
	readonly spoken: string | null;
	readonly notSsh: OtherProtocol | null;
	/** The server's KEXINIT lists (RFC 4253 section 7.1) and ours, where they were seen. */
	readonly serverAlgorithms: Readonly<Record<string, readonly string[]>>;
	readonly ourAlgorithms: Readonly<Record<string, readonly string[]>>;
	/** The list without a common entry, when that ended the handshake. */
	readonly noCommon: string | null;
	readonly hostKey: OfferedHostKey | null;
	/** The server signed with that key: the key exchange was completed. */
	readonly hostKeyProven: boolean;
	/** Why it ended before it was complete: the server closed or reset, our deadline, or an error in the protocol. Null when complete. */
	readonly ended: 'closed' | 'reset' | 'timeout' | 'error' | null;
	readonly error: string | null;
	readonly durationMs: number;
};

/** What the server said to a public key query (RFC 4252 section 7) or to the question for its methods (section 5.2, `none`). */
export type AuthEvidence = {
	readonly asked: 'public-key' | 'methods';
	readonly username: string;
	/** Fingerprint of the key asked for, with `public-key`. */
	readonly key: string | null;
	/** `accepted` is PK_OK; `open` means the server let the user in without any credential. */
	readonly answer: 'accepted' | 'refused' | 'open' | 'none';
	/** The methods that can continue, where the server named them. */
	readonly methods: readonly string[] | null;
	/** The text shown before authentication (RFC 4252 section 5.4). */
	readonly banner: string | null;
	/** Why there was no answer. */
	readonly error: string | null;
	readonly durationMs: number;
};

/** One TCP connection to a target, from the first packet to its end. */
export type ConnectionEvidence = {
	/** ISO 8601. */
	readonly startedAt: string;
	readonly address: string;
	readonly port: number;
	readonly outcome: ConnectOutcome;
	readonly error: string | null;
	readonly connectMs: number;
	/** Our end; where nothing opened, the address we would have come from. */
	readonly sourceAddress: string | null;
	readonly sourcePort: number | null;
	/** How a remote connector host opened it: `direct-tcpip`, or `nc` and why. Left out for a socket of this machine. */
	readonly way?: string;
	readonly handshake: HandshakeEvidence | null;
	/** What was asked on it and answered, a key each. */
	readonly answers: readonly AuthEvidence[];
	/** What was used of this address in our ledger before the connection, or null when exempt. */
	readonly held: UsedBudget | null;
};

/** Penalty seconds and unfinished connections of the last ten minutes, as our ledger knows them. */
export type UsedBudget = {
	readonly seconds: number;
	readonly unfinished: number;
};

/** Why a connection was not made: the probe budget. */
export type BudgetRefusal = {
	readonly reason: 'seconds' | 'refused-queries' | 'unfinished' | 'ledger';
	/** ISO 8601; null when it is not known, as with a ledger that cannot be used. */
	readonly freeAt: string | null;
	readonly detail: string;
};

/** All that is known of a target after one run: shared by the Safes of that target. */
export type TargetEvidence = {
	readonly host: string;
	readonly port: number;
	readonly name: NameEvidence | null;
	readonly connections: readonly ConnectionEvidence[];
	/** Keys of other types, seen at an earlier measurement: not asked for again, since the one that was asked for has not changed. */
	readonly carriedKeys: readonly CarriedHostKey[];
	/** Other addresses of the name that the probe budget left unmeasured this time. */
	readonly refusedAddresses: readonly string[];
	/** Where the host key is not the stored one: what known_hosts of the connector host says. */
	readonly knownHosts: KnownHostsEvidence | null;
	/** Where nothing was reached: the user's own ssh goes there by another way (ProxyJump, ProxyCommand). Sessions do not. */
	readonly detour?: 'ProxyJump' | 'ProxyCommand' | null;
	/** Why a further connection was not made. */
	readonly refusal: BudgetRefusal | null;
	/** ISO 8601. */
	readonly measuredAt: string;
	readonly durationMs: number;
};

/** What `ssh-keygen -F` found on the connector host: keys that somebody there accepted for this target. */
export type KnownHostsEvidence = {
	readonly command: string;
	readonly keys: readonly KnownHostKey[];
	/** Why it could not be asked. */
	readonly error: string | null;
};

export type KnownHostKey = OfferedHostKey & {
	/** `~/.ssh/known_hosts:3` */
	readonly place: string;
	/** Marked `@revoked` (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
	readonly revoked: boolean;
};

/** A public key as it was read, or why it cannot be used. */
export type KeyEvidence =
	| {
			readonly ok: true;
			readonly type: string;
			readonly bits: number | null;
			readonly fingerprint: string;
			readonly from: string;
	  }
	| {
			readonly ok: false;
			/** `key-unsupported` is ours: the key may be fine, but vpmon cannot ask about it. */
			readonly problem:
				| 'key-missing'
				| 'key-unreadable'
				| 'key-invalid'
				| 'key-is-private'
				| 'key-is-certificate'
				| 'key-too-weak'
				| 'key-unsupported';
			/** One sentence; never holds key material. */
			readonly detail: string;
			readonly from: string;
	  };

/**
 * A line of the target's own log that speaks of our probe, or that a person pasted. `user-refused` is said of unknown users and of
 * those who may not log in, `key-refused` of known users whose key is not even looked at (owner or mode of a file, `from=`).
 */
export type LogProof = {
	readonly says: 'user-unknown' | 'user-not-allowed' | 'user-refused' | 'user-known' | 'key-refused';
	readonly line: string;
	/** Where the line was read. */
	readonly from: string;
};

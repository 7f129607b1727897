import type { Duplex, Readable, Writable } from 'node:stream';
import type { OfferedHostKey } from '../domain/host-key.ts';
import { shellWord } from '../domain/shell-word.ts';

/** An IP address a name resolved to. */
export type Address = { readonly address: string; readonly family: 4 | 6 };

/** `error` is the resolver's code and text, as raw as it came. */
export type Resolution =
	| { readonly ok: true; readonly addresses: readonly Address[] }
	| { readonly ok: false; readonly error: string };

/** Why a TCP connection did not open: a RST, silence, an ICMP error or missing route, a reset in the middle, or something local. */
export type ConnectFailure = 'refused' | 'timeout' | 'unreachable' | 'reset' | 'other';

export type Connection =
	| {
			readonly ok: true;
			readonly stream: Duplex;
			/** Our end, as the target's log would name it; null where the host does not tell. */
			readonly sourceAddress: string | null;
			readonly sourcePort: number | null;
			/** How it was opened where that is not a socket of this host's own: `direct-tcpip`, or `nc` and why. */
			readonly way?: string;
	  }
	| {
			readonly ok: false;
			readonly failure: ConnectFailure;
			readonly error: string;
			/** The address this host would have come from; left out or null where it does not tell. */
			readonly sourceAddress?: string | null;
			readonly way?: string;
	  };

export type RunResult = {
	/** The command line as a person would type it. */
	readonly command: string;
	/** `not-found` and `not-permitted` are about starting the program; `failed` about its exit code; `lost`: the host is out of reach, stderr says why. */
	readonly outcome: 'done' | 'failed' | 'not-found' | 'not-permitted' | 'timeout' | 'cancelled' | 'lost';
	readonly exitCode: number | null;
	readonly stdout: string;
	readonly stderr: string;
	readonly durationMs: number;
};

export type RunOptions = {
	readonly timeoutMs: number;
	readonly signal?: AbortSignal | undefined;
	/** Characters of each stream; a program that prints more is ended, and has failed. */
	readonly maxOutput?: number;
};

/** `withInput`: it is written to. */
export type StreamOptions = { readonly withInput?: boolean };

export type StreamEnd = {
	/** `lost`: the host went out of reach; what the stream had brought of its last line is dropped. */
	readonly outcome: 'ended' | 'not-found' | 'not-permitted' | 'stopped' | 'lost';
	readonly exitCode: number | null;
};

export type CommandStream = {
	readonly command: string;
	/** Only where it was asked for. */
	readonly stdin?: Writable;
	readonly stdout: Readable;
	readonly stderr: Readable;
	/** Never rejects. */
	readonly ended: Promise<StreamEnd>;
	stop(): void;
};

/** Why the way to a remote host is closed, and what to do. */
export type LinkProblem = {
	readonly kind:
		| 'name'
		| 'network'
		| 'not-ssh'
		| 'turned-away'
		| 'algorithms'
		| 'host-key-unknown'
		| 'host-key-changed'
		| 'login'
		| 'configuration'
		| 'lost';
	/** One sentence. */
	readonly reason: string;
	readonly nextStep: string;
	/** With `host-key-unknown`: the key that may be recorded. */
	readonly offered: OfferedHostKey | null;
};

/** How it is with the way to a remote host. Times are in milliseconds since 1970. */
export type LinkState =
	| { readonly phase: 'idle' }
	/** `problem` is that of the attempt before; null at the first one. */
	| { readonly phase: 'connecting'; readonly attempt: number; readonly problem: LinkProblem | null }
	| { readonly phase: 'connected'; readonly since: number }
	/** `attempt` is the one that comes next. */
	| {
			readonly phase: 'waiting';
			readonly attempt: number;
			readonly since: number;
			readonly nextAt: number;
			readonly problem: LinkProblem;
	  };

/** The one connection to a remote host. It is made when it is first needed, and made again for as long as the host is in use. */
export type HostLink = {
	state(): LinkState;
	/** Returns its own undo. */
	subscribe(listener: () => void): () => void;
	/** Waits until it stands, or until the attempt under way has failed. A person who waits has the next one begun, where that does no harm. */
	settled(isWanted?: boolean, signal?: AbortSignal): Promise<LinkState>;
	/** Waits until it stands, however long that takes, or the host is disposed of. */
	connected(): Promise<unknown>;
	/** Whether the host was heard after this time, or is within a few seconds: a silence may be that of the way to it. */
	heardSince(time: number, signal?: AbortSignal): Promise<boolean>;
	/** When the host was heard last before the connection was lost, in milliseconds since 1970. */
	lostAt(): number | null;
	/** What the way goes by, as far as it is known: a masked report hides it. */
	names(): { readonly machines: readonly string[]; readonly accounts: readonly string[] };
	/** Records the offered host key in known_hosts, as ssh does after a yes, and connects. Returns why it cannot. */
	recordHostKey(fingerprint: string): Promise<string | null>;
};

/**
 * Where commands and connections happen: the machine a connector runs on. The one port between vpmon and the outside; a local and
 * a remote connector are the same to every probe, log source and fix. Expected failures are values, nothing here throws for them.
 */
export type Host = {
	/** What rows say they were measured from. */
	readonly name: string;
	/** Whom targets count its connections against, where that is not `name`. */
	readonly ledgerName?: string;
	/** The network its connections leave from, where that is a container's: `container NAME`. */
	readonly network?: string;
	/** Of a remote host. */
	readonly link?: HostLink;
	/** The environment of its programs, where that is not vpmon's own. */
	environment?(): Readonly<Record<string, string | undefined>>;
	/** As the system's resolver does it there (getaddrinfo), in its order. */
	resolve(name: string, options: RunOptions): Promise<Resolution>;
	connect(address: string, port: number, options: RunOptions): Promise<Connection>;
	/**
	 * Runs a program to its end, without a shell, with an English locale, in UTC, and ends what it leaves running in its process group.
	 * Resolves within its time, whatever the program does. `docker` is podman where only that is installed.
	 */
	run(argv: readonly string[], options: RunOptions): Promise<RunResult>;
	/** Starts a program that goes on, such as a followed log. */
	stream(argv: readonly string[], options?: StreamOptions): Promise<CommandStream>;
	/** Ends every program and connection this host still has open. */
	dispose(): Promise<void>;
};

/** A command line for people: words that need it are quoted. */
export function formatCommand(argv: readonly string[]): string {
	return argv.map(shellWord).join(' ');
}

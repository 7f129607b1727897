import type { Duplex, Readable, Writable } from 'node:stream';
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
	  }
	| {
			readonly ok: false;
			readonly failure: ConnectFailure;
			readonly error: string;
			/** The address this host would have come from; left out or null where it does not tell. */
			readonly sourceAddress?: string | null;
	  };

export type RunResult = {
	/** The command line as a person would type it. */
	readonly command: string;
	/** `not-found` and `not-permitted` are about starting the program; `failed` about its exit code. */
	readonly outcome: 'done' | 'failed' | 'not-found' | 'not-permitted' | 'timeout' | 'cancelled';
	readonly exitCode: number | null;
	readonly stdout: string;
	readonly stderr: string;
	readonly durationMs: number;
};

export type RunOptions = {
	readonly timeoutMs: number;
	readonly signal?: AbortSignal | undefined;
};

/** `withInput`: it is written to. */
export type StreamOptions = { readonly withInput?: boolean };

export type StreamEnd = {
	readonly outcome: 'ended' | 'not-found' | 'not-permitted' | 'stopped';
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

/**
 * Where commands and connections happen: the machine a connector runs on. The one port between vpmon and the outside; a local and
 * a remote connector are the same to every probe, log source and fix. Expected failures are values, nothing here throws for them.
 */
export type Host = {
	/** What rows say they were measured from. */
	readonly name: string;
	/** Whom targets count its connections against, where that is not `name`. */
	readonly ledgerName?: string;
	/** As the system's resolver does it there (getaddrinfo), in its order. */
	resolve(name: string, options: RunOptions): Promise<Resolution>;
	connect(address: string, port: number, options: RunOptions): Promise<Connection>;
	/** Runs a program to its end, without a shell, with an English locale, in UTC. `docker` is podman where only that is installed. */
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

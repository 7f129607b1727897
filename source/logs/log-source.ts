import type { Host } from '../hosts/host.ts';
import type { DecodedLine } from './log-line.ts';

/** `bytes`: what the line took up in its stream. Null for a line that is not part of the log. */
export type Decode = (line: string, stream: 'stdout' | 'stderr', bytes: number) => DecodedLine | null;

/** Where a connector's log comes from: the commands that read it, and what to make of their lines. */
export type LogSource = {
	/** For people: `docker vaultpam-connector`. */
	readonly name: string;
	/** The runbook's own command for the last lines. */
	tailCommand(lines: number): readonly string[];
	/** Last lines first, then following; with a position only what comes after it. */
	followCommand(lines: number, after: string | null): readonly string[];
	/** Prints a line when a log that ended may go on, so that nobody has to ask again and again. */
	readonly wakeCommand?: readonly string[];
	/** Null for a line that is not part of the log. */
	decode(line: string, stream: 'stdout' | 'stderr'): DecodedLine | null;
	/** For a followed stream whose positions have to be counted; else `decode` is taken. */
	createDecoder?(): Decode;
	/** Both streams are the log itself (docker), and only their time stamps, which are the positions, tell the order. */
	readonly mergesStreams: boolean;
	/** Whether a line the program itself says on stderr means that the log cannot be read now. */
	isComplaint(line: string): boolean;
	/** What the program's own words mean, with the remedy. */
	explain(stderr: string, outcome: 'not-found' | 'not-permitted' | 'ended'): string;
	/** Why a log that can be read has no line. */
	whyEmpty(host: Host): Promise<string>;
};

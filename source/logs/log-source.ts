import type { Host, RunOptions } from '../hosts/host.ts';
import type { DecodedLine } from './log-line.ts';

/** `bytes`: what the line took up in its stream. Null for a line that is not part of the log. */
export type Decode = (line: string, stream: 'stdout' | 'stderr', bytes: number) => DecodedLine | null;

/** So many of the newest lines. */
export type LineCount = number | 'all';

/** Where a connector's log comes from: the commands that read it, and what to make of their lines. */
export type LogSource = {
	/** For people: `docker vaultpam-connector`. */
	readonly name: string;
	/** Milliseconds that its program may take for its first word: an engine answers at once, a journal has to be searched. */
	readonly patience: number;
	/** The runbook's own command for the last lines. */
	tailCommand(lines: LineCount): readonly string[];
	/** Why it is not read, where reading it could take for ever; null where it can be read or is not there. */
	refusal?(host: Host, options: RunOptions): Promise<string | null>;
	/** Last lines first, then following; with a position only what comes after it. */
	followCommand(lines: LineCount, after: string | null): readonly string[];
	/** Whether following loses lines unless the last ones were read apart before. */
	tailsApart?(host: Host): Promise<boolean>;
	/** Prints a line when a log that ended may go on, so that nobody has to ask again and again. */
	readonly wakeCommand?: readonly string[];
	/** One of its commands, for what was written since a time (milliseconds since 1970); left out where the program cannot. */
	since?(command: readonly string[], time: number): readonly string[];
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

/** A source that begins at a time, as far as its program can; resuming goes on from where it was. */
export function sinceTime(source: LogSource, time: number): LogSource {
	const since = (command: readonly string[]) => source.since?.(command, time) ?? command;
	return {
		...source,
		tailCommand: (lines) => since(source.tailCommand(lines)),
		followCommand: (lines, after) =>
			after === null ? since(source.followCommand(lines, null)) : source.followCommand(lines, after),
	};
}

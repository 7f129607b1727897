import type { DecodedLine } from './log-line.ts';

/** Where a connector's log comes from: the commands that read it, and what to make of their lines. */
export type LogSource = {
	/** For people: `docker vaultpam-connector`. */
	readonly name: string;
	/** The runbook's own command for the last lines. */
	tailCommand(lines: number): readonly string[];
	/** Last lines first, then following; with a position only what comes after it. */
	followCommand(lines: number, after: string | null): readonly string[];
	/** Null for a line that is not part of the log. */
	decode(line: string, stream: 'stdout' | 'stderr'): DecodedLine | null;
	/** Both streams are the log itself (docker), and only their time stamps tell the order. */
	readonly mergesStreams: boolean;
	/** Whether a line the program itself says on stderr means that the log cannot be read now. */
	isComplaint(line: string): boolean;
	/** What the program's own words mean, with the remedy. */
	explain(stderr: string, outcome: 'not-found' | 'not-permitted' | 'ended'): string;
};

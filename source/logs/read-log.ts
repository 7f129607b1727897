import { formatCommand, type Host } from '../hosts/host.ts';
import { splitLines } from './line-splitter.ts';
import type { DecodedLine } from './log-line.ts';
import type { LineCount, LogSource } from './log-source.ts';
import { createLineGate } from './safe-text.ts';

/** `isSilent`: the program was ended because it had not said anything for too long. */
export type LogReading = {
	readonly command: string;
	readonly problem: string | null;
	readonly read: number;
	readonly isSilent: boolean;
};

const longestStderr = 4000; // Characters.
const refusalMs = 3000;
/** Lines held back until their order is known; a log of any length takes no more memory. */
const mostHeld = 20_000;
/** Lines that a program may print beyond those it was asked for. */
const mostBeyond = 1000;
/** Lines that are not of the log. */
const mostOthers = 10_000;

export type ReadOptions = {
	/** Milliseconds without a word after which it is ended; the time to its first word counts. */
	readonly silence: number;
	/** Told once, when nothing has come for so many milliseconds. */
	readonly slow: { readonly after: number; readonly tell: (program: string) => void };
};

/**
 * Reads a log once, of any length: each line is handed over as it comes, harmless and without secrets. Where two streams have to be
 * put in order, so many lines are held back. Problem says why it cannot be read, or why it ended early.
 */
export async function readLog(
	host: Host,
	source: LogSource,
	lines: LineCount,
	onLine: (line: DecodedLine) => void,
	{ silence, slow }: ReadOptions,
): Promise<LogReading> {
	const argv = source.tailCommand(lines);
	const refusal = (await source.refusal?.(host, { timeoutMs: refusalMs })) ?? null;
	if (refusal !== null) return { command: formatCommand(argv), problem: refusal, read: 0, isSilent: false };
	const gate = createLineGate();
	let held: DecodedLine[] = [];
	let said = '';
	let read = 0;
	let others = 0;
	const hand = (line: DecodedLine) => {
		const text = gate(line.text);
		if (text !== null) onLine({ ...line, text });
	};
	const handOver = (count: number) => {
		held.sort(byPosition);
		for (const line of held.slice(0, count)) hand(line);
		held = held.slice(count);
	};
	const { promise: gaveUp, resolve: giveUp } = Promise.withResolvers<'silent' | 'endless'>();
	let heard = 0;
	// A terminal that took nothing for a while (ctrl-s) held up all of vpmon: what came meanwhile is let in first.
	const unlessHeard = (then: () => void) => {
		const before = heard;
		setImmediate(() => heard === before && then());
	};
	const silent = setTimeout(() => unlessHeard(() => giveUp('silent')), silence);
	const late = setTimeout(() => unlessHeard(() => slow.tell(argv[0] ?? '')), slow.after);
	const hear = () => {
		heard++;
		clearTimeout(late);
		silent.refresh();
	};
	const accept = (line: string, from: 'stdout' | 'stderr') => {
		hear();
		const decoded = source.decode(line, from);
		if (decoded === null) {
			if (from === 'stderr' && source.isComplaint(line) && said.length < longestStderr) said += `${line}\n`;
			if (++others > mostOthers) giveUp('endless');
			return;
		}
		// A program that prints more than it was asked for would go on for ever.
		if (lines !== 'all' && read >= lines + mostBeyond) return giveUp('endless');
		read++;
		if (!source.mergesStreams) return hand(decoded);
		held.push(decoded);
		if (held.length > mostHeld) handOver(mostHeld / 2);
	};
	const starting = host.stream(argv).then((stream) => {
		const split = Promise.all([
			splitLines(stream.stdout, (line) => accept(line, 'stdout')),
			splitLines(stream.stderr, (line) => accept(line, 'stderr')),
		]);
		void gaveUp.then(stream.stop);
		return stream.ended.then(async (end) => {
			await split;
			return { ...end, command: stream.command };
		});
	});
	const result = await Promise.race([starting, gaveUp]);
	clearTimeout(silent);
	clearTimeout(late);
	handOver(held.length);
	const command = typeof result === 'string' ? formatCommand(argv) : result.command;
	const [program = ''] = command.split(' ');
	const reading = (problem: string | null) => ({ command, problem, read, isSilent: result === 'silent' });
	if (result === 'silent') return reading(`${program} has not answered for ${Math.round(silence / 1000)} s`);
	if (result === 'endless')
		return reading(`${program} was ended: it printed ${read + others} lines, ${others} of them not of the log`);
	const { outcome, exitCode } = result;
	const failed =
		outcome === 'not-found' || outcome === 'not-permitted' || said !== '' || (exitCode !== 0 && read === 0);
	if (outcome === 'lost') return reading(said.trim() || `the connection to ${host.name} was lost`);
	return reading(failed ? source.explain(said, outcome === 'stopped' ? 'ended' : outcome) : null);
}

function byPosition({ position: a }: DecodedLine, { position: b }: DecodedLine): number {
	if (a === b) return 0;
	return (a ?? '') < (b ?? '') ? -1 : 1;
}

import type { Host } from '../hosts/host.ts';
import { splitLines } from './line-splitter.ts';
import type { DecodedLine } from './log-line.ts';
import type { LineCount, LogSource } from './log-source.ts';
import { createLineGate } from './safe-text.ts';

export type LogReading = { readonly command: string; readonly problem: string | null; readonly read: number };

const longestStderr = 4000; // Characters.
const refusalMs = 3000;

/**
 * Reads a log once, of any length: each line is handed over as it comes, harmless and without secrets. Where two streams have to be
 * put in order, that is only known at the end. Problem says why it cannot be read, or why it ended early.
 */
export async function readLog(
	host: Host,
	source: LogSource,
	lines: LineCount,
	onLine: (line: DecodedLine) => void,
): Promise<LogReading> {
	const refusal = (await source.refusal?.(host, { timeoutMs: refusalMs })) ?? null;
	if (refusal !== null) return { command: source.tailCommand(lines).join(' '), problem: refusal, read: 0 };
	const stream = await host.stream(source.tailCommand(lines));
	const gate = createLineGate();
	const held: DecodedLine[] = [];
	let said = '';
	let read = 0;
	const hand = (line: DecodedLine) => {
		const text = gate(line.text);
		if (text !== null) onLine({ ...line, text });
	};
	const accept = (line: string, from: 'stdout' | 'stderr') => {
		const decoded = source.decode(line, from);
		if (decoded !== null) {
			read++;
			if (source.mergesStreams) held.push(decoded);
			else hand(decoded);
		} else if (from === 'stderr' && source.isComplaint(line) && said.length < longestStderr) said += `${line}\n`;
	};
	const split = Promise.all([
		splitLines(stream.stdout, (line) => accept(line, 'stdout')),
		splitLines(stream.stderr, (line) => accept(line, 'stderr')),
	]);
	const { outcome, exitCode } = await stream.ended;
	await split;
	for (const line of held.sort(byPosition)) hand(line);
	const failed =
		outcome === 'not-found' || outcome === 'not-permitted' || said !== '' || (exitCode !== 0 && read === 0);
	if (outcome === 'lost')
		return { command: stream.command, problem: said.trim() || `the connection to ${host.name} was lost`, read };
	const problem = failed ? source.explain(said, outcome === 'stopped' ? 'ended' : outcome) : null;
	return { command: stream.command, problem, read };
}

function byPosition({ position: a }: DecodedLine, { position: b }: DecodedLine): number {
	if (a === b) return 0;
	return (a ?? '') < (b ?? '') ? -1 : 1;
}

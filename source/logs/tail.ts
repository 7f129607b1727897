import type { Host, RunOptions } from '../hosts/host.ts';
import { logOutput } from '../hosts/output-limit.ts';
import type { DecodedLine } from './log-line.ts';
import type { LogSource } from './log-source.ts';
import { byPosition } from './merge-streams.ts';
import { createLineGate } from './safe-text.ts';

const usualLine = 64 * 1024; // Characters, at most.

export type LogTail =
	| { readonly ok: true; readonly command: string; readonly lines: readonly DecodedLine[] }
	| { readonly ok: false; readonly command: string; readonly reason: string };

/** Characters: enough for long lines, and not more than a program that prints without end should be let say. */
function outputOf(lines: number): number {
	return Math.min(logOutput, Math.max(logOutput / 4, lines * usualLine));
}

/** The last lines of a log, cleaned and without secrets, oldest first: what the runbook's escalation path asks for. */
export async function readTail(host: Host, source: LogSource, count: number, options: RunOptions): Promise<LogTail> {
	const refusal = (await source.refusal?.(host, options)) ?? null;
	if (refusal !== null) return { ok: false, command: source.tailCommand(count).join(' '), reason: refusal };
	const result = await host.run(source.tailCommand(count), { ...options, maxOutput: outputOf(count) });
	const { command } = result;
	if (result.outcome === 'not-found' || result.outcome === 'not-permitted') {
		return {
			ok: false,
			command,
			reason: source.explain(result.stderr, result.outcome),
		};
	}
	if (result.outcome === 'timeout')
		return {
			ok: false,
			command,
			reason: `no answer within ${options.timeoutMs} ms`,
		};
	if (result.outcome === 'lost') return { ok: false, command, reason: result.stderr };
	if (result.outcome === 'cancelled') return { ok: false, command, reason: 'cancelled' };
	const decoded = [...decodeAll(source, result.stdout, 'stdout'), ...decodeAll(source, result.stderr, 'stderr')];
	if (decoded.length === 0 && result.stderr.trim() !== '')
		return {
			ok: false,
			command,
			reason: source.explain(result.stderr, 'ended'),
		};
	if (source.mergesStreams) decoded.sort(byPosition);
	const gate = createLineGate();
	const lines = decoded.slice(-count).flatMap((line) => {
		const text = gate(line.text);
		return text === null ? [] : [{ ...line, text }];
	});
	return { ok: true, command, lines };
}

function decodeAll(source: LogSource, text: string, stream: 'stdout' | 'stderr'): DecodedLine[] {
	return text
		.split('\n')
		.filter((line) => line !== '')
		.flatMap((line) => source.decode(line.replace(/\r$/, ''), stream) ?? []);
}

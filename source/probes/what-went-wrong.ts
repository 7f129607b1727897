import { cleanLine } from '../domain/clean.ts';
import type { RuntimeEvidence } from '../domain/evidence.ts';
import type { RunResult } from '../hosts/host.ts';
import { cleanForeign } from '../redact/secrets/secret-lines.ts';

/** Why a runtime could not be asked, and what would help: a sentence each. */
export type Sentence = readonly [reason: string, remedy: string];

export function unreadable(result: RunResult, [reason, remedy]: Sentence): RuntimeEvidence {
	const isForbidden = result.outcome === 'not-permitted' || result.outcome === 'not-found' || isRefused(result);
	return { kind: 'unreadable', command: result.command, reason, remedy, ...(isForbidden ? { isForbidden } : {}) };
}

/** Docker's socket and systemd's bus say so; podman shows each user its own containers alone. */
function isRefused({ stderr, command }: RunResult): boolean {
	if (/permission denied|access denied|interactive authentication required/i.test(stderr)) return true;
	return command.startsWith('podman ') && /no such (?:object|container)/i.test(stderr);
}

/** A program that went wrong in a way nobody foresaw, in its own last words. */
export function whatWentWrong(result: RunResult): string {
	const [program = 'the command'] = result.command.split(' ');
	if (result.outcome === 'timeout') return `${program} did not answer within ${Math.round(result.durationMs)} ms`;
	if (result.outcome === 'lost') return result.stderr;
	if (result.outcome === 'cancelled') return `${program} was interrupted`;
	if (result.outcome === 'not-permitted') return `${program} may not be run by this user`;
	const lastLine = cleanForeign(cleanLine(result.stderr.trim().split('\n').at(-1) ?? '')).slice(0, 200);
	return lastLine === '' ? `${program} ended with exit code ${result.exitCode ?? 'none'}` : lastLine;
}

import { setTimeout as pause } from 'node:timers/promises';
import type { Host } from '../hosts/host.ts';
import { logOutput } from '../hosts/output-limit.ts';
import type { LogPlace } from './log-place.ts';
import type { LogSource } from './log-source.ts';
import { byPosition } from './merge-streams.ts';

// Milliseconds.
const longestLook = 15_000;
/** A line that is on its way has arrived after this. */
const grace = 1000;

/**
 * What a followed log that says nothing is: whole and silent, empty, not readable, or `stalled`: it has a newer line than the stream
 * has brought (docker logs -f can hang when the engine was restarted or its log was rotated: moby#37646, moby#39235).
 */
export async function lookAgain(
	host: Host,
	source: LogSource,
	place: LogPlace,
	isEmpty: boolean,
): Promise<{ phase: 'following' } | { phase: 'waiting'; reason: string } | 'stalled'> {
	const before = place.position;
	const tail = await host.run(source.tailCommand(1), {
		timeoutMs: isEmpty ? source.patience : longestLook,
		maxOutput: logOutput,
	});
	if (tail.outcome === 'timeout' && isEmpty) {
		const [program] = tail.command.split(' ');
		return { phase: 'waiting', reason: `${program} has not answered for ${source.patience / 1000} s` };
	}
	const decodeAll = (text: string, stream: 'stdout' | 'stderr') =>
		text.split('\n').flatMap((line) => source.decode(line, stream) ?? []);
	const newest = [...decodeAll(tail.stdout, 'stdout'), ...decodeAll(tail.stderr, 'stderr')].sort(byPosition).at(-1);
	const complaint = tail.stderr
		.split('\n')
		.find((line) => line !== '' && source.decode(line, 'stderr') === null && source.isComplaint(line));
	if (complaint !== undefined) return { phase: 'waiting', reason: source.explain(complaint, 'ended') };
	if (newest === undefined) {
		const answered = tail.outcome === 'done' || tail.outcome === 'failed';
		if (!isEmpty || !answered) return { phase: 'following' };
		return { phase: 'waiting', reason: await source.whyEmpty(host) };
	}
	const isNewer =
		newest.position !== null &&
		(source.mergesStreams ? before === null || newest.position > before : newest.position !== before);
	if (!isNewer || place.position !== before) return { phase: 'following' };
	await pause(grace);
	return place.position === before ? 'stalled' : { phase: 'following' };
}

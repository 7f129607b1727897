import type { Host } from '../hosts/host.ts';
import { splitLines } from './line-splitter.ts';
import type { LogBuffer } from './log-buffer.ts';
import type { DecodedLine } from './log-line.ts';
import type { LineCount, LogSource } from './log-source.ts';

/** `waiting` says why there is no stream now; it is tried again. */
export type FollowState =
	| { readonly phase: 'starting' | 'following' }
	| { readonly phase: 'waiting'; readonly reason: string };

export type Follow = { stop(): void };

const usualFirstLines = 200;
// Milliseconds, as below.
const shortestRetry = 1000;
const longestRetry = 15_000;
/** Docker hands over two streams in no order; what came within this time is put in order by time stamp. */
const mergeWindow = 60;
const longestStderr = 4000; // Characters.
const quietStart = 500;

/** Follows a log into a buffer: the last lines first, and again from where it was after the stream ended. */
export function followLog(
	host: Host,
	source: LogSource,
	buffer: LogBuffer,
	onState: (state: FollowState) => void,
	options: { readonly firstLines?: LineCount } = {},
): Follow {
	const { firstLines = usualFirstLines } = options;
	let stopped = false;
	let stopStream = () => {};
	let retry = shortestRetry;
	let timer: NodeJS.Timeout | undefined;
	let position: string | null = null;
	let resumedFrom: string | null = null;
	let endedAt: number | null = null;

	const take = (line: DecodedLine) => {
		// Docker's --since includes the line it names.
		if (resumedFrom !== null && line.position !== null && source.mergesStreams && line.position <= resumedFrom) return;
		if (endedAt !== null) {
			const seconds = Math.max(1, Math.round((Date.now() - endedAt) / 1000));
			notice(buffer, `stream lost for ${seconds} s, resumed`);
			endedAt = null;
		}
		position = line.position ?? position;
		buffer.add(line);
	};

	const start = async (): Promise<void> => {
		resumedFrom = position;
		const stream = await host.stream(source.followCommand(firstLines, resumedFrom));
		stopStream = stream.stop;
		if (stopped) stream.stop();
		const startedAt = Date.now();
		let said = '';
		const sink = source.mergesStreams ? createMerger(take) : { add: take, flush: () => {} };
		const accept = (line: string, from: 'stdout' | 'stderr') => {
			const decoded = source.decode(line, from);
			if (decoded !== null) {
				sink.add(decoded);
				onState({ phase: 'following' });
			} else if (from === 'stderr' && source.isComplaint(line)) {
				if (said.length < longestStderr) said += `${line}\n`;
				onState({ phase: 'waiting', reason: source.explain(said, 'ended') });
			}
		};
		const read = Promise.all([
			splitLines(stream.stdout, (line) => accept(line, 'stdout')),
			splitLines(stream.stderr, (line) => accept(line, 'stderr')),
		]);
		// A log that says nothing may be empty, or one that cannot be read: journalctl waits in silence then.
		const quiet = setTimeout(async () => {
			if (said !== '') return;
			const tail = await host.run(source.tailCommand(1), { timeoutMs: longestRetry });
			const complaint = tail.stderr
				.split('\n')
				.find((line) => line !== '' && source.decode(line, 'stderr') === null && source.isComplaint(line));
			if (stopped) return;
			if (complaint === undefined) onState({ phase: 'following' });
			else onState({ phase: 'waiting', reason: source.explain(complaint, 'ended') });
		}, quietStart);
		const { outcome } = await stream.ended;
		await read;
		clearTimeout(quiet);
		sink.flush();
		if (stopped) return;
		if (buffer.taken > 0) endedAt ??= Date.now();
		onState({
			phase: 'waiting',
			reason: source.explain(said, outcome === 'stopped' ? 'ended' : outcome),
		});
		retry = Date.now() - startedAt > longestRetry ? shortestRetry : Math.min(retry * 2, longestRetry);
		timer = setTimeout(() => void start(), retry);
	};

	onState({ phase: 'starting' });
	void start();
	return {
		stop() {
			stopped = true;
			clearTimeout(timer);
			stopStream();
		},
	};
}

export function notice(buffer: LogBuffer, text: string): void {
	buffer.add({ time: Date.now(), text, kind: 'notice', position: null });
}

/** Holds lines back for a moment and hands them on in the order of their time stamps. */
function createMerger(onLine: (line: DecodedLine) => void): {
	add(line: DecodedLine): void;
	flush(): void;
} {
	let held: DecodedLine[] = [];
	let timer: NodeJS.Timeout | undefined;
	const flush = () => {
		clearTimeout(timer);
		timer = undefined;
		const lines = held.sort((a, b) => (a.position ?? '').localeCompare(b.position ?? ''));
		held = [];
		for (const line of lines) onLine(line);
	};
	return {
		add(line) {
			held.push(line);
			timer ??= setTimeout(flush, mergeWindow);
		},
		flush,
	};
}

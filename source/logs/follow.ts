import { problemOf } from '../hosts/away-reason.ts';
import type { CommandStream, Host } from '../hosts/host.ts';
import { splitLines } from './line-splitter.ts';
import type { LogBuffer } from './log-buffer.ts';
import type { DecodedLine } from './log-line.ts';
import { createPlace } from './log-place.ts';
import type { LineCount, LogSource } from './log-source.ts';
import { lookAgain } from './look-again.ts';
import { createMerger } from './merge-streams.ts';

/** `waiting` says why there is no stream now; it is tried again. */
export type FollowState =
	| { readonly phase: 'starting' | 'following' }
	| { readonly phase: 'waiting'; readonly reason: string };

export type Follow = { stop(): void };

export type FollowOptions = {
	/** Milliseconds without a line after which the newest line is asked for, in case the stream has died in silence. */
	readonly silence?: number;
	readonly firstLines?: LineCount;
};

const usualFirstLines = 500;
// Milliseconds, as below.
const shortestRetry = 1000;
const longestRetry = 15_000;
const usualSilence = 60_000;
/** Asking costs a process. A log that stays silent is asked about each time that has lasted twice as long, at most so many silences apart. */
const mostSilences = 4;
const quietStart = 500;
const longestStderr = 4000; // Characters.

/** Follows a log into a buffer: the last lines first, and again from where it was after the stream ended. */
export function followLog(
	host: Host,
	source: LogSource,
	buffer: LogBuffer,
	onState: (state: FollowState) => void,
	{ silence = usualSilence, firstLines = usualFirstLines }: FollowOptions = {},
): Follow {
	let stopped = false;
	let stopStream = () => {};
	let stopWaiting = () => {};
	let retry = shortestRetry;
	let endedAt: number | null = null;
	let hasTail = false;
	const place = createPlace(source.mergesStreams);

	const take = (line: DecodedLine) => {
		if (!place.take(line)) return;
		if (endedAt !== null) {
			notice(buffer, `stream lost ${Math.max(1, Math.round((Date.now() - endedAt) / 1000))} s, resumed`);
			endedAt = null;
		}
		retry = shortestRetry;
		buffer.add(line);
	};

	const start = async (): Promise<void> => {
		place.resume();
		if (host.link !== undefined && host.link.state().phase !== 'connected') {
			const tell = () => onState({ phase: 'waiting', reason: reasonOf(host) });
			const stopTelling = host.link.subscribe(tell);
			tell();
			await host.link.connected();
			stopTelling();
			if (stopped) return;
		}
		const isTail = !hasTail && place.position === null && ((await source.tailsApart?.(host)) ?? false);
		const lines = hasTail ? 'all' : firstLines;
		const stream = await host.stream(isTail ? source.tailCommand(lines) : source.followCommand(lines, place.position));
		stopStream = stream.stop;
		if (stopped) stream.stop();
		let said = '';
		let lastLineAt = Date.now();
		const sink = source.mergesStreams ? createMerger(take) : { add: take, flush: () => {} };
		const decode = source.createDecoder?.() ?? source.decode;
		const accept = (line: string, from: 'stdout' | 'stderr', bytes: number) => {
			const decoded = decode(line, from, bytes);
			if (decoded !== null) {
				lastLineAt = Date.now();
				sink.add(decoded);
				onState({ phase: 'following' });
			} else if (from === 'stderr' && source.isComplaint(line)) {
				if (said.length < longestStderr) said += `${line}\n`;
				onState({ phase: 'waiting', reason: source.explain(said, 'ended') });
			}
		};
		const read = Promise.all([
			splitLines(stream.stdout, (line, bytes) => accept(line, 'stdout', bytes)),
			splitLines(stream.stderr, (line, bytes) => accept(line, 'stderr', bytes)),
		]);
		let patience = silence;
		const look = async () => {
			if (said !== '' || stopped) return;
			const taken = buffer.taken;
			const found = await lookAgain(host, source, place, taken === 0);
			// Lines that came meanwhile say more.
			if (stopped || said !== '' || buffer.taken !== taken) return;
			const quiet = Date.now() - lastLineAt;
			const isWhole = found !== 'stalled' && found.phase === 'following';
			patience = isWhole ? quiet + Math.min(quiet, mostSilences * silence) : silence;
			if (found !== 'stalled') onState(found);
			// A large log may take its time until the first line.
			else if (quiet >= silence) {
				endedAt ??= lastLineAt;
				stream.stop();
			}
		};
		// A log that says nothing may be empty, one that cannot be read (journalctl waits in silence then), or a stream that has died.
		const first = setTimeout(() => void look(), quietStart);
		const again = setInterval(() => {
			const quiet = Date.now() - lastLineAt;
			if (quiet < silence) patience = silence;
			if (quiet >= patience) void look();
		}, silence);
		const { outcome } = await stream.ended;
		await read;
		clearTimeout(first);
		clearInterval(again);
		sink.flush();
		if (stopped) return;
		if (isTail && outcome === 'ended' && said === '') {
			hasTail = true;
			return void start();
		}
		// A cut is noticed late: nothing was heard before it was.
		if (buffer.taken > 0) endedAt ??= outcome === 'lost' ? (host.link?.lostAt() ?? Date.now()) : Date.now();
		let reason = outcome === 'lost' ? reasonOf(host) : source.explain(said, outcome === 'stopped' ? 'ended' : outcome);
		if (said === '' && outcome === 'ended' && buffer.taken === 0) {
			// A program that ends without a word (journalctl does over an empty folder) has not said why there is nothing.
			const found = await lookAgain(host, source, place, true);
			if (stopped) return;
			if (typeof found === 'object' && found.phase === 'waiting') reason = found.reason;
		}
		onState({ phase: 'waiting', reason });
		stopWaiting = wait(host, source, retry, () => void start());
		retry = Math.min(retry * 2, longestRetry);
	};

	onState({ phase: 'starting' });
	void start();
	return {
		stop() {
			stopped = true;
			stopWaiting();
			stopStream();
		},
	};
}

function reasonOf({ name, link }: Host): string {
	return link === undefined ? `${name} cannot be reached` : problemOf(name, link.state());
}

/** Calls back once, after the time or when the source says that its log goes on. Returns its own undo. */
function wait(host: Host, source: LogSource, milliseconds: number, onEnd: () => void): () => void {
	let over = false;
	let watch: CommandStream | null = null;
	const stop = () => {
		over = true;
		clearTimeout(timer);
		watch?.stop();
	};
	const end = () => {
		if (over) return;
		stop();
		onEnd();
	};
	const timer = setTimeout(end, milliseconds);
	if (source.wakeCommand !== undefined)
		void host.stream(source.wakeCommand).then((stream) => {
			watch = stream;
			if (over) stream.stop();
			stream.stderr.resume();
			stream.stdout.on('data', end);
		});
	return stop;
}

export function notice(buffer: LogBuffer, text: string): void {
	buffer.add({ time: Date.now(), text, kind: 'notice', position: null });
}

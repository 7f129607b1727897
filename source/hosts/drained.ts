import type { Readable } from 'node:stream';

/** Milliseconds without output after which nothing more is expected of a program that has exited. */
const quietMs = 200;
/** What comes later after its exit, or more than a pipe can hold (fcntl(2), F_SETPIPE_SZ), another process wrote. */
const longestMs = 1000;
const mostBytes = 1024 * 1024;

/**
 * Resolves when all was read that a program said which has exited: its streams are closed, or something that it left running holds
 * them and nothing has come for a moment.
 *
 * @param bytes how much has come so far.
 */
export function drained(streams: readonly Readable[], bytes: () => number): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<void>();
	const exitedAt = performance.now();
	const atExit = bytes();
	let before = atExit;
	let timer: NodeJS.Timeout | undefined;
	const isClosed = () => streams.every((stream) => stream.closed || stream.destroyed);
	// Whoever reads slowly is given the time it takes.
	const isWaiting = () => streams.some((stream) => stream.readableLength > 0 || stream.isPaused());
	const end = () => {
		clearTimeout(timer);
		resolve();
	};
	const look = () => {
		const isQuiet = bytes() === before;
		before = bytes();
		const isLate = performance.now() - exitedAt > longestMs;
		if (isClosed() || before - atExit > mostBytes || (!isWaiting() && (isQuiet || isLate))) return end();
		later();
	};
	// After a busy moment the timer comes before what the streams brought meanwhile: that is let in first.
	const later = () => {
		timer = setTimeout(() => setImmediate(look), quietMs).unref();
	};
	if (isClosed()) return Promise.resolve();
	for (const stream of streams) stream.once('close', () => isClosed() && end());
	later();
	return promise;
}

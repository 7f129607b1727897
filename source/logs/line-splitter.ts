import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

const longestPending = 1024 * 1024; // Characters; a line without end is handed over in pieces of this size.

/** Cuts a byte stream into lines. Characters split over chunks stay whole; invalid UTF-8 becomes U+FFFD. */
export function splitLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
	const decoder = new StringDecoder('utf8');
	let pending = '';
	stream.on('data', (chunk: Buffer) => {
		pending += decoder.write(chunk);
		let start = 0;
		for (let end = pending.indexOf('\n'); end !== -1; end = pending.indexOf('\n', start)) {
			onLine(withoutReturn(pending.slice(start, end)));
			start = end + 1;
		}
		pending = pending.slice(start);
		if (pending.length > longestPending) {
			onLine(pending);
			pending = '';
		}
		// Node would hand over up to 2 MB in a row, and a key press would wait for all of it.
		stream.pause();
		setImmediate(() => stream.resume());
	});
	return new Promise((resolve) => {
		stream.once('close', () => {
			pending += decoder.end();
			if (pending !== '') onLine(withoutReturn(pending));
			resolve();
		});
		stream.once('error', () => stream.destroy());
	});
}

function withoutReturn(line: string): string {
	return line.endsWith('\r') ? line.slice(0, -1) : line;
}

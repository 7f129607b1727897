import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** Characters; a line without end is handed over in pieces of this size. A message of 1 MB in the journal's JSON is still whole. */
const longestPending = 8 * 1024 * 1024;

/** Cuts a byte stream into lines. Characters split over chunks stay whole; invalid UTF-8 becomes U+FFFD. */
export function splitLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
	const decoder = new StringDecoder('utf8');
	let pending = '';
	stream.on('data', (chunk: Buffer) => {
		const text = decoder.write(chunk);
		let start = 0;
		for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
			onLine(withoutReturn(pending + text.slice(start, end)));
			pending = '';
			start = end + 1;
		}
		// Looked through once only, however long the line gets.
		pending += text.slice(start);
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

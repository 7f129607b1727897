import type { Readable } from 'node:stream';

/** Bytes. A message of 1 MB that journalctl writes as a list of numbers still fits; of a longer line the beginning is kept. */
const longestLine = 8 * 1024 * 1024;
const lineFeed = 10;
/** Bytes: some hundred lines, which take two or three milliseconds to look at. */
const atOnce = 16 * 1024;

/**
 * Cuts a byte stream into lines; `bytes` is what a line took up in the stream, with its end. Characters split over chunks stay whole
 * (no byte of a character in UTF-8 is a line feed), invalid UTF-8 becomes U+FFFD. Resolves when the stream is closed; of one that broke
 * off, the line it broke off in is dropped.
 */
export function splitLines(stream: Readable, onLine: (line: string, bytes: number) => void): Promise<void> {
	let pending: Buffer[] = [];
	let kept = 0;
	let cut = 0;
	const keep = (part: Buffer) => {
		const fits = part.subarray(0, longestLine - kept);
		if (fits.length > 0) pending.push(fits);
		kept += fits.length;
		cut += part.length - fits.length;
	};
	const finish = (end: number) => {
		const line = textOf(pending.length === 1 ? (pending[0] as Buffer) : Buffer.concat(pending));
		const bytes = kept + cut + end;
		onLine(cut === 0 ? line : `${line} … cut, ${bytes} bytes`, bytes);
		pending = [];
		kept = 0;
		cut = 0;
	};
	const take = (bytes: Buffer) => {
		let start = 0;
		for (let end = bytes.indexOf(lineFeed); end !== -1; end = bytes.indexOf(lineFeed, start)) {
			if (kept === 0) onLine(textOf(bytes, start, end), end - start + 1);
			else {
				keep(bytes.subarray(start, end));
				finish(1);
			}
			start = end + 1;
		}
		if (start < bytes.length) keep(bytes.subarray(start));
	};
	let waiting: Buffer = Buffer.alloc(0);
	const takeSome = () => {
		const part = waiting.subarray(0, atOnce);
		waiting = waiting.subarray(part.length);
		take(part);
		setImmediate(goOn);
	};
	const goOn = () => {
		if (waiting.length > 0) takeSome();
		else {
			isTaking = false;
			stream.resume();
		}
	};
	let isTaking = false;
	stream.on('data', (chunk: Buffer) => {
		// Node would hand over up to 2 MB in a row, and a key press would wait for all of it.
		stream.pause();
		// It comes all the same when the program has ended: Node resumes the streams of a child that exits.
		waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
		if (isTaking) return;
		isTaking = true;
		takeSome();
	});
	let isWhole = false;
	stream.once('end', () => {
		isWhole = true;
	});
	return new Promise((resolve) => {
		stream.once('close', () => {
			take(waiting);
			waiting = waiting.subarray(waiting.length);
			if (isWhole && kept > 0) finish(0);
			resolve();
		});
		stream.once('error', () => stream.destroy());
	});
}

function textOf(bytes: Buffer, start = 0, end = bytes.length): string {
	// CRLF ends a line too.
	return bytes.toString('utf8', start, end > start && bytes[end - 1] === 13 ? end - 1 : end);
}

import type { DecodedLine } from './log-line.ts';

/** Docker hands over two streams in no order; what came within this time is put in order by time stamp. */
const mergeWindow = 60; // Milliseconds.

export type LineSink = { add(line: DecodedLine): void; flush(): void };

/** Holds lines back for a moment and hands them on in the order of their positions. */
export function createMerger(onLine: (line: DecodedLine) => void): LineSink {
	let held: DecodedLine[] = [];
	let timer: NodeJS.Timeout | undefined;
	const flush = () => {
		clearTimeout(timer);
		timer = undefined;
		const lines = held.sort(byPosition);
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

/** Time stamps of one width and zone sort as text. */
export function byPosition({ position: a }: DecodedLine, { position: b }: DecodedLine): number {
	if (a === b || a === null || b === null) return 0;
	return a < b ? -1 : 1;
}

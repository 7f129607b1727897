import { LineStore } from './line-store.ts';
import type { DecodedLine, LogLine } from './log-line.ts';
import { createLineGate } from './safe-text.ts';

const usualLines = 10_000;
const mostBytes = 8 * 1024 * 1024;

type LineListener = (line: LogLine) => void;

/**
 * The last lines of one log: a ring bounded by lines and by bytes. Foreign text is made harmless on the way in, so that
 * nothing behind it has to think of it again.
 */
export class LogBuffer {
	/** Changes whenever the lines do; what draws compares it. */
	version = 0;
	/** How many lines were ever taken in, and how many of them fell off the ring. */
	taken = 0;
	dropped = 0;
	readonly #lines: LineStore;
	readonly #gate = createLineGate();
	readonly #listeners = new Set<LineListener>();

	/** @param most lines that are kept, whatever their length. */
	constructor(most: number = usualLines) {
		this.#lines = new LineStore(most);
	}

	add(line: DecodedLine): void {
		const safe = this.#gate(line.text);
		if (safe === null) return;
		if (this.length === this.#lines.capacity) this.#dropFirst();
		const kept = { sequence: ++this.taken, time: line.time, text: safe, kind: line.kind };
		this.#lines.push(kept);
		while (this.#lines.bytes > mostBytes && this.length > 1) this.#dropFirst();
		this.version++;
		for (const listener of this.#listeners) listener(kept);
	}

	/** How many more lines may be put in front without one falling off. */
	get room(): number {
		return this.#lines.bytes >= mostBytes ? 0 : this.#lines.capacity - this.length;
	}

	/** Puts lines that are clean already in front of the oldest one, as many as there is room for. Returns how many. */
	prepend(older: readonly DecodedLine[]): number {
		let added = 0;
		for (const { time, text, kind } of older.toReversed()) {
			if (this.room === 0 || this.#lines.bytes + Buffer.byteLength(text) > mostBytes) break;
			this.#lines.unshift({ time, text, kind });
			added++;
		}
		this.version++;
		return added;
	}

	/** Told of every line that is added behind the others. Returns its own undo. */
	subscribe(listener: LineListener): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	get length(): number {
		return this.#lines.length;
	}

	/** Sequence numbers of the ends; without a line `newest` is below `oldest`. */
	get oldest(): number {
		return this.taken - this.length + 1;
	}

	get newest(): number {
		return this.taken;
	}

	/** The line with a sequence number, while it is kept. */
	at(sequence: number): LogLine | undefined {
		const line = this.#lines.at(sequence - this.oldest);
		return line === undefined ? undefined : { sequence, ...line };
	}

	/** Lines `from` to before `to`, counted from the oldest one kept. */
	slice(from: number, to: number): LogLine[] {
		const { oldest } = this;
		const first = Math.max(0, from);
		const count = Math.max(0, Math.min(to, this.length) - first);
		return Array.from({ length: count }, (_, index) => this.at(oldest + first + index) as LogLine);
	}

	last(count: number): LogLine[] {
		return this.slice(this.length - count, this.length);
	}

	/** The newest lines that match, from number `since` on, the newest first: see LineStore. */
	*findLast(pattern: RegExp, since: number): Generator<LogLine> {
		const { oldest } = this;
		for (const index of this.#lines.findLast(pattern, since - oldest)) yield this.at(oldest + index) as LogLine;
	}

	#dropFirst(): void {
		this.#lines.shift();
		this.dropped++;
	}
}

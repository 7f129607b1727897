import type { DecodedLine, LogLine } from './log-line.ts';
import { createLineGate } from './safe-text.ts';

const usualLines = 10_000;
const mostCharacters = 8 * 1024 * 1024;

/**
 * The last lines of one log: a ring bounded by lines and by characters. Foreign text is made harmless on the way in, so that
 * nothing behind it has to think of it again.
 */
export class LogBuffer {
	/** Changes whenever the lines do; what draws compares it. */
	version = 0;
	/** How many lines were ever taken in, and how many of them fell off the ring. */
	taken = 0;
	dropped = 0;
	#lines: LogLine[] = [];
	#first = 0;
	#characters = 0;
	readonly #most: number;
	readonly #gate = createLineGate();
	readonly #listeners = new Set<() => void>();

	/** @param most lines that are kept, whatever their length. */
	constructor(most: number = usualLines) {
		this.#most = most;
	}

	add(line: DecodedLine): void {
		const safe = this.#gate(line.text);
		if (safe === null) return;
		this.#lines.push({
			sequence: ++this.taken,
			time: line.time,
			text: safe,
			kind: line.kind,
		});
		this.#characters += safe.length;
		while (this.length > this.#most || (this.#characters > mostCharacters && this.length > 1)) this.#dropFirst();
		this.version++;
		for (const listener of this.#listeners) listener();
	}

	/** How many more lines may be put in front without one falling off. */
	get room(): number {
		return this.#characters >= mostCharacters ? 0 : this.#most - this.length;
	}

	/** Puts lines that are clean already in front of the oldest one, as many as there is room for. Returns how many. */
	prepend(older: readonly DecodedLine[]): number {
		const before = this.slice(0, 1)[0]?.sequence ?? this.taken + 1;
		const room = this.room;
		const fitting: LogLine[] = [];
		for (const { time, text, kind } of older.toReversed()) {
			if (fitting.length >= room || this.#characters + text.length > mostCharacters) break;
			this.#characters += text.length;
			fitting.push({ sequence: before - fitting.length - 1, time, text, kind });
		}
		this.#lines = [...fitting.toReversed(), ...this.#lines.slice(this.#first)];
		this.#first = 0;
		this.version++;
		for (const listener of this.#listeners) listener();
		return fitting.length;
	}

	/** Told of every line. Returns its own undo. */
	subscribe(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	get length(): number {
		return this.#lines.length - this.#first;
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
		return sequence < this.oldest ? undefined : this.#lines[this.#first + sequence - this.oldest];
	}

	/** Lines `from` to before `to`, counted from the oldest one kept. */
	slice(from: number, to: number): LogLine[] {
		return this.#lines.slice(this.#first + Math.max(0, from), this.#first + Math.max(0, to));
	}

	last(count: number): LogLine[] {
		return this.slice(this.length - count, this.length);
	}

	#dropFirst(): void {
		const line = this.#lines[this.#first++] as LogLine;
		this.#characters -= line.text.length;
		this.dropped++;
		// Moving the array for every line would cost more than some spare places at its front.
		if (this.#first > this.#most) {
			this.#lines = this.#lines.slice(this.#first);
			this.#first = 0;
		}
	}
}

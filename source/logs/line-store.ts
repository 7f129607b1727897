import type { LogLine } from './log-line.ts';

type Kept = Pick<LogLine, 'time' | 'text' | 'kind'>;
/** A piece of memory in which the texts of many lines stand, in UTF-8, each with a line break behind it. */
type Segment = { readonly bytes: Buffer; used: number; lines: number };

const segmentBytes = 64 * 1024;
const kinds: readonly LogLine['kind'][] = ['log', 'error', 'warning', 'notice'];
/** A code unit of UTF-16 becomes so many bytes of UTF-8 at most. */
const bytesOfUnit = 3;
const lineBreak = 10;

/**
 * A ring of lines outside the heap: ten thousand lines a second that live for one second each would otherwise all grow old in it, and
 * keys would wait while they are collected. A line is made anew each time it is asked for.
 */
export class LineStore {
	readonly capacity: number;
	#start = 0;
	#length = 0;
	#bytes = 0;
	#current: Segment | null = null;
	#spare: Segment | null = null;
	readonly #segments: (Segment | null)[];
	readonly #places: Int32Array;
	readonly #sizes: Int32Array;
	readonly #times: Float64Array;
	readonly #kinds: Uint8Array;

	constructor(capacity: number) {
		this.capacity = capacity;
		this.#segments = new Array<Segment | null>(capacity).fill(null);
		this.#places = new Int32Array(capacity);
		this.#sizes = new Int32Array(capacity);
		this.#times = new Float64Array(capacity);
		this.#kinds = new Uint8Array(capacity);
	}

	get length(): number {
		return this.#length;
	}

	/** Of the texts that are kept. */
	get bytes(): number {
		return this.#bytes;
	}

	/** Behind the last line. There must be room. */
	push(line: Kept): void {
		this.#put((this.#start + this.#length) % this.capacity, line);
	}

	/** In front of the first line. There must be room. */
	unshift(line: Kept): void {
		this.#start = (this.#start + this.capacity - 1) % this.capacity;
		this.#put(this.#start, line);
	}

	/** Drops the first line. There must be one. */
	shift(): void {
		const slot = this.#start;
		const segment = this.#segments[slot];
		this.#segments[slot] = null;
		this.#start = (slot + 1) % this.capacity;
		this.#length--;
		this.#bytes -= this.#sizes[slot] ?? 0;
		if (segment === null || segment === undefined || --segment.lines > 0) return;
		segment.used = 0;
		if (segment !== this.#current && segment.bytes.length === segmentBytes) this.#spare = segment;
	}

	/** @param index from the first line, 0. */
	at(index: number): Kept | undefined {
		if (index < 0 || index >= this.#length) return undefined;
		const slot = (this.#start + index) % this.capacity;
		const place = this.#places[slot] ?? 0;
		const time = this.#times[slot] ?? Number.NaN;
		return {
			time: Number.isNaN(time) ? null : time,
			text: this.#segments[slot]?.bytes.toString('utf8', place, place + (this.#sizes[slot] ?? 0)) ?? '',
			kind: kinds[this.#kinds[slot] ?? 0] ?? 'log',
		};
	}

	/**
	 * Indexes of the lines that match, the newest first. Texts are looked through many at a time: ten thousand one by one would be felt.
	 *
	 * @param pattern without flags `g` and `y`; what it says of the ends of a line it says in lookarounds that a line break satisfies.
	 * @param first lines before it are left out.
	 */
	*findLast(pattern: RegExp, first: number): Generator<number> {
		let segment: Segment | null = null;
		let isWorthIt = false;
		for (let index = this.#length - 1; index >= Math.max(0, first); index--) {
			const its = this.#segments[(this.#start + index) % this.capacity] ?? null;
			if (its !== segment) {
				segment = its;
				isWorthIt = its !== null && pattern.test(its.bytes.toString('utf8', 0, its.used));
			}
			if (isWorthIt && pattern.test(this.at(index)?.text ?? '')) yield index;
		}
	}

	#put(slot: number, { time, text, kind }: Kept): void {
		// To count the bytes of each line would cost more than a corner left empty.
		const most = text.length * bytesOfUnit + 1;
		const segment = this.#segmentFor(most > segmentBytes ? Buffer.byteLength(text) + 1 : most);
		const size = segment.bytes.write(text, segment.used);
		this.#segments[slot] = segment;
		this.#places[slot] = segment.used;
		this.#sizes[slot] = size;
		this.#times[slot] = time ?? Number.NaN;
		this.#kinds[slot] = kinds.indexOf(kind);
		segment.bytes[segment.used + size] = lineBreak;
		segment.used += size + 1;
		segment.lines++;
		this.#length++;
		this.#bytes += size;
	}

	#segmentFor(size: number): Segment {
		if (size > segmentBytes) return { bytes: Buffer.allocUnsafeSlow(size), used: 0, lines: 0 };
		if (this.#current !== null && segmentBytes - this.#current.used >= size) return this.#current;
		this.#current = this.#spare ?? { bytes: Buffer.allocUnsafeSlow(segmentBytes), used: 0, lines: 0 };
		this.#spare = null;
		return this.#current;
	}
}

import { cleanText } from '../domain/clean.ts';
import { createSecretRemover } from '../domain/secrets.ts';
import type { DecodedLine, LogLine } from './log-line.ts';

const mostLines = 10_000;
const mostCharacters = 8 * 1024 * 1024;
/** A longer line is kept up to here; what is cut is said in the line. */
const longestLine = 64 * 1024;

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
	readonly #removeSecrets = createSecretRemover();

	add(line: DecodedLine): void {
		const cut =
			line.text.length > longestLine
				? `${line.text.slice(0, longestLine)} … cut, ${line.text.length} characters`
				: line.text;
		const safe = this.#removeSecrets(cleanText(cut).replaceAll('\n', ' '));
		if (safe === null) return;
		this.#lines.push({
			sequence: ++this.taken,
			time: line.time,
			text: safe,
			kind: line.kind,
		});
		this.#characters += safe.length;
		while (this.length > mostLines || (this.#characters > mostCharacters && this.length > 1)) this.#dropFirst();
		this.version++;
	}

	get length(): number {
		return this.#lines.length - this.#first;
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
		if (this.#first > mostLines) {
			this.#lines = this.#lines.slice(this.#first);
			this.#first = 0;
		}
	}
}

import type { ProbeTimes } from './probe-connection.ts';

/** The time for all rows of a Safe, of which no step may take more than a row's. Milliseconds. */
export class Deadline {
	readonly #stepMs: number;
	#at = 0;

	constructor(stepMs: number) {
		this.#stepMs = stepMs;
	}

	begin(ms: number): void {
		this.#at = performance.now() + ms;
	}

	/** Waiting for a place or a turn is not the target's slowness. */
	extend(ms: number): void {
		this.#at += ms;
	}

	/** For the next step. */
	left(): number {
		return Math.max(1, Math.min(this.#stepMs, this.#at - performance.now()));
	}

	/** For a connection to one of so many addresses: opening it, the next step then, and all of them together. */
	times(addresses = 1): ProbeTimes {
		return {
			openMs: this.left() / addresses,
			checkTimeoutMs: this.#stepMs,
			safeTimeoutMs: this.#at - performance.now(),
		};
	}

	/** Whoever is asked now would get no time to answer. */
	isOver(): boolean {
		return performance.now() >= this.#at;
	}
}

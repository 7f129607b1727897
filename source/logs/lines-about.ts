import type { Safe } from '../domain/inventory.ts';
import { canonicalAddress } from '../domain/target.ts';
import type { LogBuffer } from './log-buffer.ts';
import type { LogLine } from './log-line.ts';

const mostFound = 5;

/**
 * What names a Safe in a log line, as whole words: its name, or its target by name or address. `db1` is not in `db10` or
 * `db1.other`; with a port behind it, it has to be the Safe's.
 */
export function namesOf({ name, host, port }: Safe, addresses: readonly string[]): RegExp {
	const targets = [...new Set([host, ...addresses].flatMap((target) => [target, canonicalAddress(target)]))];
	const edge = String.raw`[\p{L}\p{N}_-]`;
	const itsPort = String.raw`(?:(?!:\d)|:${port}(?!\d))`;
	const shapes = targets.map((target) =>
		// An address of IPv6 is not a part of a longer one, and takes a port only in brackets.
		target.includes(':')
			? String.raw`(?:\[${escapePattern(target)}\]${itsPort}|(?<![\da-f]:|:)${escapePattern(target)}(?!:+[\da-f]|\]))`
			: escapePattern(target) + itsPort,
	);
	return new RegExp(
		`(?<!${edge}|${edge}\\.)(?:${[escapePattern(name), ...shapes].join('|')})(?!${edge}|\\.${edge})`,
		'iu',
	);
}

/**
 * The newest lines of a log that name a Safe. Nothing is done for it while lines come in, however many Safes there are: the log is
 * read when somebody asks, each line once.
 */
export class LinesAbout {
	readonly #names: RegExp;
	#read = 0;
	#found: readonly LogLine[] = [];

	constructor(names: RegExp) {
		this.#names = names;
	}

	/** Oldest first. Lines stay found when they fall off the ring. */
	in(buffer: LogBuffer): readonly LogLine[] {
		const found: LogLine[] = [];
		for (const line of buffer.findLast(this.#names, this.#read + 1)) {
			if (line.kind === 'notice') continue;
			found.unshift(line);
			if (found.length === mostFound) break;
		}
		this.#read = buffer.taken;
		if (found.length > 0) this.#found = [...this.#found, ...found].slice(-mostFound);
		return this.#found;
	}
}

function escapePattern(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}

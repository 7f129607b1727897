import { expect } from 'vitest';

/**
 * A shell script that writes `<life> <number>` at about 1,000 lines/s, counted from 1; each run of it is a life of its own. Ends by
 * itself after so many lines, with exit code 7.
 */
export function countingScript({ usleep, most = 1_000_000 }: { usleep: string; most?: number }): string {
	return `read life < /proc/sys/kernel/random/uuid; i=0; while [ $i -lt ${most} ]; do for n in 1 2 3 4 5 6 7 8 9 10; do i=$((i+1)); echo "$life $i"; done; ${usleep}; done; exit 7`;
}

/** The numbers of each life, in the order they came; lines of others are left out. */
export function livesOf(lines: readonly string[]): Map<string, number[]> {
	const lives = new Map<string, number[]>();
	for (const line of lines) {
		const [, life = '', number] = /\b([\da-z]{8}-[\da-z-]{27}) (\d+)$/.exec(line) ?? [];
		if (number === undefined) continue;
		if (!lives.has(life)) lives.set(life, []);
		lives.get(life)?.push(Number(number));
	}
	return lives;
}

/** What was followed has each number of each life once and in order, to the last one known. */
export function expectComplete(followed: readonly string[], known: ReadonlyMap<string, readonly number[]>): void {
	const lives = livesOf(followed);
	for (const [life, numbers] of known) {
		const got = lives.get(life) ?? [];
		expect([life, got.at(-1)]).toEqual([life, numbers.at(-1)]);
	}
	for (const [index, [life, got]] of [...lives].entries()) {
		const first = index === 0 ? (got[0] ?? 1) : 1; // The first life was under way when the follow began.
		const gap = got.findIndex((number, place) => number !== first + place);
		expect([life, gap, gap === -1 ? [] : got.slice(Math.max(0, gap - 2), gap + 3)]).toEqual([life, -1, []]);
	}
}

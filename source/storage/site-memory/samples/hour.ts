import { verdictsWorstFirst } from '../../../domain/verdict.ts';
import { hourS, type PackedHour } from './blocks.ts';
import { type PackedSample, standingOf } from './sample.ts';

/** Nobody knows what was between two samples that are further apart: three sweeps. */
export const holdsS = 15 * 60;
const quarterS = 15;
const noMs = 255;

/**
 * What the samples of an hour come to: the worst verdict with its commonest cause, the time that it failed, the median. Pure.
 *
 * @param samples in the order of time; those of the last minutes before the hour count into its time.
 * @returns null where none is of that hour.
 */
export function summariseHour(samples: readonly PackedSample[], start: number): PackedHour | null {
	const end = start + hourS;
	const inside = samples.filter(({ at }) => at >= start && at < end);
	const code = worstOf(inside);
	if (code === null) return null;
	let failingS = 0;
	for (const [index, { at, code: its }] of samples.entries()) {
		if (standingOf(its)?.verdict !== 'fail') continue;
		const until = Math.min(samples[index + 1]?.at ?? Number.POSITIVE_INFINITY, at + holdsS, end);
		failingS += Math.max(0, until - Math.max(at, start));
	}
	const times = inside.map(({ scaledMs }) => scaledMs).filter((scaledMs) => scaledMs !== noMs);
	const [median = noMs] = times.sort((a, b) => a - b).slice(Math.floor(times.length / 2));
	return { code, failingQuarters: Math.round(failingS / quarterS), scaledMs: median };
}

export function failingSeconds({ failingQuarters }: PackedHour): number {
	return Math.min(hourS, failingQuarters * quarterS);
}

function worstOf(samples: readonly PackedSample[]): number | null {
	const rank = (code: number) => {
		const verdict = standingOf(code)?.verdict;
		return verdict === undefined ? verdictsWorstFirst.length : verdictsWorstFirst.indexOf(verdict);
	};
	const worst = Math.min(...samples.map(({ code }) => rank(code)));
	const byCode = Map.groupBy(
		samples.map(({ code }) => code).filter((code) => rank(code) === worst),
		(code) => code,
	);
	const [commonest] = [...byCode].sort(([, a], [, b]) => b.length - a.length);
	return commonest?.[0] ?? null;
}

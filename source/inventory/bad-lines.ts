import { withCommas } from '../domain/numbers.ts';
import type { BadLine } from './import-safes.ts';
import { maxShown } from './problems.ts';

const mostRanges = 8;

/** The problems of a list, those of one kind together: `lines 17, 20-31, 44 (14): port "22x" given, expected …`. */
export function describeBadLines(bad: readonly BadLine[]): string[] {
	const kinds = [...Map.groupBy(bad, ({ problem }) => kindOf(problem)).values()];
	const lines = kinds.slice(0, maxShown).map((alike) => {
		const [first] = alike;
		const values = new Set(alike.map(({ problem }) => problem)).size;
		const more = values - 1;
		const others = more === 0 ? '' : `; ${withCommas(more)} more such value${more === 1 ? '' : 's'}`;
		return `${rangesOf(alike.map(({ line }) => line))}: ${first?.problem}${others}`;
	});
	const rest = kinds.slice(maxShown).reduce((sum, alike) => sum + alike.length, 0);
	return rest === 0 ? lines : [...lines, `and ${withCommas(rest)} more lines`];
}

/** What is the same for another value on another line. */
function kindOf(problem: string): string {
	return problem.replace(/"(?:[^"\\]|\\.)*"/g, '""').replace(/\d+/g, '0');
}

/** `line 17`, `lines 17, 20-31 (13)`; ascending. */
function rangesOf(lines: readonly number[]): string {
	const ranges: Array<[from: number, to: number]> = [];
	for (const line of lines) {
		const last = ranges.at(-1);
		if (last !== undefined && line === last[1] + 1) last[1] = line;
		else ranges.push([line, line]);
	}
	const shown = ranges.slice(0, mostRanges).map(([from, to]) => (from === to ? String(from) : `${from}-${to}`));
	const rest = ranges.length > shown.length ? ', …' : '';
	return lines.length === 1 ? `line ${shown[0]}` : `lines ${shown.join(', ')}${rest} (${withCommas(lines.length)})`;
}

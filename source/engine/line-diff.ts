import { cleanText } from '../domain/clean.ts';

/** The lines that go and come between two texts that differ in one stretch, with - and + in front, ready to be shown. */
export function lineDiff(before: string, after: string): string[] {
	const [old, now] = [before.split('\n'), after.split('\n')];
	let start = 0;
	while (start < old.length && start < now.length && old[start] === now[start]) start++;
	let end = 0;
	while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end++;
	const stretch = (lines: readonly string[], sign: string) =>
		lines.slice(start, lines.length - end).map((line) => `${sign} ${cleanText(line)}`);
	return [...stretch(old, '-'), ...stretch(now, '+')];
}

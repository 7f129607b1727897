/** What stands in place of a secret. */
export const removedSecret = '[secret removed]';
export const removedKey = '[private key removed]';

/** A stretch of a text that has to go: from `start` up to, without, `end`. */
export type Span = { readonly start: number; readonly end: number; readonly isKey?: boolean };

/** A text without these stretches, in any order, also where one lies in another. */
export function withoutSpans(text: string, spans: readonly Span[]): string {
	if (spans.length === 0) return text;
	let result = '';
	let from = 0;
	const sorted = spans.toSorted((a, b) => a.start - b.start || b.end - a.end);
	for (let index = 0; index < sorted.length; ) {
		const first = sorted[index];
		if (first === undefined) break;
		let { end, isKey = false } = first;
		for (index++; index < sorted.length; index++) {
			const next = sorted[index];
			if (next === undefined || next.start >= end) break;
			end = Math.max(end, next.end);
			isKey ||= next.isKey ?? false;
		}
		result += text.slice(from, first.start) + (isKey ? removedKey : removedSecret);
		from = end;
	}
	return result + text.slice(from);
}

// Intl does both, and takes nine megabytes for it as long as vpmon runs.

/** `12,345` */
export function withCommas(count: number): string {
	return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** For sorting: numbers within texts are counted, so 10.0.0.9 comes before 10.0.0.10. */
export function compareCounted(a: string, b: string): number {
	const parts = (text: string): readonly string[] => text.match(/\d+|\D+/g) ?? [];
	const [left, right] = [parts(a), parts(b)];
	const at = left.findIndex((part, index) => part !== right[index]);
	if (at === -1) return left.length - right.length;
	const [one = '', other = ''] = [left[at], right[at]];
	return Number(one) - Number(other) || (one < other ? -1 : 1);
}

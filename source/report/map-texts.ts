import { isOwnValue } from './own-values.ts';

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** The same with each text changed, but for the product's own values and times. Names of members are ours. */
export function mapTexts<Value>(value: Value, change: (text: string) => string): Value {
	const map = (inner: unknown, member: string): unknown => {
		if (typeof inner === 'string') return time.test(inner) || isOwnValue(member, inner) ? inner : change(inner);
		// What a line end breaks in two is seen in all lines together alone.
		if (member === 'lines' && Array.isArray(inner))
			return inner.length === 0 ? [] : change(inner.join('\n')).split('\n');
		if (Array.isArray(inner)) return inner.map((part) => map(part, member));
		if (typeof inner !== 'object' || inner === null) return inner;
		return Object.fromEntries(Object.entries(inner).map(([name, part]) => [name, map(part, name)]));
	};
	return map(value, '') as Value;
}

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareCounted, withCommas } from '../../source/domain/numbers.ts';

test('thousands are set apart', () => {
	expect([0, 999, 1000, 12345, 1234567].map(withCommas)).toEqual(['0', '999', '1,000', '12,345', '1,234,567']);
	fc.assert(
		fc.property(fc.nat(), (count) => {
			expect(withCommas(count)).toBe(count.toLocaleString('en'));
		}),
	);
});

test('numbers within names are counted, also those of different length', () => {
	const names = ['10.0.0.9', '10.0.0.10', '10.0.0.10:22', 'app', 'app-2', 'app-10', 'app-10b', 'db-1'];
	expect(names.toReversed().sort(compareCounted)).toEqual(names);
	expect(compareCounted('app-7', 'app-7')).toBe(0);
});

test('it orders: what comes before comes after when asked the other way round, and in between lies in between', () => {
	const name = fc.string({ unit: fc.constantFrom('0', '1', '7', 'a', 'b', '.', 'ö'), maxLength: 6 });
	fc.assert(
		fc.property(name, name, name, (a, b, c) => {
			expect(Math.sign(compareCounted(a, b)) + Math.sign(compareCounted(b, a))).toBe(0);
			expect(compareCounted(a, b) === 0).toBe(a === b);
			if (compareCounted(a, b) < 0 && compareCounted(b, c) < 0) expect(compareCounted(a, c)).toBeLessThan(0);
		}),
	);
});

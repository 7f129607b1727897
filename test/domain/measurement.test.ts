import { expect, test } from 'vitest';
import { describeWriter } from '../../source/domain/measurement.ts';

test('a writer is named by its program, and by its user where that is another one', () => {
	const writer = { program: 'exporter', uid: 1001, user: 'anna' } as const;
	expect(describeWriter(null, 1001)).toBeNull();
	expect(describeWriter(writer, 1001)).toBe('exporter');
	expect(describeWriter(writer, 0)).toBe('exporter of anna');
});

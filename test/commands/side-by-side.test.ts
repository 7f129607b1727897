import { expect, test } from 'vitest';
import { fitOpenFiles } from '../../source/commands/side-by-side.ts';

test('fewer targets side by side where few files may be open, and one at least', () => {
	expect(fitOpenFiles(32, 1_048_576)).toBe(32);
	expect(fitOpenFiles(32, 64)).toBe(8);
	expect(fitOpenFiles(32, 20)).toBe(1);
	expect(fitOpenFiles(32, null)).toBe(32);
});

import { expect, test } from 'vitest';
import { steady } from '../../source/ui/steady.ts';
import { forTerminal } from '../../source/ui/theme.ts';
import { cell, truncate, widthOf } from '../../source/ui/width.ts';

// What tmux 3.3a counts for each, measured by asking it for the cursor's place (test/system/screen.test.ts does so).
const columns: Readonly<Record<string, number>> = {
	'👍🏽': 2,
	'👨‍👩‍👧': 2,
	'👩‍❤️‍👨': 2,
	'🇵🇱': 2,
	'❤️': 1,
	'1️⃣': 1,
	'🏴󠁧󠁢󠁥󠁮󠁧󠁿': 2,
	日本: 4,
	'e\u0301': 1,
	हिन्दी: 5,
};

test('every name takes the columns that the terminal gives it', () => {
	for (const [text, count] of Object.entries(columns)) {
		expect(widthOf(text), text).toBe(count);
		expect(widthOf(steady(text)), text).toBe(count);
		expect(steady(steady(text)), text).toBe(steady(text));
		expect(widthOf(cell(text, 8)), text).toBe(8);
	}
	expect(steady('🇵🇱 db')).toBe('PL db');
	expect(steady('plain ✔ …')).toBe('plain ✔ …');
	expect(truncate('👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧', 5)).toBe('👨👨…');
});

test('in ASCII a wide character keeps its two columns', () => {
	const shown = forTerminal({ color: false, ascii: true }, '▶✖ 日本-e\u0301-🇵🇱  x');
	expect(shown).toBe('>x ????-e-PL  x');
});

import { createRequire } from 'node:module';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { steady } from '../../source/ui/steady.ts';
import { cell, truncate, widthOf, wrap } from '../../source/ui/width.ts';

const samples = [
	'',
	'plain',
	'Zażółć',
	'Ωμέγα',
	'Привет',
	'日本語',
	'naïve…',
	'✔✖–○●◐▶─│→·',
	'👩‍💻 dev',
	'e\u0301',
	'한국어',
	'⚠️',
	'1️⃣',
	'ﬁ',
	'\u00adsoft',
];

test('columns are those of string-width, of what terminals agree about', () => {
	for (const text of samples) expect([text, widthOf(text)]).toEqual([text, stringWidth(steady(text))]);
});

test('the stand-in for string-width in the bundle never differs from it', () => {
	const require = createRequire(import.meta.url);
	const source = require('node:fs').readFileSync(
		new URL('../../.config/string-width.cjs', import.meta.url),
		'utf8',
	) as string;
	const module = { exports: (_text: string): number => 0 };
	const standIn = (file: string) =>
		file === './narrow.cjs' ? require('../../.config/narrow.cjs') : { default: stringWidth };
	new Function('module', 'require', source)(module, standIn);
	// Every character of the basic plane, alone and after a letter.
	for (let code = 0x20; code < 0x10000; code++) {
		if (code >= 0xd800 && code <= 0xdfff) continue;
		const character = String.fromCodePoint(code);
		if (module.exports(character) !== stringWidth(character)) expect.fail(`U+${code.toString(16)}`);
		if (widthOf(`a${character}`) !== stringWidth(`a${character}`)) expect.fail(`a and U+${code.toString(16)}`);
	}
	for (const text of samples)
		for (const styled of [text, `\u001b[1m${text}\u001b[22m`, `\u001b[38;5;9m${text}`])
			expect([styled, module.exports(styled)]).toEqual([styled, stringWidth(styled)]);
});

test('the stand-in for Intl.Segmenter in the bundle parts text as it does', async () => {
	const file: string = '../../.config/segmenter.js';
	const { default: LateSegmenter } = await import(file);
	const standIn: Intl.Segmenter = new LateSegmenter();
	const real = new Intl.Segmenter();
	const parts = (segmenter: Pick<Intl.Segmenter, 'segment'>, text: string) =>
		[...segmenter.segment(text)].map(({ segment, index }) => [segment, index]);
	const check = (text: string) => {
		expect([text, parts(standIn, text)]).toEqual([text, parts(real, text)]);
		const [ours, theirs] = [standIn.segment(text), real.segment(text)];
		expect([...ours, ...ours]).toEqual([...theirs, ...theirs]);
		for (const at of [undefined, -1, 0.5, ...text.split('').keys(), text.length])
			expect([text, at, ours.containing(at)]).toEqual([text, at, theirs.containing(at)]);
	};
	// Every character of the basic plane, between letters and styles.
	for (let code = 0; code < 0x10000; code++) {
		const text = `a${String.fromCharCode(code)}\u001b[1m${String.fromCharCode(code)}─`;
		const found = parts(standIn, text);
		if (JSON.stringify(found) !== JSON.stringify(parts(real, text))) expect.fail(`U+${code.toString(16)}`);
	}
	for (const text of samples) check(text);
	const narrow = [...'aé─✔’ж\u001b'];
	fc.assert(
		fc.property(fc.array(fc.constantFrom(...narrow, 'e\u0301', '日', '\r\n', '👩‍🚀')), (all) => check(all.join(''))),
	);
	const words = new LateSegmenter(undefined, { granularity: 'word' });
	expect([...words.segment('two words')]).toHaveLength(3);
});

test('a cell is exactly as wide as it should be; what is cut ends with an ellipsis', () => {
	for (const text of samples)
		for (const columns of [1, 2, 5, 9]) expect([text, stringWidth(cell(text, columns))]).toEqual([text, columns]);
	expect(truncate('abcdef', 4)).toBe('abc…');
	expect(truncate('日本語', 4)).toBe('日…');
	expect(truncate('abc', 3)).toBe('abc');
	expect(truncate('abc', 0)).toBe('');
});

test('lines are wrapped at blanks, indented, and nothing is lost', () => {
	expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
	expect(wrap('one two three', 8, 2)).toEqual(['one two', '  three']);
	expect(wrap('  - indented text', 12)).toEqual(['  - indented', '  text']);
	expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
	expect(wrap('', 4)).toEqual(['']);
	const text = `stored SHA256:${'x'.repeat(43)} and more of it`;
	for (const columns of [1, 2, 10, 20, 60, 200]) {
		const lines = wrap(text, columns, 2);
		expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
		for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(Math.max(columns, 1));
	}
});

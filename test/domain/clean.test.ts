import { expect, test } from 'vitest';
import { cleanLine, cleanText } from '../../source/domain/clean.ts';

const harmful: ReadonlyArray<readonly [string, string, string]> = [
	['CSI colour', 'a\u001b[31mred\u001b[0mb', 'aredb'],
	['CSI erase and move', 'a\u001b[2J\u001b[1;1Hb', 'ab'],
	['OSC 52 clipboard, ended by BEL', 'a\u001b]52;c;ZXZpbA==\u0007b', 'ab'],
	['OSC title, ended by ST', 'a\u001b]0;evil\u001b\\b', 'ab'],
	['OSC 8 link', '\u001b]8;;http://evil\u0007click\u001b]8;;\u0007', 'click'],
	['OSC that never ends hides no further line', 'a\u001b]0;evil\nb', 'a\nb'],
	['DCS', 'a\u001bPq#evil\u001b\\b', 'ab'],
	['APC and PM', 'a\u001b_x\u001b\\b\u001b^y\u001b\\c', 'abc'],
	['C1 forms of CSI and OSC', 'a\u009b31mb\u009d0;evil\u009cc', 'abc'],
	['two-byte escape (RIS)', 'a\u001bcb', 'ab'],
	['charset switch', 'a\u001b(0b', 'ab'],
	['lone escape at the end', 'a\u001b', 'a'],
	['carriage return, backspace, bell, NUL, DEL', 'real\rfake\b\u0007\u0000\u007f', 'realfake'],
	['bidirectional override', 'user\u202eresu\u202c', 'userresu'],
	['zero width', 'a\u200bb\u2060c\ufeffd', 'abcd'],
	['tag characters', 'a\u{e0041}b', 'ab'],
	['line separator', 'a\u2028b', 'ab'],
	['lone surrogate', 'a\ud800b', 'a\ufffdb'],
	['bidirectional isolates and marks', 'a\u2066b\u2067c\u2068d\u2069e\u200ef\u200fg\u061ch', 'abcdefgh'],
	['a tmux passthrough around a clipboard write', 'a\u001bPtmux;\u001b\u001b]52;c;ZXZpbA==\u0007\u001b\\b', 'ab'],
	['SOS', 'a\u001bXevil\u001b\\b', 'ab'],
	['8-bit DCS, APC, PM and SOS', 'a\u0090q\u009cb\u009fx\u009cc\u009ey\u009cd\u0098z\u009ce', 'abcde'],
	['8-bit controls without a string: NEL, IND, RI', 'a\u0085b\u0084c\u008dd', 'abcd'],
	['CSI with private parameters and intermediates', 'a\u001b[?1049lb\u001b[!pc\u001b[>0;1md\u001b[0 qe', 'abcde'],
	['CSI cut off at the end', 'a\u001b[31', 'a'],
	['a sequence that removal would put together', 'a\u001b\u200b[31mb', 'a[31mb'],
	['form feed and vertical tab', 'a\u000cb\u000bc', 'abc'],
	['joiners inside a word of ASCII', 'pass\u200dwo\u200crd', 'password'],
	['joiners in a row', '\u0645\u200c\u200c\u200c\u200c\u0645', '\u0645\u200c\u0645'],
	['fillers that look like nothing', 'a\u3164b\u115fc\uffa0d', 'abcd'],
	['variation selectors that carry data', 'a\u{e0100}\u{e01ef}b', 'ab'],
	['a heap of combining marks', `z${'\u0301'.repeat(500)}algo`, `z${'\u0301'.repeat(8)}algo`],
	['CRLF is one line end', 'a\r\nb', 'a\nb'],
	['tab', 'a\tb', 'a    b'],
];

for (const [name, text, clean] of harmful) {
	test(`takes out: ${name}`, () => {
		expect(cleanText(text)).toBe(clean);
	});
}

test('leaves ordinary text of any script alone', () => {
	for (const text of [
		'नमस्ते',
		'שָׁלוֹם',
		'می\u200cخواهم',
		'ไม่ใช่',
		'葛\ufe00',
		'e\u0301',
		'plain',
		'Zażółć gęślą jaźń',
		'日本語 ok',
		'naïve ☃ 👩‍💻',
		'a\nb',
		'100 % – fine…',
	])
		expect(cleanText(text)).toBe(text);
});

test('a line has no line feed', () => {
	expect(cleanLine(' a\n\nb \n')).toBe('a b');
});

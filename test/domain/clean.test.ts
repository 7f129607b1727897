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
	['CRLF is one line end', 'a\r\nb', 'a\nb'],
	['tab', 'a\tb', 'a    b'],
];

for (const [name, text, clean] of harmful) {
	test(`takes out: ${name}`, () => {
		expect(cleanText(text)).toBe(clean);
	});
}

test('leaves ordinary text of any script alone', () => {
	for (const text of ['plain', 'Zażółć gęślą jaźń', '日本語 ok', 'naïve ☃ 👩‍💻', 'a\nb', '100 % – fine…'])
		expect(cleanText(text)).toBe(text);
});

test('a line has no line feed', () => {
	expect(cleanLine(' a\n\nb \n')).toBe('a b');
});

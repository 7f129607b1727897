import { expect, test } from 'vitest';
import { type LogPattern, parsePattern } from '../../source/ui/log-pattern.ts';

function pattern(text: string): LogPattern {
	const parsed = parsePattern(text);
	if (!parsed.ok) throw new Error(parsed.reason);
	return parsed.pattern;
}
const matches = (text: string, line: string) => pattern(text).matches([line])?.[0];

test('plain text is what it says, whatever signs are in it', () => {
	expect(matches('a.b*(c)[d]$', 'x a.b*(c)[d]$ y')).toBe(true);
	expect(matches('a.b', 'axb')).toBe(false);
	expect(matches('10.20.4.17:22', 'dial tcp 10.20.4.17:22: i/o timeout')).toBe(true);
	expect(matches('/var/log', 'reads /var/log now')).toBe(true);
});

test('a capital makes case count; what a backslash makes of one does not', () => {
	expect(matches('error', 'ERROR dial')).toBe(true);
	expect(matches('Error', 'ERROR dial')).toBe(false);
	expect(matches('/\\S+ERR/', 'xerr')).toBe(false);
	expect(matches('/\\Sotel/', 'HOTEL')).toBe(true);
	expect(matches('straße', 'STRASSE Straße')).toBe(true);
});

test('slashes make it a regular expression, an exclamation mark turns it round', () => {
	expect(matches('/dial.*timeout/', 'dial tcp 10.0.0.1:22: i/o timeout')).toBe(true);
	expect(matches('!heartbeat', 'heartbeat ok')).toBe(false);
	expect(matches('!heartbeat', 'session failed')).toBe(true);
	expect(matches('!/^INFO/', 'INFO x')).toBe(false);
	expect(matches('!', 'what!')).toBe(true);
	expect(pattern('!heartbeat').rangesIn('heartbeat')).toEqual([]);
});

test('what is no regular expression says why', () => {
	expect(parsePattern('/(/')).toEqual({ ok: false, reason: 'unterminated group' });
	expect(parsePattern('/[/')).toMatchObject({ ok: false });
	expect(parsePattern('(')).toMatchObject({ ok: true });
});

test('where it matches is found whole, also nothing at all and wide signs', () => {
	expect(pattern('ab').rangesIn('ab xab')).toEqual([
		[0, 2],
		[4, 6],
	]);
	expect(pattern('/x*/').rangesIn('axxb')).toEqual([[1, 3]]);
	expect(pattern('/./').rangesIn('👩b')).toEqual([
		[0, 2],
		[2, 3],
	]);
});

test('an expression that would run for ever is given up, and holds up nobody', () => {
	const evil = pattern('/^(a+)+$/');
	expect(evil.matches([`${'a'.repeat(50)}b`])).toBeNull();
	expect(evil.matches(['a'])).toBeNull();
	expect(evil.rangesIn(`${'a'.repeat(50)}b`)).toEqual([]);
});

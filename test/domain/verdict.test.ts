import { expect, test } from 'vitest';
import { worstVerdict } from '../../source/domain/verdict.ts';

test('the worst row counts: fail, unknown, warn, untested, pass; what was skipped does not', () => {
	expect(worstVerdict(['pass', 'skip', 'warn', 'unknown', 'fail'])).toBe('fail');
	expect(worstVerdict(['pass', 'warn', 'unknown', 'untested'])).toBe('unknown');
	expect(worstVerdict(['pass', 'untested', 'warn'])).toBe('warn');
	expect(worstVerdict(['pass', 'untested', 'skip'])).toBe('untested');
	expect(worstVerdict(['pass', 'pass'])).toBe('pass');
});

test('nothing measured is never a pass', () => {
	expect(worstVerdict([])).toBe('unknown');
	expect(worstVerdict(['skip', 'skip'])).toBe('unknown');
});

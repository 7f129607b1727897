import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type FreshnessFlags, measuringOf } from '../../source/commands/freshness-flags.ts';
import { duration } from '../../source/flag-values.ts';

const now = 1_800_000_000_000;
const warnings: string[] = [];
beforeEach(() => {
	vi.useFakeTimers({ toFake: ['Date'], now });
	vi.spyOn(process.stderr, 'write').mockImplementation((text) => warnings.push(String(text)) > 0);
});
afterEach(() => {
	warnings.length = 0;
	vi.restoreAllMocks();
	vi.useRealTimers();
});
const flags = (given: Partial<FreshnessFlags> = {}) => ({ budgetWait: 60, ...given });

test('without a name: what passed within 10 s is taken, and what fails is measured', () => {
	const { trigger, freshness, budgetWaitMs } = measuringOf(flags(), 'command', false);
	expect({ trigger, budgetWaitMs }).toEqual({ trigger: 'command', budgetWaitMs: 60_000 });
	expect(freshness).toEqual({ passing: now - 10_000, failing: now, onlyTrusted: false });
});

test('a Safe that is named is measured from now on', () => {
	const { freshness } = measuringOf(flags(), 'report', true);
	expect(freshness).toEqual({ passing: now, failing: now, asksAnew: true, onlyTrusted: false });
});

test('--max-age takes what is as young, passing or failing, named or not', () => {
	for (const isNamed of [true, false]) {
		const { trigger, freshness } = measuringOf(flags({ maxAge: 300_000 }), 'command', isNamed);
		expect(freshness).toMatchObject({ passing: now - 300_000, failing: now - 300_000 });
		expect(freshness.asksAnew).toBeUndefined();
		expect(trigger).toBe('command');
	}
});

test('--again measures all anew, past the soft limit, and warns once', () => {
	const { trigger, freshness } = measuringOf(flags({ again: true }), 'command', false);
	expect(trigger).toBe('insisted');
	expect(freshness).toMatchObject({ passing: now, failing: now, asksAnew: true });
	expect(warnings).toHaveLength(1);
	expect(warnings[0]).toContain('a strict fail2ban bans at 5');
});

test('the two contradict each other', () => {
	const both = () => measuringOf(flags({ again: true, maxAge: 0 }), 'command', false);
	expect(both).toThrow('--again and --max-age contradict each other.');
	expect(warnings).toEqual([]);
});

test('who writes or acts believes this user and root alone', () => {
	expect(measuringOf(flags(), 'command', true, true).freshness.onlyTrusted).toBe(true);
	expect(measuringOf(flags({ maxAge: 1 }), 'command', true, true).freshness.onlyTrusted).toBe(true);
});

test.each([
	['10s', 10_000],
	['5m', 300_000],
	['1h', 3_600_000],
	['1d', 86_400_000],
	['250ms', 250],
	['1.5h', 5_400_000],
	['90', 90_000],
	['0', 0],
	[' 5 m ', 300_000],
])('a time such as %j', (text, ms) => {
	expect(duration(text)).toBe(ms);
});

test.each(['', ' ', 'm', '-5m', '+5m', '5x', '5m30s', '1e3', 'Infinity', '5M', '.5h', '٣m', '0x10'])(
	'%j is none',
	(text) => {
		expect(() => duration(text)).toThrow('Expected a time such as 10s, 5m or 1h.');
	},
);

test('a time that no clock holds is none', () => {
	expect(() => duration(`${'9'.repeat(400)}d`)).toThrow('Expected a time');
});

import { Registry } from '@prometheus-io/client';
import { expect, test } from 'vitest';
import { mapChecks } from '../../source/domain/check.ts';
import type { SafeState, Session } from '../../source/engine/session/session.ts';
import { type Format, renderMetrics } from '../../source/exporter/render.ts';
import { mostSafes, safeFamilies } from '../../source/exporter/safe-families.ts';
import { deadNetwork, passing, safesOf, stateOf } from '../helpers/safe-states.ts';

const bare = { safe: (name: string) => name, text: (text: string) => text };

/** The lines of families about these Safes; the next call of `show` is the next scrape. */
function scrapes(format: Format = Registry.PROMETHEUS_CONTENT_TYPE) {
	let session = { safes: safesOf() } as Session;
	const families = safeFamilies(() => session, bare);
	return async (...states: readonly SafeState[]) => {
		session = { safes: safesOf(...states) } as Session;
		const text = await renderMetrics(families, new Registry(), format);
		return { text, lines: (name: string) => text.split('\n').filter((line) => line.startsWith(`${name}{`)) };
	};
}

test('a number for each Safe and check, whose labels do not change when it fails; the cause only while it does', async () => {
	const show = scrapes();
	const well = await show(stateOf('db', '10.0.0.5', 'pass'));
	expect(well.lines('vpmon_check_verdict')).toEqual(
		['connector', 'port', 'username', 'host-key', 'ssh-key'].map(
			(check) => `vpmon_check_verdict{connector="dc1",safe="db",check="${check}"} 0`,
		),
	);
	expect(well.lines('vpmon_check_cause')).toEqual([]);
	const broken = await show(stateOf('db', '10.0.0.5', 'fail', { cause: 'port-refused' }));
	const labelsOf = (lines: readonly string[]) => lines.map((line) => line.replace(/\S+$/, ''));
	expect(labelsOf(broken.lines('vpmon_check_verdict'))).toEqual(labelsOf(well.lines('vpmon_check_verdict')));
	expect(broken.text).toContain('vpmon_check_verdict{connector="dc1",safe="db",check="port"} 4\n');
	expect(broken.lines('vpmon_check_cause')).toEqual([
		'vpmon_check_cause{connector="dc1",safe="db",check="port",cause="port-refused"} 1',
	]);
	// A warning has a cause too, and does not fail.
	const warned = await show(stateOf('db', '10.0.0.5', 'warn', { cause: 'host-key-unrecorded' }));
	expect(warned.lines('vpmon_check_cause')).toEqual([]);
	expect(warned.text).toContain('check="host-key"} 2\n');
});

test('no series is left of a Safe that is gone', async () => {
	const show = scrapes();
	expect((await show(...passing(3))).text).toContain('safe="web-2"');
	expect((await show(...passing(1))).text).not.toContain('safe="web-2"');
});

test('verdicts are counted, groups told with what they share', async () => {
	const { text, lines } = await scrapes()(
		...deadNetwork(60),
		...passing(4),
		stateOf('db', '10.9.9.9', 'fail', { cause: 'host-key-mismatch' }),
	);
	expect(text).toContain('vpmon_safes{verdict="fail"} 61\n');
	expect(text).toContain('vpmon_safes{verdict="pass"} 4\n');
	expect(text).toContain('vpmon_safes{verdict="unknown"} 0\n');
	expect(text).toContain('\nvpmon_groups 2\n');
	expect(lines('vpmon_group_safes')).toEqual([
		'vpmon_group_safes{cause="port-timeout",connector="dmz",attribute="subnet",value="10.20.4.0/24"} 60',
		expect.stringMatching(/^vpmon_group_safes\{cause="host-key-mismatch",connector="dc1",.*\} 1$/),
	]);
});

test('when the target was measured, and nothing before it was', async () => {
	const show = scrapes();
	const measured = await show(stateOf('db', '10.0.0.5', 'pass', { measuredAt: '2026-11-22T08:00:00.500Z' }));
	expect(measured.lines('vpmon_safe_measured_timestamp_seconds')).toEqual([
		'vpmon_safe_measured_timestamp_seconds{connector="dc1",safe="db"} 1795334400.5',
	]);
	const { result, ...rest } = stateOf('db', '10.0.0.5', 'unknown');
	const checks = mapChecks(result.checks, (row) => ({ ...row, measuredAt: null }));
	const never = await show({ ...rest, result: { ...result, checks } });
	expect(never.lines('vpmon_safe_measured_timestamp_seconds')).toEqual([]);
});

test('beyond 10,000 Safes there are no more series, and that is told', async () => {
	const show = scrapes();
	const most = await show(...passing(mostSafes));
	expect(most.lines('vpmon_check_verdict')).toHaveLength(5 * mostSafes);
	expect(most.text).toContain('\nvpmon_safes_without_series 0\n');
	const more = await show(...passing(mostSafes + 7));
	expect(more.lines('vpmon_check_verdict')).toHaveLength(5 * mostSafes);
	expect(more.text).toContain('\nvpmon_safes_without_series 7\n');
	expect(more.text).toContain(`vpmon_safes{verdict="pass"} ${mostSafes + 7}\n`);
});

test('names with quotes, line ends and backslashes stay one label', async () => {
	const { lines } = await scrapes()(stateOf('a"b\\c\nd', '10.0.0.5', 'pass'));
	expect(lines('vpmon_check_verdict')[0]).toBe(
		'vpmon_check_verdict{connector="dc1",safe="a\\"b\\\\c\\nd",check="connector"} 0',
	);
});

test('OpenMetrics ends as it has to', async () => {
	const { text } = await scrapes(Registry.OPENMETRICS_CONTENT_TYPE)(...passing(1));
	expect(text).toMatch(/\n# EOF\n$/);
});

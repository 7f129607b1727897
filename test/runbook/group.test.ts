import { expect, test } from 'vitest';
import type { SafeResult } from '../../source/domain/check.ts';
import { groupFailures } from '../../source/runbook/group.ts';

const safe = (
	name: string,
	cause: SafeResult['cause'],
	connector = 'dc1',
	verdict: SafeResult['verdict'] = 'fail',
): SafeResult => ({
	name,
	connector,
	target: `${name}:22`,
	verdict,
	cause,
	headline: '',
	checks: [],
});

test('Safes that fail for one cause are one group, the largest first; the odd one out keeps its own', () => {
	const groups = groupFailures([
		safe('odd', 'host-key-mismatch'),
		safe('a', 'port-timeout'),
		safe('b', 'port-timeout'),
		safe('ok', null, 'dc1', 'pass'),
	]);
	expect(groups).toMatchObject([
		{ cause: 'port-timeout', safes: ['a', 'b'], shared: { connector: 'dc1' } },
		{ cause: 'host-key-mismatch', safes: ['odd'], shared: { connector: 'dc1', target: 'odd:22' } },
	]);
});

test('two connectors that are offline are two groups', () => {
	const groups = groupFailures([safe('a', 'connector-offline', 'dc1'), safe('b', 'connector-offline', 'dc2')]);
	expect(groups.map(({ shared }) => shared.connector)).toEqual(['dc1', 'dc2']);
});

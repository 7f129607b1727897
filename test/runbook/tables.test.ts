import { expect, test } from 'vitest';
import { causes } from '../../source/domain/cause.ts';
import { checkIds } from '../../source/domain/check.ts';
import { causeTexts } from '../../source/runbook/causes.ts';
import { checks, judgingOrder } from '../../source/runbook/checks.ts';
import { emptyFixContext } from '../../source/runbook/fix-context.ts';
import { fixes, stepsFor } from '../../source/runbook/fixes.ts';
import { plainConnector as connector, plainSafe as safe } from '../helpers/plain-safe.ts';

const known = emptyFixContext(connector, safe);

test('the checks are the runbook’s five, in its order and numbered by it', () => {
	expect(checks.map(({ id }) => id)).toEqual([...checkIds]);
	expect(checks.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
	expect([...judgingOrder].sort()).toEqual([...checkIds].sort());
	expect(judgingOrder.indexOf('host-key')).toBeLessThan(judgingOrder.indexOf('ssh-key'));
});

test('every cause has its text and exactly one fix with steps', () => {
	for (const cause of causes) {
		expect(causeTexts[cause].label.split(' ').length).toBeLessThanOrEqual(5);
		expect(fixes.filter((fix) => fix.causes.includes(cause))).toHaveLength(1);
		const steps = stepsFor(cause, { ...known, sourceAddress: '10.0.0.9' });
		expect(steps.length).toBeGreaterThan(0);
		for (const step of steps) expect(step).not.toMatch(/undefined|null|\[object/);
	}
});

test('steps are filled in for this deployment', () => {
	expect(stepsFor('connector-offline', known).join()).toContain('docker start agent');
	expect(
		stepsFor('connector-offline', {
			...known,
			connector: { ...connector, runtime: 'systemd', unit: 'agent.service' },
		}).join(),
	).toContain('systemctl restart agent.service');
	expect(stepsFor('port-timeout', { ...known, sourceAddress: '10.0.0.9' }).join()).toMatch(
		/nc -zv -w 5 db1\.example 2222.*TCP 2222 from 10\.0\.0\.9/,
	);
	expect(stepsFor('host-key-mismatch', { ...known, hostKeyType: 'ecdsa-sha2-nistp256' }).join()).toContain(
		'ssh_host_ecdsa_key.pub',
	);
	expect(stepsFor('host-key-mismatch', known).join()).toContain(
		'Safes → db → Edit → Connection settings → Reset host key',
	);
});

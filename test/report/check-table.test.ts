import { expect, test } from 'vitest';
import { reportOf, tableOf } from '../../source/commands/check.ts';
import type { Cause } from '../../source/domain/cause.ts';
import { type Checks, makeChecks, type SafeResult, unmeasuredRow } from '../../source/domain/check.ts';
import type { Connector, Safe } from '../../source/domain/inventory.ts';
import { formatCheckTable } from '../../source/report/check-table.ts';
import { causeTexts } from '../../source/runbook/causes.ts';
import { emptyFixContext } from '../../source/runbook/fix-context.ts';
import { groupFailures } from '../../source/runbook/group.ts';
import { portEvidence, sshKeyEvidence } from '../helpers/plain-evidence.ts';
import { readScenario, startScenario } from '../helpers/scenarios.ts';

async function table(name: string): Promise<string[]> {
	const { engine, close } = await startScenario(readScenario(name));
	try {
		await engine.run(null, { trigger: 'command' });
		return tableOf(engine, reportOf(engine)).split('\n');
	} finally {
		await close();
	}
}

test('one firewall is explained once, all its Safes are named, and the unrelated failure keeps its own explanation', async () => {
	const lines = await table('one-dead-network');
	expect(lines[0]).toMatch(/: 12 fail, 3 pass · 2 causes explain all 12 failures$/);
	// Every Safe keeps its line.
	expect(lines.filter((line) => /^✖ app-\d+ .*does not answer/.test(line))).toHaveLength(11);
	const at = lines.indexOf('  CAUSES');
	expect(lines[at + 1]).toBe('✖ 11 port timeout  10.20.4.0/24 via dmz  11 of 12 there, 0 of 3 elsewhere');
	expect(lines[at + 2]).toBe('');
	expect(lines.filter((line) => line.startsWith('✖ ') && line.endsWith('(port-timeout)'))).toEqual([
		'✖ app-01 (port-timeout)',
	]);
	expect(lines).toContain('  Also app-02, app-03, app-04, app-05, app-06, app-07, app-08, app-09, … and 2 more');
	expect(lines).toContain('✖ db (host-key-mismatch)');
	expect(lines.join('\n')).toMatch(/Do {2}1 from dmz: nc -zv -w 5 10\.20\.4\.1 22/);
});

test('keys that differ are shown one by one, also where one trouble changed them', async () => {
	const lines = await table('rebuilt-rack');
	expect(lines).toContain('✖ 2 host key changed  10.20.4.0/24 via dc1  2 of 2 there, 0 of 1 elsewhere');
	expect(lines.filter((line) => line.endsWith('(host-key-mismatch)'))).toHaveLength(2);
});

test('a single failure needs no causes', async () => {
	const lines = await table('port-timeout');
	expect(lines).not.toContain('  CAUSES');
	expect(lines[0]).not.toContain('explain');
});

/** Three Safes that fail for a cause, and ten that pass. */
function explained(
	cause: Cause,
	given: (index: number) => { username?: string; key?: string; address?: string },
): string[] {
	const { check } = causeTexts[cause];
	const safes = Array.from({ length: 13 }, (_, index): SafeResult => {
		const fails = index < 3;
		const name = `${fails ? 'k' : 'ok'}${index}`;
		const { username = `user-${index}`, key, address = `10.0.${index}.1` } = fails ? given(index) : {};
		const rows = makeChecks((id) => ({
			...unmeasuredRow(id, 'here'),
			verdict: fails && id === check ? 'fail' : 'pass',
			cause: fails && id === check ? cause : null,
		}));
		const checks: Checks = {
			...rows,
			port: { ...rows.port, evidence: portEvidence(address) },
			'ssh-key': { ...rows['ssh-key'], evidence: key === undefined ? null : sshKeyEvidence(key) },
		};
		const verdict = fails ? 'fail' : 'pass';
		const target = `${name}.example:22`;
		return { name, connector: 'dc1', target, username, verdict, cause: fails ? cause : null, headline: '', checks };
	});
	const report = {
		schemaVersion: 1 as const,
		generatedAt: '2026-11-22T08:14:07.120Z',
		measuredFrom: 'here',
		summary: { safes: 13, pass: 10, warn: 0, fail: 3, unknown: 0, untested: 0 },
		connectors: [],
		groups: groupFailures(safes),
		safes,
	};
	const contextOf = ({ name, username }: SafeResult) =>
		emptyFixContext({ name: 'dc1', runtime: 'none' } as Connector, { name, host: name, port: 22, username } as Safe);
	return formatCheckTable(report, contextOf)
		.split('\n')
		.filter((line) => line.endsWith(`(${cause})`) || line.startsWith('  Also'));
}

test('one stands for all only where what its steps name is the same for all', () => {
	const all = (cause: Cause) => ['k0', 'k1', 'k2'].map((name) => `✖ ${name} (${cause})`);
	const first = (cause: Cause) => [`✖ k0 (${cause})`, '  Also k1, k2'];
	// Different targets, users and keys: nothing explains them together.
	expect(explained('key-rejected', (index) => ({ key: `SHA256:${index}` }))).toEqual(all('key-rejected'));
	// One network, so one trouble, but three users.
	const near = (index: number) => ({ address: `10.9.9.${index + 1}` });
	expect(explained('key-rejected', near)).toEqual(all('key-rejected'));
	expect(explained('username-rejected', (index) => ({ ...near(index), key: 'SHA256:x' }))).toEqual(
		all('username-rejected'),
	);
	expect(explained('username-rejected', () => ({ username: 'Deploy' }))).toEqual(first('username-rejected'));
	expect(explained('key-rejected', () => ({ key: 'SHA256:old' }))).toEqual(first('key-rejected'));
	expect(explained('port-timeout', near)).toEqual(first('port-timeout'));
});

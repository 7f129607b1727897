import { expect, test } from 'vitest';
import { authorizeCommands } from '../../source/runbook/authorize-command.ts';
import { firewallCommands } from '../../source/runbook/firewall-commands.ts';
import { emptyFixContext } from '../../source/runbook/fix-context.ts';
import { actionOf, askedBy, fixById, planFix } from '../../source/runbook/fix-plan.ts';
import { fixes } from '../../source/runbook/fixes.ts';
import { platformOf, unknownPlatform } from '../../source/runbook/platform.ts';
import { plainConnector, plainSafe as safe } from '../helpers/plain-safe.ts';

const connector = { ...plainConnector, runtime: 'systemd', container: null, unit: 'agent.service' } as const;
const context = { ...emptyFixContext(connector, safe), sourceAddress: '10.0.0.9' };
const plan = (id: string, values = {}, given = context) => {
	const fix = fixById(id);
	if (fix === undefined) throw new Error(`no fix ${id}`);
	return planFix(fix, { context: given, result: null }, values);
};

test('every fix of the runbook is there, and changes nothing without what it needs', () => {
	for (const id of 'restart-connector start-connector re-pair-connector restore-outbound-443 open-firewall correct-port correct-username correct-credential-type reset-host-key record-host-key attach-key authorize-key'.split(
		' ',
	))
		expect(fixById(id)?.id).toBe(id);
	for (const { id } of fixes) {
		const planned = plan(id);
		if (actionOf(id) === null) expect(planned).toMatchObject({ risk: 'none', commands: [], change: null });
		else if (askedBy(id) !== null) expect(planned).toHaveProperty('need');
		else expect(planned).toMatchObject({ risk: 'disruptive', typed: 'dc1', change: null });
	}
});

test('a unit that systemd holds back is let go first; of a connector that is run otherwise nothing is run', () => {
	const runtime = { kind: 'systemd', result: 'start-limit-hit' } as never;
	const held = {
		...context,
		connectorState: { runtime, health: null, controlPlane: null, hostNextStep: null } as never,
	};
	expect(plan('start-connector', {}, held)).toMatchObject({
		commands: [
			['systemctl', 'reset-failed', '--', 'agent.service'],
			['systemctl', 'start', '--', 'agent.service'],
		],
	});
	const none = { ...context, connector: { ...connector, runtime: 'none', unit: null } as const };
	expect(plan('restart-connector', {}, none)).toHaveProperty('need');
	for (const name of ['--all', '-H', '', 'a b', '.x']) {
		const unit = { ...context, connector: { ...connector, unit: name } };
		const container = { ...context, connector: { ...connector, runtime: 'docker', container: name } as const };
		for (const id of ['start-connector', 'restart-connector'])
			for (const given of [unit, container]) expect(plan(id, {}, given), `${id} ${name}`).toHaveProperty('need');
	}
});

test('edits are of the one field, with rows to measure again', () => {
	expect(plan('correct-port', { port: 2200 })).toMatchObject({ risk: 'edits', change: { port: 2200 }, typed: null });
	expect(plan('correct-username', { username: 'ops' })).toMatchObject({
		change: { username: 'ops' },
		rerun: ['username', 'ssh-key'],
	});
	expect(plan('replace-key', { key: '/k.pub' })).toMatchObject({
		change: { credential: { type: 'ssh-key', publicKey: '/k.pub' } },
	});
	// Nothing was offered, so nothing can be taken: not even unseen.
	expect(plan('record-host-key', { unseen: 'db' })).toHaveProperty('need');
});

test('firewall rules have the connector’s address and the Safe’s port, IPv4 and IPv6', () => {
	const all = firewallCommands(context).join('\n');
	for (const rule of ['-s 10.0.0.9 --dport 2222', 'CidrIp=10.0.0.9/32', 'allow out to db1.example port 2222'])
		expect(all).toContain(rule);
	const six = firewallCommands({ ...context, sourceAddress: 'fd00::9' }).join('\n');
	for (const rule of ['ip6tables', 'CidrIpv6=fd00::9/128']) expect(six).toContain(rule);
});

test('the command for the target fits its system', () => {
	const key = 'ssh-ed25519 AAAAC3Nza';
	expect(authorizeCommands("o'brien", key, unknownPlatform)[0]).toContain(String.raw`'o'\''brien'`);
	const windows = authorizeCommands('CORP\\alice', key, platformOf('SSH-2.0-OpenSSH_for_Windows_9.5'));
	expect(windows).toHaveLength(2);
	expect(windows[0]).toContain(String.raw`Users\alice\.ssh`);
	expect(windows[1]).toContain('administrators_authorized_keys');
});

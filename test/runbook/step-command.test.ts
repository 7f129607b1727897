import { expect, test } from 'vitest';
import { commandIn } from '../../source/runbook/step-command.ts';

test.each([
	[
		'on db1: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub, and compare with "offered"',
		'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub',
	],
	['from dc1: nc -zv -w 5 db1.corp.example 22', 'nc -zv -w 5 db1.corp.example 22'],
	['on 2001:db8::5: getent passwd deploy; names are case-sensitive', 'getent passwd deploy'],
	[
		'docker ps -a --filter name=agent; docker logs -n 100 agent',
		'docker ps -a --filter name=agent; docker logs -n 100 agent',
	],
	['ssh-keygen -t ed25519', 'ssh-keygen -t ed25519'],
	['sudo systemctl restart vaultpam-connector', 'sudo systemctl restart vaultpam-connector'],
	[
		'on db1: journalctl -u ssh -n 50 | grep 10.0.0.9; "Invalid user" means the name',
		'journalctl -u ssh -n 50 | grep 10.0.0.9',
	],
	['only if it matches: VaultPAM: Safes → db → Edit → Connection settings → Reset host key', null],
	['to see what it was made for: ssh-keygen -L -f <certificate>', null],
	['it needs more memory: docker update --memory … agent; then docker start agent', null],
	['allow TCP 22 from 10.0.0.9 to the target: firewall and security group on the way', null],
	[
		"sudo journalctl -t sshd --utc --since '2026-11-22 19:05:00 UTC' | grep -i '10.0.0.9 port 4711' (without systemd: /var/log/auth.log or secure)",
		"sudo journalctl -t sshd --utc --since '2026-11-22 19:05:00 UTC' | grep -i '10.0.0.9 port 4711'",
	],
	[
		'firewalld: sudo firewall-cmd --add-rich-rule=\'rule family="ipv4" accept\'; again with --permanent',
		'sudo firewall-cmd --add-rich-rule=\'rule family="ipv4" accept\'',
	],
	['ss -tlnp | grep -i ssh, to see whether and where SSH listens', 'ss -tlnp | grep -i ssh'],
	['', null],
])('%s', (step, command) => {
	expect(commandIn(step)).toBe(command);
});

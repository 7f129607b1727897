import { expect, test } from 'vitest';
import type { Connector, Safe } from '../../source/domain/inventory.ts';
import { emptyFixContext, type FixContext } from '../../source/runbook/fix-context.ts';
import { stepsFor } from '../../source/runbook/fixes.ts';
import { platformOf } from '../../source/runbook/platform.ts';
import { allowSource, authorizeKey, checkUser, printHostKey } from '../../source/runbook/target-commands.ts';
import { targetLog } from '../../source/runbook/target-log.ts';

const safe = { name: 'db', host: 'db1.example', port: 2222, username: 'deploy' } as Safe;
const on = (identification: string | null, more: Partial<FixContext> = {}): FixContext => ({
	...emptyFixContext({ name: 'dc1', runtime: 'none' } as Connector, safe),
	sourceAddress: '10.0.0.9',
	sourcePort: 40123,
	connectedAt: '2026-11-22T19:05:30.120Z',
	platform: platformOf(identification),
	...more,
});
const ubuntu = 'SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13';
const windows = 'SSH-2.0-OpenSSH_for_Windows_9.5';
const dropbear = 'SSH-2.0-dropbear_2022.83';
const freebsd = 'SSH-2.0-OpenSSH_9.6 FreeBSD-20240701';
const cisco = 'SSH-2.0-Cisco-1.25';

test("the target's log is asked for the probe's time, our address and our port", () => {
	expect(targetLog(on(ubuntu))).toBe(
		"sudo journalctl -t sshd -t sshd-session --utc --since '2026-11-22 19:04:30 UTC' --until '2026-11-22 19:06:30 UTC' | grep -i '10.0.0.9 port 40123'",
	);
	expect(targetLog(on(windows))).toBe(
		"Get-WinEvent -FilterHashtable @{LogName='OpenSSH/Operational'; StartTime=[datetime]'2026-11-22T19:04:30Z'; EndTime=[datetime]'2026-11-22T19:06:30Z'} | Where-Object Message -match '10.0.0.9 port 40123' | Format-List TimeCreated, Message",
	);
	expect(targetLog(on(freebsd))).toBe(
		"grep sshd /var/log/auth.log | grep -i '10.0.0.9 port 40123', about 2026-11-22 19:05:30 UTC",
	);
	expect(targetLog(on(dropbear))).toContain('logread -e dropbear | grep -A 3 10.0.0.9:40123');
	expect(targetLog(on(cisco))).toBe('the log of Cisco SSH, about 2026-11-22 19:05:30 UTC, for 10.0.0.9');
	expect(targetLog(on(null, { sourceAddress: null, sourcePort: null, connectedAt: null }))).toBe(
		'sudo journalctl -t sshd -t sshd-session -n 50 (without systemd: /var/log/auth.log or secure)',
	);
});

test('a host key is printed where that server keeps it, and of the type that is offered', () => {
	expect(printHostKey(on(ubuntu))).toBe('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub');
	expect(printHostKey(on(windows, { hostKeyType: 'ssh-rsa' }))).toBe(
		String.raw`ssh-keygen -lf C:\ProgramData\ssh\ssh_host_rsa_key.pub`,
	);
	expect(printHostKey(on(dropbear, { hostKeyType: 'ecdsa-sha2-nistp256' }))).toBe(
		'dropbearkey -y -f /etc/dropbear/dropbear_ecdsa_host_key',
	);
});

test('a public key belongs elsewhere on Windows and on OpenWrt', () => {
	expect(authorizeKey(on(windows)).join()).toMatch(
		/%USERPROFILE%\\\.ssh\\authorized_keys.*administrators_authorized_keys.*icacls.*\/inheritance:r/,
	);
	const root = { ...safe, username: 'root' };
	expect(authorizeKey(on(dropbear, { safe: root })).join()).toContain('/etc/dropbear/authorized_keys');
	expect(authorizeKey(on(dropbear)).join()).not.toContain('/etc/dropbear');
	expect(authorizeKey(on(ubuntu)).join()).toMatch(/~\/\.ssh\/authorized_keys of deploy.*700.*600/);
	expect(authorizeKey(on(cisco)).join()).not.toContain('authorized_keys');
});

test('users are looked up as the system does it; quotes keep a name one word', () => {
	expect(checkUser(on(ubuntu))).toBe('getent passwd deploy; names are case-sensitive');
	expect(checkUser(on(windows, { safe: { ...safe, username: String.raw`CORP\alice` } }))).toMatch(
		/^Get-LocalUser alice,.*case does not count$/,
	);
	expect(checkUser(on(ubuntu, { safe: { ...safe, username: "a'b c" } }))).toContain(
		String.raw`getent passwd 'a'\''b c'`,
	);
	expect(checkUser(on(cisco))).not.toContain('getent');
});

test('the firewall lets in this connector alone; where it is unknown, both kinds of the runbook', () => {
	expect(allowSource(on(ubuntu))).toEqual(['ufw: sudo ufw allow from 10.0.0.9 to any port 2222 proto tcp']);
	expect(allowSource(on(null)).join()).toMatch(
		/ufw allow from 10\.0\.0\.9.*New-NetFirewallRule.*-RemoteAddress 10\.0\.0\.9/,
	);
	expect(allowSource(on('SSH-2.0-OpenSSH_8.7')).join()).toMatch(
		/firewall-cmd.*family="ipv4" source address="10\.0\.0\.9"/,
	);
	expect(allowSource(on('SSH-2.0-OpenSSH_8.7', { sourceAddress: 'fd00::2' })).join()).toMatch(
		/family="ipv6".*ip6 saddr fd00::2/,
	);
	expect(allowSource(on(null, { sourceAddress: null })).join()).toContain('from <address of dc1> to');
});

test('Windows is never told Linux commands, nor a device either', () => {
	for (const cause of [
		'user-or-key-rejected',
		'username-rejected',
		'key-rejected',
		'host-key-mismatch',
		'method-not-offered',
		'connection-reset',
		'source-penalised',
		'port-refused',
	] as const) {
		for (const identification of [windows, cisco]) {
			expect(stepsFor(cause, on(identification)).join('\n')).not.toMatch(
				/journalctl|systemctl|getent|~\/|\/etc\/ssh|sudo|ss -/,
			);
		}
	}
});

test('what only OpenSSH or fail2ban has is told for no other server', () => {
	const all = (identification: string | null) =>
		(['username-rejected', 'source-penalised', 'port-refused'] as const)
			.flatMap((cause) => stepsFor(cause, on(identification)))
			.join('\n');
	for (const identification of [ubuntu, freebsd, 'SSH-2.0-OpenSSH_9.8', null])
		expect(all(identification)).toMatch(/AllowUsers.*penalty.*PerSourcePenaltyExemptList 10\.0\.0\.9.*fail2ban/s);
	for (const identification of [windows, dropbear, cisco, 'SSH-2.0-tinyssh_20240101'])
		expect(all(identification)).not.toMatch(/fail2ban|jail\.local|PerSourcePenalt|penalty/);
	for (const identification of [dropbear, cisco]) expect(all(identification)).not.toMatch(/AllowUsers|sshd_config/);
	expect(all(windows)).toContain(String.raw`AllowUsers, DenyUsers in C:\ProgramData\ssh\sshd_config`);
});

test('Windows is asked on which port sshd listens, not whether something listens on 22', () => {
	const steps = stepsFor('port-refused', on(windows)).join('\n');
	expect(steps).toContain('Get-NetTCPConnection -State Listen -OwningProcess (Get-Process sshd).Id');
	expect(steps).not.toContain('-LocalPort 22\n');
});

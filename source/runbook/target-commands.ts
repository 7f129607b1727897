import { powerShellWord, shellWord } from '../domain/shell-word.ts';
import type { FixContext } from './fix-context.ts';
import { withoutDomain } from './likely-usernames.ts';
import { waysOf } from './platform.ts';

/** The kind of key files are named by: that of the key offered, since another one's fingerprint could never match. */
function keyFileKind({ hostKeyType }: FixContext): 'ecdsa' | 'rsa' | 'ed25519' {
	if (hostKeyType?.startsWith('ecdsa')) return 'ecdsa';
	return hostKeyType === 'ssh-rsa' ? 'rsa' : 'ed25519';
}

/** Prints the fingerprint of the target's host key (runbook cause 4; dropbearkey(1), tinysshd-printkey(8)). */
export function printHostKey(context: FixContext): string {
	const kind = keyFileKind(context);
	switch (waysOf(context.platform)) {
		case 'windows':
			return String.raw`ssh-keygen -lf C:\ProgramData\ssh\ssh_host_${kind}_key.pub`;
		case 'dropbear':
			return `dropbearkey -y -f /etc/dropbear/dropbear_${kind}_host_key`;
		case 'tinyssh':
			return 'tinysshd-printkey /etc/tinyssh/sshkeydir | ssh-keygen -lf -';
		case 'other':
			return `print the host key's fingerprint (${context.platform.software} has its own way)`;
		default:
			return `ssh-keygen -lf /etc/ssh/ssh_host_${kind}_key.pub`;
	}
}

/** Shows whether the target has the account, and whether case counts there. */
export function checkUser({ platform, safe }: FixContext): string {
	const name = safe?.username ?? '<username>';
	switch (waysOf(platform)) {
		case 'windows': {
			const account = powerShellWord(withoutDomain(name));
			return `Get-LocalUser ${account}, in a domain net user ${account} /domain; case does not count`;
		}
		case 'dropbear':
			return `grep ${shellWord(`^${name}:`)} /etc/passwd; names are case-sensitive`;
		case 'other':
			return `look for ${JSON.stringify(name)} among the users of ${platform.software}`;
		default:
			return `getent passwd ${shellWord(name)}; names are case-sensitive`;
	}
}

/**
 * Where the public key belongs and what its file has to look like. Windows: Microsoft's "Key-based authentication in OpenSSH for
 * Windows"; OpenWrt: "Dropbear public-key authentication"; else sshd(8), AUTHORIZED_KEYS FILE FORMAT.
 */
export function authorizeKey({ platform, safe }: FixContext): readonly string[] {
	const user = safe?.username ?? 'the user';
	switch (waysOf(platform)) {
		case 'windows':
			return [
				String.raw`the public key belongs into %USERPROFILE%\.ssh\authorized_keys of ${user}; for a member of Administrators into C:\ProgramData\ssh\administrators_authorized_keys alone`,
				String.raw`that file may only be open to two: icacls.exe C:\ProgramData\ssh\administrators_authorized_keys /inheritance:r /grant Administrators:F /grant SYSTEM:F`,
			];
		case 'dropbear':
			return [
				safe?.username === 'root'
					? 'the public key belongs into ~/.ssh/authorized_keys of root, on OpenWrt into /etc/dropbear/authorized_keys'
					: `the public key belongs into ~/.ssh/authorized_keys of ${user}`,
				'file and directory must belong to that user, and nobody else may write them (600, 700)',
			];
		case 'other':
			return [`the public key belongs to ${JSON.stringify(user)} among the users of ${platform.software}`];
		default:
			return [
				`the public key belongs into ~/.ssh/authorized_keys of ${user}`,
				'the directory must have mode 700, the file 600, both owned by that user',
			];
	}
}

/** Commands on the target that let our address in; both kinds of the runbook (ufw, Windows Firewall) where the system is unknown. */
export function allowSource(context: FixContext): readonly string[] {
	const { sourceAddress, safe, connector, platform } = context;
	const address = sourceAddress ?? `<address of ${connector.name}>`;
	const port = safe?.port ?? 22;
	const family = address.includes(':') ? 'ipv6' : 'ipv4';
	const ufw = `ufw: sudo ufw allow from ${address} to any port ${port} proto tcp`;
	const nft = `nftables: sudo nft insert rule inet filter input ${family === 'ipv6' ? 'ip6' : 'ip'} saddr ${address} tcp dport ${port} accept`;
	const firewalld = `firewalld: sudo firewall-cmd --add-rich-rule='rule family="${family}" source address="${address}" port port="${port}" protocol="tcp" accept'; again with --permanent`;
	const windows = `Windows Firewall: New-NetFirewallRule -DisplayName 'SSH from VaultPAM' -Direction Inbound -Protocol TCP -LocalPort ${port} -RemoteAddress ${address} -Action Allow`;
	const pf = `pf.conf: pass in proto tcp from ${address} to any port ${port}`;
	switch (waysOf(platform)) {
		case 'linux':
			return platform.os === 'Ubuntu' ? [ufw] : [ufw, nft];
		case 'openssh':
			return [ufw, firewalld, nft];
		case 'windows':
			return [windows];
		case 'bsd':
			return [pf];
		case 'unknown':
			return [ufw, windows];
		default:
			return platform.os === 'Windows' ? [windows] : [];
	}
}

/** Whether and where the SSH server listens. */
export function listensWhere({ platform }: FixContext): string {
	switch (waysOf(platform)) {
		case 'windows':
			return 'Get-Service sshd; Get-NetTCPConnection -State Listen -OwningProcess (Get-Process sshd).Id';
		case 'bsd':
			return 'sockstat -l | grep ssh';
		case 'other':
			return `see whether and where ${platform.software} listens`;
		default:
			return 'ss -tlnp | grep -i ssh, to see whether and where SSH listens';
	}
}

/** How the SSH server is doing. */
export function serverStatus({ platform }: FixContext): string {
	switch (waysOf(platform)) {
		case 'windows':
			return 'Get-Service sshd';
		case 'bsd':
			return 'service sshd status';
		case 'dropbear':
			return 'service dropbear status';
		case 'tinyssh':
		case 'other':
			return `look at ${platform.software}`;
		default:
			return 'systemctl status ssh sshd';
	}
}

/** Shows which ways to log in the server allows. */
export function allowedMethods({ platform }: FixContext): string {
	const words = 'pubkeyauthentication|passwordauthentication|kbdinteractive';
	if (waysOf(platform) === 'windows') return `sshd -T | Select-String '${words}'`;
	if (waysOf(platform) === 'dropbear')
		return 'dropbear -s and -g turn passwords off (/etc/config/dropbear, /etc/default/dropbear)';
	if (waysOf(platform) === 'other' || waysOf(platform) === 'tinyssh')
		return `see what ${platform.software} is set to offer`;
	return `sudo sshd -T | grep -iE '${words}'`;
}

/** OpenSSH on a system where fail2ban runs and that punishes addresses itself; also where nothing is known. */
export function isSshdOnUnix({ platform }: FixContext): boolean {
	return ['linux', 'bsd', 'openssh', 'unknown'].includes(waysOf(platform));
}

/** How an address is kept from being punished (sshd_config(5), PerSourcePenaltyExemptList; jail.conf(5), ignoreip). */
export function exemptAddress(context: FixContext, address: string): string {
	return isSshdOnUnix(context)
		? `exempt this address: PerSourcePenaltyExemptList ${address} in sshd_config, ignoreip in fail2ban's jail.local`
		: `exempt this address, ${address}, in the firewall or intrusion filter that counts logins there`;
}

/** How a user is let in (sshd_config(5); dropbear(8)). */
export function letUserIn({ platform }: FixContext): string {
	switch (waysOf(platform)) {
		case 'dropbear':
			return 'create the account, with a shell of /etc/shells; for root, dropbear without -w';
		case 'tinyssh':
			return 'create the account';
		case 'other':
			return `create the user in ${platform.software}`;
		case 'windows':
			return String.raw`create the account; AllowUsers, DenyUsers in C:\ProgramData\ssh\sshd_config`;
		default:
			return 'create the account; AllowUsers, DenyUsers in sshd_config';
	}
}

/** The operating systems that servers tell in their identification string; for devices, the system they run. */
export type OperatingSystem =
	| 'Ubuntu'
	| 'Debian'
	| 'Raspbian'
	| 'FreeBSD'
	| 'NetBSD'
	| 'Solaris'
	| 'Windows'
	| 'Cisco'
	| 'Huawei'
	| 'Comware'
	| 'RouterOS';

/** What an SSH server says about itself. Null is what it does not say; nothing here is guessed. */
export type Platform = {
	readonly software: string | null;
	readonly version: string | null;
	readonly os: OperatingSystem | null;
};

export const unknownPlatform: Platform = { software: null, version: null, os: null };

/**
 * What stands after `SSH-2.0-` (RFC 4253 section 4.2: software version, then a comment). Sources: Rapid7's recog
 * (xml/ssh_banners.xml), the servers' own sources (AsyncSSH connection.py, Paramiko transport.py), Debian's dropbear-bin, tinysshd
 * and lsh-server asked themselves. The first that fits counts; group 1 is the version.
 */
const servers: ReadonlyArray<readonly [pattern: RegExp, software: string, os?: OperatingSystem]> = [
	[/^OpenSSH_for_Windows_(\S+)/, 'OpenSSH', 'Windows'],
	[/^OpenSSH_(\S+)_Mikrotik_v/, 'OpenSSH', 'RouterOS'],
	[/^OpenSSH[_-](\S+)/, 'OpenSSH'],
	[/^OpenSSH$/, 'OpenSSH'],
	[/^dropbear(?:_(\S+))?$/, 'Dropbear'],
	[/^tinyssh(?:_(\S+))?/, 'TinySSH'],
	[/^lshd-(\S+)/, 'lsh'],
	[/^libssh[_-](\S+)/, 'libssh'],
	[/^paramiko_(\S+)/, 'Paramiko'],
	[/^AsyncSSH_(\S+)/, 'AsyncSSH'],
	[/^Cisco-(\S+)/, 'Cisco SSH', 'Cisco'],
	[/^CISCO_WLC$/, 'Cisco SSH', 'Cisco'],
	[/^ROSSSH$/, 'ROSSSH', 'RouterOS'],
	[/^HUAWEI[-_](\S+)/, 'Huawei SSH', 'Huawei'],
	[/^Comware-(\S+)/, 'Comware SSH', 'Comware'],
	[/^\S+ FlowSsh: (?:Bitvise SSH Server \(WinSSHD\)|WinSSHD)(?: ([\d.]+))?/, 'Bitvise SSH Server', 'Windows'],
	[/^\S+ sshlib: WinSSHD (\S+)/, 'Bitvise SSH Server', 'Windows'],
	// Serv-U runs on Windows and on Linux.
	[/^Serv-U_(\S+)/, 'Serv-U'],
	[/^Sun_SSH_(\S+)/, 'Sun SSH', 'Solaris'],
	[/^mod_sftp(?:\/(\S+))?/, 'ProFTPD mod_sftp'],
];

/** Of OpenSSH's comment, where distributions put their package. Ubuntu's old packages say `Debian-…ubuntu…`. */
const distributions: ReadonlyArray<readonly [pattern: RegExp, os: OperatingSystem]> = [
	[/^Ubuntu-|^Debian-\S*ubuntu/, 'Ubuntu'],
	[/^Raspbian-/, 'Raspbian'],
	[/^Debian-/, 'Debian'],
	[/^FreeBSD-/, 'FreeBSD'],
	[/^NetBSD(?:_Secure_Shell)?-/, 'NetBSD'],
];

/** What is told of software and system in an identification string, with or without `SSH-2.0-`. */
export function platformOf(identification: string | null): Platform {
	const words = (identification ?? '').replace(/^SSH-[\d.]+-/, '').trim();
	for (const [pattern, software, os = null] of servers) {
		const match = pattern.exec(words);
		if (match === null) continue;
		return { software, version: match[1] ?? null, os: os ?? (software === 'OpenSSH' ? distributionOf(words) : null) };
	}
	return unknownPlatform;
}

function distributionOf(words: string): OperatingSystem | null {
	const comment = words.slice(words.indexOf(' ') + 1);
	return distributions.find(([pattern]) => pattern.test(comment))?.[1] ?? null;
}

/** Which commands fit there. `openssh` is OpenSSH on a system that it does not tell; `other` has ways of its own; `unknown` said nothing we know. */
export type Ways = 'linux' | 'bsd' | 'windows' | 'openssh' | 'dropbear' | 'tinyssh' | 'other' | 'unknown';

export function waysOf({ software, os }: Platform): Ways {
	if (software === null) return 'unknown';
	if (software === 'Dropbear') return 'dropbear';
	if (software === 'TinySSH') return 'tinyssh';
	if (software !== 'OpenSSH') return 'other';
	if (os === null) return 'openssh';
	if (os === 'Windows') return 'windows';
	if (os === 'FreeBSD' || os === 'NetBSD') return 'bsd';
	return os === 'RouterOS' ? 'other' : 'linux';
}

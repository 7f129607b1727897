import { expect, test } from 'vitest';
import { platformOf, unknownPlatform, waysOf } from '../../source/runbook/platform.ts';

// The strings are what these servers send: Rapid7's recog, the sources of the servers, and Debian's packages asked themselves.
const told = [
	['SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13.5', 'OpenSSH', '9.6p1', 'Ubuntu', 'linux'],
	['SSH-2.0-OpenSSH_4.7p1 Debian-8ubuntu1.2', 'OpenSSH', '4.7p1', 'Ubuntu', 'linux'],
	['SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3', 'OpenSSH', '9.2p1', 'Debian', 'linux'],
	['SSH-2.0-OpenSSH_7.5p1 Raspbian-10', 'OpenSSH', '7.5p1', 'Raspbian', 'linux'],
	['SSH-2.0-OpenSSH_7.2 FreeBSD-20160310', 'OpenSSH', '7.2', 'FreeBSD', 'bsd'],
	['SSH-2.0-OpenSSH_4.4 NetBSD_Secure_Shell-20061114', 'OpenSSH', '4.4', 'NetBSD', 'bsd'],
	['SSH-2.0-OpenSSH_8.7', 'OpenSSH', '8.7', null, 'openssh'],
	['SSH-2.0-OpenSSH', 'OpenSSH', null, null, 'openssh'],
	['SSH-2.0-OpenSSH_5.9 FIPS', 'OpenSSH', '5.9', null, 'openssh'],
	['SSH-2.0-OpenSSH_for_Windows_9.5', 'OpenSSH', '9.5', 'Windows', 'windows'],
	['SSH-2.0-OpenSSH_for_Windows_10.0 Win32-OpenSSH-GitHub', 'OpenSSH', '10.0', 'Windows', 'windows'],
	['SSH-2.0-OpenSSH_2.3.0_Mikrotik_v2.9', 'OpenSSH', '2.3.0', 'RouterOS', 'other'],
	['SSH-2.0-dropbear_2022.83', 'Dropbear', '2022.83', null, 'dropbear'],
	['SSH-2.0-dropbear', 'Dropbear', null, null, 'dropbear'],
	['SSH-2.0-tinyssh', 'TinySSH', null, null, 'tinyssh'],
	['SSH-2.0-lshd-2.1 lsh - a GNU ssh', 'lsh', '2.1', null, 'other'],
	['SSH-2.0-libssh_0.10.4', 'libssh', '0.10.4', null, 'other'],
	['SSH-2.0-paramiko_2.12.0', 'Paramiko', '2.12.0', null, 'other'],
	['SSH-2.0-AsyncSSH_2.10.1', 'AsyncSSH', '2.10.1', null, 'other'],
	['SSH-2.0-Cisco-1.25', 'Cisco SSH', '1.25', 'Cisco', 'other'],
	['SSH-1.99-Cisco-1.25', 'Cisco SSH', '1.25', 'Cisco', 'other'],
	['SSH-2.0-ROSSSH', 'ROSSSH', null, 'RouterOS', 'other'],
	['SSH-2.0-HUAWEI-1.5', 'Huawei SSH', '1.5', 'Huawei', 'other'],
	['SSH-2.0-Comware-7.1.075', 'Comware SSH', '7.1.075', 'Comware', 'other'],
	['SSH-2.0-9.59 FlowSsh: Bitvise SSH Server (WinSSHD) 9.59', 'Bitvise SSH Server', '9.59', 'Windows', 'other'],
	['SSH-2.0-9.99 FlowSsh: Bitvise SSH Server (WinSSHD)', 'Bitvise SSH Server', null, 'Windows', 'other'],
	['SSH-2.0-1.78 sshlib: WinSSHD 4.15a', 'Bitvise SSH Server', '4.15a', 'Windows', 'other'],
	['SSH-2.0-Serv-U_7.4.0.1', 'Serv-U', '7.4.0.1', null, 'other'],
	['SSH-2.0-Sun_SSH_1.1', 'Sun SSH', '1.1', 'Solaris', 'other'],
] as const;

test.each(told)('%s', (identification, software, version, os, ways) => {
	const platform = platformOf(identification);
	expect(platform).toEqual({ software, version, os });
	expect(waysOf(platform)).toBe(ways);
});

test('what is not told stays unknown', () => {
	for (const text of [null, '', 'SSH-2.0-', 'SSH-2.0-8ad108e', 'SSH-2.0-Go', 'SSH-2.0-my Ubuntu-box']) {
		expect(platformOf(text)).toEqual(unknownPlatform);
		expect(waysOf(platformOf(text))).toBe('unknown');
	}
	// A word in the comment that is no distribution's version says nothing.
	expect(platformOf('SSH-2.0-OpenSSH_9.6 not-Debian-2').os).toBeNull();
});

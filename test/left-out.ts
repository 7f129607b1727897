import { readdirSync } from 'node:fs';
import { requireProgram } from './helpers/system.ts';

type Needs = ReadonlyArray<readonly [program: string, debianPackage: string]>;

/** What lays out an OpenSSH of another Debian release, and runs it. */
const unpackedOpenssh: Needs = [
	['apt-get', 'apt'],
	['dpkg-deb', 'dpkg'],
	['/usr/share/keyrings', 'debian-archive-keyring'],
];
const namespaces: Needs = [
	['unshare', 'util-linux'],
	['nsenter', 'util-linux'],
	['mount', 'mount'],
];

/** Says plainly which tests `npm test` did not run, why, and what they would need here. */
const needs: Readonly<Record<string, Needs>> = {
	'sshd.test.ts': [
		['sshd', 'openssh-server'],
		['ssh-keygen', 'openssh-client'],
		['pgrep', 'procps'],
	],
	'children.test.ts': [
		['tmux', 'tmux'],
		['setpriv', 'util-linux'],
	],
	'completion.test.ts': [
		['tmux', 'tmux'],
		['zsh', 'zsh'],
		['fish', 'fish'],
	],
	'edit.test.ts': [],
	'killed.test.ts': [],
	'faults.test.ts': [
		['tmux', 'tmux'],
		['setpriv', 'util-linux'],
		['mount', 'mount'],
	],
	'shared-directories.test.ts': [
		['unshare', 'util-linux'],
		['setpriv', 'util-linux'],
		['systemd-tmpfiles', 'systemd'],
	],
	'fixes.test.ts': [
		['dockerd', 'docker.io'],
		['busybox', 'busybox-static'],
		['sshd', 'openssh-server'],
		['ssh-keygen', 'openssh-client'],
		['useradd', 'passwd'],
		['tmux', 'tmux'],
	],
	'package.test.ts': [],
	'executable.test.ts': [
		['strip', 'binutils'],
		['sshd', 'openssh-server'],
		['tmux', 'tmux'],
	],
	'inventory.test.ts': [
		['tmux', 'tmux'],
		['ssh', 'openssh-client'],
	],
	'messages.test.ts': [
		['sshd', 'openssh-server'],
		['ssh', 'openssh-client'],
	],
	'docker.test.ts': [
		['dockerd', 'docker.io'],
		['busybox', 'busybox-static'],
		['nc', 'netcat-openbsd'],
		['pgrep', 'procps'],
		['sshd', 'openssh-server'],
	],
	'docker-logs.test.ts': [
		['dockerd', 'docker.io'],
		['busybox', 'busybox-static'],
	],
	'report.test.ts': [
		['dockerd', 'docker.io'],
		['busybox', 'busybox-static'],
		['mount', 'mount'],
	],
	'podman.test.ts': [
		['podman', 'podman'],
		['busybox', 'busybox-static'],
		['nc', 'netcat-openbsd'],
		['sshd', 'openssh-server'],
	],
	'systemd.test.ts': [
		['debootstrap', 'debootstrap'],
		['systemd-nspawn', 'systemd-container'],
	],
	'remote.test.ts': [
		['debootstrap', 'debootstrap'],
		['systemd-nspawn', 'systemd-container'],
		['ssh', 'openssh-client'],
	],
	'remote-docker.test.ts': [
		['dockerd', 'docker.io'],
		['busybox', 'busybox-static'],
		['nc', 'netcat-openbsd'],
		['pgrep', 'procps'],
		['sshd', 'openssh-server'],
		['ssh', 'openssh-client'],
	],
	'saved-journal.test.ts': [
		['journalctl', 'systemd'],
		['systemd-journal-remote', 'systemd-journal-remote'],
	],
	'logs.test.ts': [
		['dockerd', 'docker.io'],
		['busybox', 'busybox-static'],
		['systemd-journal-remote', 'systemd-journal-remote'],
	],
	'servers.test.ts': [
		['sshd', 'openssh-server'],
		['dropbear', 'dropbear-bin'],
		['tinysshd', 'tinysshd'],
		['/usr/lib/python3/dist-packages/asyncssh', 'python3-asyncssh'],
		['/usr/lib/python3/dist-packages/paramiko', 'python3-paramiko'],
	],
	'network.test.ts': [
		['ip', 'iproute2'],
		['nft', 'nftables'],
		['sshd', 'openssh-server'],
	],
	'hostile.test.ts': [
		['endlessh', 'endlessh'],
		['ip', 'iproute2'],
		['nft', 'nftables'],
		['sshd', 'openssh-server'],
	],
	'budget.test.ts': [
		['debootstrap', 'debootstrap'],
		['systemd-nspawn', 'systemd-container'],
		['ssh', 'openssh-client'],
		['tmux', 'tmux'],
	],
	'budget-table.test.ts': [
		...unpackedOpenssh,
		['tmux', 'tmux'],
		['ssh-keygen', 'openssh-client'],
		['nc', 'netcat-openbsd'],
	],
	'site-memory.test.ts': [['mount', 'mount']],
	'one-board.test.ts': [...unpackedOpenssh, ...namespaces, ['tmux', 'tmux'], ['ssh', 'openssh-client']],
	'one-board-claims.test.ts': [...unpackedOpenssh, ['tmux', 'tmux']],
	'one-board-file.test.ts': [...unpackedOpenssh, ...namespaces, ['tmux', 'tmux'], ['faketime', 'faketime']],
	'one-board-users.test.ts': [...unpackedOpenssh, ...namespaces, ['tmux', 'tmux'], ['setpriv', 'util-linux']],
	'one-board-versions.test.ts': [...unpackedOpenssh, ['tmux', 'tmux'], ['git', 'git']],
	'scale.test.ts': [
		['sshd', 'openssh-server'],
		['ip', 'iproute2'],
		['nft', 'nftables'],
	],
	'output.test.ts': [],
	'terminal.test.ts': [
		['tmux', 'tmux'],
		['script', 'bsdutils'],
		['pgrep', 'procps'],
	],
	'fleet.test.ts': [
		['sshd', 'openssh-server'],
		['ssh', 'openssh-client'],
		['useradd', 'passwd'],
		['tmux', 'tmux'],
	],
	'exporter.test.ts': [
		['prometheus', 'prometheus'],
		['prometheus-alertmanager', 'prometheus-alertmanager'],
	],
	'screen.test.ts': [['tmux', 'tmux']],
	'flows.test.ts': [['tmux', 'tmux']],
	'tmux.test.ts': [
		['tmux', 'tmux'],
		['pgrep', 'procps'],
	],
};

function missing(file: string): string[] {
	return (needs[file] ?? []).flatMap(([program, debianPackage]) => {
		try {
			requireProgram(program, debianPackage);
			return [];
		} catch {
			return [debianPackage];
		}
	});
}

const files = readdirSync(new URL('system/', import.meta.url)).filter((file) => file.endsWith('.test.ts'));
console.log('\nLeft out: the system tests, which start real servers. Run them as root with: npm run test:system');
for (const file of files) {
	const packages = missing(file);
	if (needs[file] === undefined) throw new Error(`say in test/left-out.ts what ${file} needs`);
	console.log(`  ${file.padEnd(27)} ${packages.length === 0 ? 'could run here' : `needs ${packages.join(', ')}`}`);
}

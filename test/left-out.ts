import { readdirSync } from 'node:fs';
import { requireProgram } from './helpers/system.ts';

/** Says plainly which tests `npm test` did not run, why, and what they would need here. */
const needs: Readonly<Record<string, ReadonlyArray<readonly [program: string, debianPackage: string]>>> = {
	'sshd.test.ts': [
		['sshd', 'openssh-server'],
		['pgrep', 'procps'],
	],
	'docker.test.ts': [
		['dockerd', 'docker.io'],
		['busybox', 'busybox-static'],
		['nc', 'netcat-openbsd'],
		['sshd', 'openssh-server'],
	],
	'systemd.test.ts': [
		['debootstrap', 'debootstrap'],
		['systemd-nspawn', 'systemd-container'],
		['systemd-journal-remote', 'systemd-journal-remote'],
	],
	'budget.test.ts': [
		['debootstrap', 'debootstrap'],
		['systemd-nspawn', 'systemd-container'],
		['ssh', 'openssh-client'],
		['tmux', 'tmux'],
	],
	'scale.test.ts': [
		['sshd', 'openssh-server'],
		['ip', 'iproute2'],
		['nft', 'nftables'],
	],
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
	console.log(`  ${file.padEnd(18)} ${packages.length === 0 ? 'could run here' : `needs ${packages.join(', ')}`}`);
}

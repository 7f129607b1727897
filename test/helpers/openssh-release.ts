import { execFileSync } from 'node:child_process';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianMirror } from './debian-mirror.ts';
import { requireProgram } from './system.ts';

/** The OpenSSH of a Debian release: 9.2 of bookworm, and 10.0 of trixie, which punishes source addresses by default. */
export type Release = 'bookworm' | 'trixie';

export const versionOf: Readonly<Record<Release, string>> = { bookworm: 'OpenSSH_9.2', trixie: 'OpenSSH_10.0' };

/** Who may log in on every server that runs in such a folder, with a shell. */
export const loginUser = 'deploy';

/**
 * A folder to chroot into that has the OpenSSH of a release and what it needs. Unpacked, not installed: no script of a package runs,
 * and it takes 10 s. Test files that run one after the other share it, since it is never changed but for folders below `srv`.
 * Needs root, and the archive that apt uses.
 */
export function opensshRoot(release: Release): string {
	const kept = join(tmpdir(), `vpmon-test-openssh-${release}`);
	if (existsSync(kept)) {
		// Everybody may write to the folder for temporary files, and what is in there is run as root.
		if (statSync(kept).uid !== 0) throw new Error(`${kept} is not root's`);
		return kept;
	}
	const work = mkdtempSync(join(tmpdir(), 'vpmon-openssh-'));
	try {
		const root = join(work, 'root');
		layOut(root);
		unpack(download(work, release), root);
		addUsers(root);
		// Whoever is the first of two test files lays it where both look.
		if (!existsSync(kept)) renameSync(root, kept);
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
	return kept;
}

/** @returns the packages' files: OpenSSH, a shell, and all that they depend on. */
function download(work: string, release: Release): string[] {
	const directory = (name: string) => {
		mkdirSync(join(work, name, 'partial'), { recursive: true });
		return join(work, name);
	};
	const write = (name: string, text: string) => {
		writeFileSync(join(work, name), text);
		return join(work, name);
	};
	const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
	const archives = directory('archives');
	const settings = {
		'Dir::Etc::sourcelist': write('sources.list', `deb [signed-by=${keyring}] ${debianMirror()} ${release} main\n`),
		'Dir::Etc::sourceparts': '/dev/null',
		'Dir::Etc::preferencesparts': '/dev/null',
		'Dir::State::lists': directory('lists'),
		// As if nothing were installed, so that nothing is left out.
		'Dir::State::status': write('status', ''),
		'Dir::Cache::archives': archives,
		'Dir::Cache::pkgcache': '',
		'Dir::Cache::srcpkgcache': '',
		'Acquire::Languages': 'none',
		'APT::Install-Recommends': 'false',
		'APT::Sandbox::User': 'root',
		'Debug::NoLocking': 'true',
	};
	const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
	const apt = (...args: string[]) =>
		execFileSync(requireProgram('apt-get', 'apt'), ['-qq', ...options, ...args], {
			stdio: ['ignore', 'ignore', 'pipe'],
		});
	apt('update');
	apt('install', '--yes', '--download-only', 'openssh-server', 'dash');
	return readdirSync(archives)
		.filter((name) => name.endsWith('.deb'))
		.map((name) => join(archives, name));
}

function layOut(root: string): void {
	for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
		mkdirSync(join(root, 'usr', name), { recursive: true });
		symlinkSync(`usr/${name}`, join(root, name));
	}
	for (const name of ['dev', 'etc', 'home', 'proc', 'run/sshd', 'srv', 'tmp'])
		mkdirSync(join(root, name), { recursive: true });
	const devices = { null: 3, zero: 5, random: 8, urandom: 9 };
	for (const [name, minor] of Object.entries(devices))
		execFileSync('mknod', ['-m', '666', join(root, 'dev', name), 'c', '1', String(minor)]);
}

function unpack(packages: readonly string[], root: string): void {
	// Not dpkg-deb -x: older packages have /bin as a folder, which would take the place of the link.
	for (const file of packages) {
		const archive = execFileSync('dpkg-deb', ['--fsys-tarfile', file], { maxBuffer: 2 ** 28 });
		execFileSync('tar', ['--extract', '--keep-directory-symlink', '--directory', root], { input: archive });
	}
}

function addUsers(root: string): void {
	const users = [
		'root:x:0:0::/root:/bin/sh',
		'sshd:x:100:65534::/run/sshd:/usr/sbin/nologin',
		`${loginUser}:*:1000:1000::/home:/bin/sh`,
	];
	writeFileSync(join(root, 'etc', 'passwd'), `${users.join('\n')}\n`);
	writeFileSync(join(root, 'etc', 'group'), 'root:x:0:\nnogroup:x:65534:\ndeploy:x:1000:\n');
}

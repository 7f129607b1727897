import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const root = new URL('../..', import.meta.url).pathname;
const here = new URL('./debian/', import.meta.url).pathname;

export type DebianPackage = {
	/** The single executable, and the licenses of what is in it. */
	readonly executable: string;
	readonly notices: string;
	readonly arch: 'amd64' | 'arm64';
	/** Seconds since 1970, for all files. */
	readonly date: number;
	/** Grows when the same version is packaged again. */
	readonly revision?: number;
	/** As in dpkg-deb(1): gzip is quick, and larger. */
	readonly compression?: 'xz' | 'gzip';
};

/** Makes vpmon_<version>-<revision>_<arch>.deb in a folder, and returns its path. */
export function makeDebianPackage(made: DebianPackage, folder: string): string {
	const { version } = JSON.parse(read(join(root, 'package.json')));
	const full = `${version}-${made.revision ?? 1}`;
	const stage = mkdtempSync(join(tmpdir(), 'vpmon-deb-'));
	chmodSync(stage, 0o755);
	const put = (path: string, content: string | Uint8Array, mode = 0o644) => {
		const file = join(stage, path);
		mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
		writeFileSync(file, content);
		// Whatever the umask is.
		chmodSync(file, mode);
	};
	try {
		put('usr/bin/vpmon', '', 0o755);
		copyFileSync(made.executable, join(stage, 'usr/bin/vpmon'));
		chmodSync(join(stage, 'usr/bin/vpmon'), 0o755);
		putShared(put);
		const day = new Date(made.date * 1000).toUTCString().replace('GMT', '+0000');
		const maintainer = /^Maintainer: (.*)$/m.exec(read(join(here, 'control')))?.[1];
		const entry = `vpmon (${full}) unstable; urgency=medium\n\n  * Version ${version}: see changelog.gz.\n\n -- ${maintainer}  ${day}\n`;
		put('usr/share/doc/vpmon/changelog.Debian.gz', zipped(entry));
		put('usr/share/doc/vpmon/changelog.gz', zipped(read(join(root, 'CHANGELOG.md'))));
		put('usr/share/doc/vpmon/copyright', copyright());
		put('usr/share/doc/vpmon/NOTICES.gz', zipped(read(made.notices)));
		const size = execFileSync('du', ['-sk', '--apparent-size', stage], { encoding: 'utf8' }).split('\t')[0] ?? '';
		const control = read(join(here, 'control'));
		put('DEBIAN/control', control.replace('@VERSION@', full).replace('@ARCH@', made.arch).replace('@SIZE@', size));
		for (const script of ['postinst', 'prerm', 'postrm']) put(`DEBIAN/${script}`, read(join(here, script)), 0o755);
		put(
			'DEBIAN/md5sums',
			execFileSync('sh', ['-c', 'find usr -type f | LC_ALL=C sort | xargs md5sum'], { cwd: stage }),
		);
		mkdirSync(folder, { recursive: true });
		const file = join(folder, `vpmon_${full}_${made.arch}.deb`);
		const compress = made.compression === 'gzip' ? ['-Zgzip', '-z1'] : ['-Zxz'];
		execFileSync('find', [stage, '-type', 'd', '-exec', 'chmod', '755', '{}', '+']);
		execFileSync('dpkg-deb', ['--root-owner-group', ...compress, '--build', stage, file], {
			stdio: ['ignore', 'ignore', 'inherit'],
			env: { ...process.env, SOURCE_DATE_EPOCH: String(made.date) },
		});
		return file;
	} finally {
		rmSync(stage, { recursive: true });
	}
}

/** What is the same on each kind of machine. */
function putShared(put: (path: string, content: string | Uint8Array) => void): void {
	put('usr/share/man/man1/vpmon.1.gz', zipped(read(join(root, 'docs/vpmon.1'))));
	const shells = {
		bash: 'bash-completion/completions/vpmon',
		zsh: 'zsh/vendor-completions/_vpmon',
		fish: 'fish/vendor_completions.d/vpmon.fish',
	};
	for (const [shell, path] of Object.entries(shells))
		put(`usr/share/${path}`, execFileSync(process.execPath, [join(root, 'dist/cli.js'), 'completion', shell]));
	const prometheus = join(root, 'docs/prometheus');
	put('usr/lib/systemd/system/vpmon-exporter.service', read(join(prometheus, 'vpmon-exporter.service')));
	for (const kind of ['sysusers', 'tmpfiles'])
		put(`usr/lib/${kind}.d/vpmon.conf`, read(join(prometheus, `vpmon.${kind}.conf`)));
	for (const example of ['vpmon.rules.yaml', 'alertmanager.yaml', 'prometheus.yaml', 'vpmon-dashboard.json'])
		put(`usr/share/doc/vpmon/examples/${example}`, read(join(prometheus, example)));
	for (const name of readdirSync(join(root, 'docs/schemas')))
		put(`usr/share/vpmon/schemas/${name}`, read(join(root, 'docs/schemas', name)));
	put('usr/share/lintian/overrides/vpmon', read(join(here, 'lintian-overrides')));
}

function copyright(): string {
	return `vpmon\n\n${read(join(root, 'LICENSE')).trim()}\n\nThe licenses of Node and of the libraries in /usr/bin/vpmon: NOTICES.gz beside this file.\n`;
}

/** Without a name and a time in it: the same bytes each time. */
function zipped(text: string): Uint8Array {
	return gzipSync(text, { level: 9 });
}

function read(file: string): string {
	return readFileSync(file, 'utf8');
}

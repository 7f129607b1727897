import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const project = new URL('../../', import.meta.url).pathname;

/** Whether a commit is in the history that this checkout has; an unpacked archive has none. */
export function hasCommit(commit: string): boolean {
	try {
		execFileSync('git', ['-C', project, 'cat-file', '-e', `${commit}^{commit}`], { stdio: 'ignore' });
		return true;
	} catch {
		return false;
	}
}

/** @returns the `dist` of an earlier commit, built in a folder that does not exist yet. */
export function buildCommit(commit: string, directory: string): string {
	mkdirSync(directory, { recursive: true });
	const archive = execFileSync('git', ['-C', project, 'archive', commit], { maxBuffer: 2 ** 28 });
	execFileSync('tar', ['--extract', '--directory', directory], { input: archive });
	return build(directory);
}

/** @returns the `dist` of this checkout as another version: all its files have other names. */
export function buildVersion(version: string, directory: string): string {
	mkdirSync(directory, { recursive: true });
	for (const name of ['source', '.config', 'docs', 'package.json', 'tsconfig.json', 'README.md', 'LICENSE'])
		cpSync(join(project, name), join(directory, name), { recursive: true });
	const manifest = join(directory, 'package.json');
	writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/"version": "[^"]+"/, `"version": "${version}"`));
	return build(directory);
}

function build(directory: string): string {
	symlinkSync(join(project, 'node_modules'), join(directory, 'node_modules'));
	const rolldown = join(directory, 'node_modules', 'rolldown', 'bin', 'cli.mjs');
	execFileSync(process.execPath, [rolldown, '-c', '.config/rolldown.config.ts', '--logLevel', 'warn'], {
		cwd: directory,
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	return join(directory, 'dist');
}

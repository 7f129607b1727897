#!/usr/bin/env node
// Old versions of Node lack what a named import would ask for, and would end before they could say so.
import * as nodeModule from 'node:module';

const oldest = [22, 13] as const;
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
	process.stderr.write(
		`vpmon needs Node ${oldest.join('.')} or newer; this is ${process.versions.node}.\n` +
			'Install a current Node, or in a checkout of vpmon run: npm ci && npm start\n',
	);
	process.exitCode = 2;
} else {
	void start();
}

/** A function and no await at the top: the single executable is CommonJS, which has none. */
async function start(): Promise<void> {
	// Everything that reads the environment when it is loaded comes after this.
	process.env.NODE_ENV ??= 'production';
	if (process.env.NO_COLOR) process.env.FORCE_COLOR = '0';
	const { homedir } = await import('node:os');
	try {
		homedir();
	} catch {
		// A user without a home: Debian's name for a folder that nothing is kept in.
		process.env.HOME = '/nonexistent';
	}
	const { isSea } = await import('node:sea');
	// The single executable has its compiled code with it.
	if (!isSea()) (await import('./code-cache.ts')).keepCompiledCode(nodeModule);
	const { main } = await import('./program.ts');
	await main(process.argv);
}

import { chmodSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'rolldown';
import { notices } from './notices.ts';

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const stub = here('./stubs/absent.cjs');

/** A small launcher and lazy chunks: no command pays for the others, and none loads the screen but the screen. */
export default defineConfig({
	input: { cli: 'source/cli.ts', 'probe-worker': 'source/engine/probe-worker.ts' },
	platform: 'node',
	resolve: {
		alias: {
			// Ink's developer tools and ssh2's native add-ons are optional, and not wanted: no command may depend on what else is installed.
			'react-devtools-core': stub,
			'cpu-features': stub,
			'./crypto/build/Release/sshcrypto.node': stub,
			'string-width': here('./string-width.cjs'),
			'real-string-width': fileURLToPath(import.meta.resolve('string-width')),
		},
	},
	transform: {
		define: {
			'process.env.NODE_ENV': '"production"',
			'process.env.DEV': '"false"',
			// yoga-layout would load its WASM with fetch, which drags in all of undici; without it takes a shorter way.
			fetch: 'undefined',
			// ssh2 is CommonJS.
			__dirname: 'import.meta.dirname',
			__filename: 'import.meta.filename',
		},
	},
	output: {
		dir: 'dist',
		format: 'esm',
		cleanDir: true,
		entryFileNames: '[name].js',
		chunkFileNames: '[name]-[hash].js',
		comments: { legal: false },
		minify: { compress: true, mangle: false, codegen: false },
	},
	onLog(level, log, handle) {
		// What is not bundled is not there when it is installed.
		if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message);
		handle(level, log);
	},
	plugins: [
		notices(),
		{
			name: 'ink-output',
			resolveId: (source, importer) =>
				source === './output.js' && importer?.endsWith('/ink/build/renderer.js') ? here('./ink-output.js') : null,
		},
		{ name: 'executable', writeBundle: () => chmodSync('dist/cli.js', 0o755) },
	],
});

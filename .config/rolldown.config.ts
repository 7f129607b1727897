import { chmodSync } from 'node:fs';
import { defineConfig } from 'rolldown';
import { bundle, written } from './bundle.ts';

/** A small launcher and lazy chunks: no command pays for the others, and none loads the screen but the screen. */
export default defineConfig({
	...bundle,
	input: {
		cli: 'source/cli.ts',
		'probe-worker': 'source/engine/measure/probe-worker.ts',
		'inventory-worker': 'source/engine/inventory-worker.ts',
	},
	output: {
		...written,
		dir: 'dist',
		format: 'esm',
		cleanDir: true,
		entryFileNames: '[name].js',
		chunkFileNames: '[name]-[hash].js',
	},
	plugins: [...bundle.plugins, { name: 'executable', writeBundle: () => chmodSync('dist/cli.js', 0o755) }],
});

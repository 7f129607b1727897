import { fileURLToPath } from 'node:url';
import type { InputOptions, OutputOptions } from 'rolldown';
import { notices } from './notices.ts';
import { plainAscii } from './plain-ascii.ts';

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const stub = here('./stubs/absent.cjs');

/** How the source becomes a program that needs no packages: the same for the package and for the single executable. */
export const bundle = {
	platform: 'node',
	resolve: {
		alias: {
			// Ink's developer tools and ssh2's native add-ons are optional, and not wanted: no command may depend on what else is installed.
			'react-devtools-core': stub,
			'cpu-features': stub,
			'./crypto/build/Release/sshcrypto.node': stub,
			// HTTP through SSH is nothing vpmon does, and takes all of node:https and node:tls.
			'./http-agents.js': here('./stubs/empty.cjs'),
			// Neither is SFTP.
			'./protocol/SFTP.js': here('./stubs/empty.cjs'),
			// conf takes them along for schemas, of which there are none.
			'ajv/dist/2020.js': here('./stubs/no-schemas.js'),
			'ajv-formats': here('./stubs/no-schemas.js'),
			'string-width': here('./string-width.cjs'),
			'real-string-width': fileURLToPath(import.meta.resolve('string-width')),
		},
	},
	transform: {
		inject: { 'Intl.Segmenter': here('./segmenter.js') },
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
	onLog(level, log, handle) {
		// What is not bundled is not there when it is installed.
		if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message);
		handle(level, log);
	},
	plugins: [
		notices(),
		{
			name: 'ink-output',
			resolveId(source, importer) {
				if (source === './output.js' && importer?.endsWith('/ink/build/renderer.js')) return here('./ink-output.js');
				if (source === './sanitize-ansi.js' && importer?.endsWith('/ink/build/squash-text-nodes.js'))
					return here('./sanitize-ansi.js');
				return null;
			},
		},
		plainAscii,
	],
} satisfies InputOptions;

/** Small, since its text stays in memory as long as it runs; functions keep their names in a stack trace. */
export const written = {
	comments: { legal: false },
	minify: { compress: true, mangle: { keepNames: true }, codegen: true },
} satisfies OutputOptions;

import { defineConfig } from 'vitest/config';

/** Against real sshd, Docker engine, journald and tmux. One file after the other: they share a machine. */
export default defineConfig({
	test: {
		include: ['test/system/**/*.test.ts'],
		fileParallelism: false,
		env: { TZ: 'UTC' },
		testTimeout: 120_000,
		hookTimeout: 300_000,
		reporters: ['default'],
	},
	root: new URL('..', import.meta.url).pathname,
});

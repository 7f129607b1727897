import { defineConfig } from 'vitest/config';

const results = process.env.VPMON_TEST_RESULTS;

/** Against real sshd, Docker engine, journald and tmux. One file after the other: they share a machine. */
export default defineConfig({
	test: {
		include: ['test/system/**/*.test.ts'],
		fileParallelism: false,
		env: { TZ: 'UTC', VPMON_AUDIT_FILE: '/nonexistent/audit.jsonl' },
		testTimeout: 120_000,
		hookTimeout: 300_000,
		// CI counts.
		reporters: results === undefined ? ['default'] : ['default', ['json', { outputFile: results }]],
	},
	root: new URL('..', import.meta.url).pathname,
});

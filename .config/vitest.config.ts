import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const results = process.env.VPMON_TEST_RESULTS;

const pure = ['test/domain/**/*.test.ts', 'test/redact/**/*.test.ts', 'test/runbook/**/*.test.ts'];

/** Unit, component and loopback tests: they run anywhere. */
export default defineConfig({
	test: {
		projects: [
			// Nothing in them outlasts a test, so that one process can do many files.
			{ extends: true, test: { name: 'pure', include: pure, isolate: false } },
			{
				extends: true,
				test: { name: 'own', include: ['test/**/*.test.{ts,tsx}'], exclude: ['test/system/**', ...pure] },
			},
		],
		env: {
			TZ: 'UTC',
			// What tests add and report in this process is told here, and not in a file of the user's.
			VPMON_AUDIT_FILE: join(tmpdir(), `vpmon-test-audit-${process.getuid?.() ?? ''}`, `${process.pid}.jsonl`),
			COLUMNS: '100',
			LINES: '40',
			NO_COLOR: '',
			FORCE_COLOR: '0',
		},
		testTimeout: 20_000,
		// Many wait for servers of their own: with one for each processor a small machine would be idle for a fifth of the time.
		maxWorkers: availableParallelism() + 1,
		// npm run coverage: without what the built program runs in processes of its own.
		coverage: { provider: 'v8', include: ['source/**'], reporter: ['text-summary', 'html'], reportOnFailure: true },
		// CI counts.
		reporters: results === undefined ? ['default'] : ['default', ['json', { outputFile: results }]],
	},
	root: new URL('..', import.meta.url).pathname,
});

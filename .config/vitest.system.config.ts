import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const results = process.env.VPMON_TEST_RESULTS;
/** Budgets run down in minutes in which hardly anything happens; what is not about times goes on beside that. */
const patient = [
	'budget',
	'budget-table',
	'docker-logs',
	'killed',
	'one-board',
	'one-board-claims',
	'one-board-file',
	'one-board-users',
	'one-board-versions',
	'podman',
	'report',
].map((name) => `test/system/${name}.test.ts`);
/** For what a test runs without a home of its own: nothing is written to the developer's. */
const state = mkdtempSync(join(tmpdir(), 'vpmon-test-state-'));
process.on('exit', () => rmSync(state, { recursive: true, force: true }));
const common = {
	env: { TZ: 'UTC', VPMON_AUDIT_FILE: '/nonexistent/audit.jsonl', XDG_STATE_HOME: state },
	testTimeout: 120_000,
	hookTimeout: 300_000,
};

/** Against real sshd, Docker engine, journald and tmux. One file after the other: they share a machine. */
export default defineConfig({
	test: {
		projects: [
			{ test: { ...common, name: 'patient', include: patient, maxWorkers: 2, sequence: { groupOrder: 1 } } },
			{
				test: {
					...common,
					name: 'alone',
					include: ['test/system/**/*.test.ts'],
					exclude: patient,
					fileParallelism: false,
					sequence: { groupOrder: 2 },
				},
			},
		],
		// CI counts.
		reporters: results === undefined ? ['default'] : ['default', ['json', { outputFile: results }]],
	},
	root: new URL('..', import.meta.url).pathname,
});

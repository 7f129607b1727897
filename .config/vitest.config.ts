import { defineConfig } from 'vitest/config';

/** Unit, component and loopback tests: they run anywhere. */
export default defineConfig({
	test: {
		include: ['test/**/*.test.{ts,tsx}'],
		exclude: ['test/system/**'],
		env: { TZ: 'UTC', COLUMNS: '100', LINES: '40', NO_COLOR: '', FORCE_COLOR: '0' },
		testTimeout: 20_000,
		reporters: ['default'],
	},
	root: new URL('..', import.meta.url).pathname,
});

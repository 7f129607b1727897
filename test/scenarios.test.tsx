import { expect, test } from 'vitest';
import { reportOf, tableOf } from '../source/commands/check.ts';
import { rowsOf } from '../source/domain/check.ts';
import { exitCodeOf } from '../source/report/check-report.ts';
import { renderScreen } from './helpers/render-screen.tsx';
import { readScenarios, startScenario } from './helpers/scenarios.ts';

// Each file in fixtures/scenarios says what a connector host sees and what must be concluded, in the JSON, in the table and on the screen.
for (const [name, file] of readScenarios()) {
	test(`${name}: ${file.title}`, async () => {
		const { engine, host, close } = await startScenario(file);
		try {
			await engine.run(null, { trigger: 'command' });
			const report = reportOf(engine);
			const found = Object.fromEntries(
				report.safes.map((safe) => [
					safe.name,
					{
						verdict: safe.verdict,
						cause: safe.cause,
						rows: rowsOf(safe)
							.map((row) => row.verdict)
							.join(' '),
					},
				]),
			);
			expect(found).toEqual(file.expect.safes);
			expect(exitCodeOf(report, false)).toBe(file.expect.exitCode);
			if (file.expect.groups) expect(report.groups.map(({ cause }) => cause)).toEqual(file.expect.groups);
			if (file.expect.connections !== undefined) expect(host.opened).toHaveLength(file.expect.connections);
			expect(JSON.parse(JSON.stringify(report))).toEqual(report);
			for (const { name: safe } of report.safes) expect(tableOf(engine, report)).toContain(safe);

			const screen = await renderScreen(engine);
			const lines = screen.frame().split('\n');
			expect(lines.length).toBeLessThanOrEqual(36);
			// A text may be wrapped at the pane's edge.
			const flat = lines
				.map((line) => line.split('│')[0]?.trim())
				.join(' ')
				.replace(/\s+/g, ' ');
			for (const text of file.frame) expect(flat).toContain(text);
			screen.unmount();
		} finally {
			await close();
		}
	});
}

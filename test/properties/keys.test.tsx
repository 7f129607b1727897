import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keymap } from '../../source/ui/keymap.ts';
import { controlPieces, harmful, holds, propertyTimeout, textOf } from '../helpers/properties.ts';
import { renderScreen } from '../helpers/render-screen.tsx';
import { readScenario, type StartedScenario, startScenario } from '../helpers/scenarios.ts';

let directory: string;
let scenario: StartedScenario;
beforeAll(async () => {
	directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
	scenario = await startScenario(readScenario('one-dead-network'));
	await scenario.engine.run(null, { trigger: 'command' });
}, propertyTimeout);
afterAll(async () => {
	await scenario.close();
	rmSync(directory, { recursive: true });
});

/** As a terminal sends them. */
const bytesOf: Readonly<Record<string, string>> = {
	space: ' ',
	enter: '\r',
	esc: '\u001b',
	tab: '\t',
	'shift-tab': '\u001b[Z',
	up: '\u001b[A',
	down: '\u001b[B',
	right: '\u001b[C',
	left: '\u001b[D',
	home: '\u001b[H',
	end: '\u001b[F',
	'page-up': '\u001b[5~',
	'page-down': '\u001b[6~',
	backspace: '\u007f',
	'ctrl-c': '\u0003',
	'ctrl-l': '\u000c',
	'ctrl-u': '\u0015',
	'ctrl-w': '\u0017',
	'ctrl-y': '\u0019',
};
const keys = [...new Set([...keymap.flatMap(({ keys: bound }) => bound), ...Object.keys(bytesOf), 'y', 'n', 'a', '1'])]
	.map((chord) => bytesOf[chord] ?? chord)
	.filter((bytes) => [...bytes].length === 1 || bytes.startsWith('\u001b'));
const press = fc.oneof(
	{
		arbitrary: fc
			.array(fc.constantFrom(...keys), { minLength: 1, maxLength: 12, size: 'max' })
			.map((all) => all.join('')),
		weight: 8,
	},
	{ arbitrary: fc.constantFrom(...keys), weight: 8 },
	{ arbitrary: textOf(controlPieces, 5), weight: 1 },
	{
		arbitrary: textOf(['Permission denied', 'a', '日本', ...controlPieces], 5).map(
			(text) => `\u001b[200~${text}\u001b[201~`,
		),
		weight: 2,
	},
);
const step = fc.oneof(
	{ arbitrary: press.map((text) => ({ text })), weight: 6 },
	{
		arbitrary: fc.record({ columns: fc.integer({ min: 1, max: 200 }), rows: fc.integer({ min: 1, max: 60 }) }),
		weight: 1,
	},
	{
		arbitrary: textOf(['ERROR ', '{"level":"error","msg":"', '"}', ...controlPieces], 6).map((line) => ({ line })),
		weight: 1,
	},
);

test(
	'whatever is pressed, pasted, logged and resized, a whole frame stands and nothing else',
	() =>
		holds(
			fc.asyncProperty(
				fc.array(step, { minLength: 1, maxLength: 12, size: 'max' }),
				fc.boolean(),
				async (steps, isReadOnly) => {
					const size = { columns: 100, rows: 30 };
					const app = await renderScreen(scenario.engine, { ...size, reportsDirectory: directory, isReadOnly });
					try {
						for (const one of steps) {
							if ('text' in one) await app.press(one.text);
							else if ('line' in one)
								scenario.engine.logs
									.buffer('dc1')
									.add({ time: Date.now(), text: one.line, kind: 'log', position: null });
							else await app.resize(one.columns, one.rows);
							if ('columns' in one) Object.assign(size, one);
							const lines = app.frame().split('\n');
							expect(lines.length).toBeLessThanOrEqual(size.rows);
							for (const line of lines) {
								expect(stringWidth(line)).toBeLessThanOrEqual(size.columns);
								expect(line).not.toMatch(harmful);
							}
							// Where a component throws, Ink draws its stack.
							expect(app.frame()).not.toMatch(/\.tsx?:\d+:\d+/);
						}
					} finally {
						app.unmount();
					}
				},
			),
			6,
		),
	propertyTimeout,
);

import { expect, test } from 'vitest';
import InkOutput from '../../node_modules/ink/build/output.js';

type Operations = {
	write(x: number, y: number, text: string, options: { transformers: ReadonlyArray<(text: string) => string> }): void;
	clip(clip: object): void;
	unclip(): void;
	get(): { output: string; height: number };
	rows(): readonly string[] | null;
};
type Maker = new (size: { width: number; height: number }) => Operations;

const standIn: string = '../../.config/ink-output.js';
const RowsOutput: Maker = (await import(standIn)).default;
const same = (text: string) => text;

function both(width: number, height: number, draw: (output: Operations) => void) {
	const [ours, inks] = [new RowsOutput({ width, height }), new (InkOutput as unknown as Maker)({ width, height })];
	draw(ours);
	draw(inks);
	return { ours, inks: inks.get() };
}

/** What stands in each column, with the styles that are on there. */
function cells(text: string): readonly string[] {
	return text.split('\n').map((line) => {
		let styles = new Set<string>();
		let shown = '';
		for (const [piece, code] of line.matchAll(/\u001b\[(\d+)m|./gu)) {
			if (code === undefined) shown += `${piece}${[...styles].sort().join(',')};`;
			else if (code === '0') styles = new Set();
			else if (code === '22') styles = new Set([...styles].filter((style) => style !== '1' && style !== '2'));
			else if (code === '27') styles.delete('7');
			else if (code === '39') styles = new Set([...styles].filter((style) => !/^3\d$/.test(style)));
			else styles.add(code);
		}
		return shown;
	});
}

const styled = '\u001b[1mvpmon\u001b[22m \u001b[2m日本-db \u001b[31m✖ 6\u001b[39m\u001b[22m';

test('rows side by side are what Ink draws, cell by cell and style by style', () => {
	const draw = (output: Operations) => {
		output.clip({ x1: 0, x2: 40, y1: 0, y2: 4 });
		output.write(0, 0, styled, { transformers: [same] });
		output.write(0, 1, '👨‍👩‍👧 e\u0301te\u0301 \u001b[7mchosen\u001b[27m', { transformers: [same] });
		output.write(0, 2, ' two\nlines  ', { transformers: [same] });
		output.unclip();
		output.write(40, 0, '│', { transformers: [] });
		output.write(42, 0, styled, { transformers: [same] });
		output.write(0, 4, '\u001b[31mopened, never closed', { transformers: [same] });
		output.write(42, 4, 'plain', { transformers: [same] });
	};
	const { ours, inks } = both(80, 6, draw);
	expect(ours.rows()).not.toBeNull();
	expect(ours.get().height).toBe(inks.height);
	expect(cells(ours.get().output)).toEqual(cells(inks.output));
	expect(inks.output).toContain('日本-db');
});

const beyond: ReadonlyArray<readonly [name: string, draw: (output: Operations) => void]> = [
	['a text over another', (output) => ['below', 'over'].map((text) => output.write(2, 0, text, { transformers: [] }))],
	['a text over its row’s end', (output) => output.write(15, 0, 'too long for it', { transformers: [] })],
	[
		'a text that is clipped',
		(output) => {
			output.clip({ x1: 0, x2: 4, y1: 0, y2: 1 });
			output.write(0, 0, 'clipped 日本', { transformers: [] });
			output.unclip();
		},
	],
	['a style of Ink’s', (output) => output.write(0, 0, 'text', { transformers: [(text) => text.toUpperCase()] })],
	['a row below the last', (output) => output.write(0, 9, 'text', { transformers: [] })],
];

test.each(beyond)('%s is left to Ink', (_, draw) => {
	const { ours, inks } = both(20, 2, draw);
	expect(ours.rows()).toBeNull();
	expect(ours.get()).toEqual(inks);
});

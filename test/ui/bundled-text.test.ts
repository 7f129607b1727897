import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle, written } from '../../.config/bundle.ts';

type Text = {
	wrapText(text: string, columns: number, how: string): string;
	sliceAnsi(text: string, from: number, to: number): string;
	wrapAnsi(text: string, columns: number, options: { hard: boolean; trim: boolean }): string;
	tokenize(text: string): unknown;
	squash(node: object): string;
};

const modules = new URL('../../node_modules/', import.meta.url).pathname;
const entry = `
	export { default as wrapText } from '${modules}ink/build/wrap-text.js';
	export { default as sliceAnsi } from '${modules}slice-ansi/index.js';
	export { default as wrapAnsi } from '${modules}wrap-ansi/index.js';
	export { default as squash } from '${modules}ink/build/squash-text-nodes.js';
	export { tokenize } from '${modules}@alcalzone/ansi-tokenize/build/index.js';`;

const directory = mkdtempSync(join(tmpdir(), 'vpmon-test-'));
let plain: Text;
let bundled: Text;
beforeAll(async () => {
	const file = join(directory, 'text.mjs');
	writeFileSync(file, entry);
	plain = await import(file);
	const built = await rolldown({ ...bundle, input: file });
	await built.write({ ...written, file: join(directory, 'bundled.mjs'), codeSplitting: false });
	await built.close();
	bundled = await import(join(directory, 'bundled.mjs'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const pieces = ['a', ' ', 'word', '─', '✖', '…', 'ż', 'e\u0301', '日', '👩‍🚀', '🇵🇱'];
const styles = ['\u001b[1m', '\u001b[22m', '\u001b[31m', '\u001b[38;5;9m', '\u001b[39m', '\u001b[7m', '\u001b[27m'];
const texts = fc.array(fc.constantFrom(...pieces, ...styles), { maxLength: 30 }).map((parts) => parts.join(''));

test('what Ink makes of text is the same with what stands in for parts of its libraries in the bundle', () => {
	fc.assert(
		fc.property(texts, fc.nat(20), fc.nat(20), (text, from, columns) => {
			const all = (by: Text) => [
				...['wrap', 'hard', 'truncate', 'truncate-middle', 'truncate-start'].map((how) =>
					by.wrapText(text, columns, how),
				),
				by.sliceAnsi(text, from, from + columns),
				by.wrapAnsi(text, columns + 1, { hard: true, trim: false }),
				by.tokenize(text),
				// Twice: what was looked through once is remembered.
				...[`${text}\u001b[2K\u0007${text}`, text, text].map((value) =>
					by.squash({ nodeName: 'ink-text', childNodes: [{ nodeName: '#text', nodeValue: value }] }),
				),
			];
			expect(all(bundled)).toEqual(all(plain));
		}),
		{ numRuns: 500 },
	);
});

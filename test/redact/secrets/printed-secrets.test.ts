import { expect, test } from 'vitest';
import { cleanText } from '../../../source/domain/clean.ts';
import { LogBuffer } from '../../../source/logs/log-buffer.ts';
import { describeText } from '../../../source/logs/log-line.ts';
import { readableLine } from '../../../source/logs/readable.ts';
import { createLineGate } from '../../../source/logs/safe-text.ts';
import { cleanForeign, removeRandomTokens } from '../../../source/redact/secrets/secret-lines.ts';
import {
	type Planted,
	readInnocentLines,
	readPrintedSecrets,
	readProgramOutput,
	secretNotations,
	survivors,
} from '../../helpers/corpus.ts';

/** What is left of a text where it is evidence, where `vpmon logs` prints it, and on the screen. */
function outlets(text: string): string[] {
	const gate = createLineGate();
	const lines = text.split('\n').flatMap((line) => gate(line) ?? []);
	const buffer = new LogBuffer();
	for (const line of lines) buffer.add({ ...describeText(line), text: line, position: null });
	const shown = buffer.last(1000).map((line) => readableLine(line).text);
	return [cleanForeign(text), lines.map(removeRandomTokens).join('\n'), shown.join('\n')];
}

const left = (entries: readonly Planted[]) =>
	entries.flatMap(({ text, canaries }) => {
		const output = outlets(text).join('\n');
		const found = survivors(output, canaries);
		return found.length === 0 ? [] : [{ text, output, found }];
	});

test('none of the secrets that real programs print is left', () => {
	const printed = readPrintedSecrets();
	expect(printed.length).toBeGreaterThanOrEqual(120);
	expect(left(printed)).toEqual([]);
});

test('none is left of more programs, whose tables, pairs and pipes show secrets apart from their names', () => {
	const printed = readProgramOutput();
	expect(printed.length).toBeGreaterThanOrEqual(160);
	expect(printed.filter(({ canaries }) => canaries.length === 0)).toEqual([]);
	expect(left(printed)).toEqual([]);
	for (const { text, keeps } of printed)
		for (const output of outlets(text)) for (const keep of keeps) expect(output).toContain(keep);
});

test('none is left in any notation, random or chosen by people', () => {
	expect(secretNotations.length).toBeGreaterThanOrEqual(120);
	expect(left(secretNotations)).toEqual([]);
});

test('at most 3 % of innocent lines change', () => {
	const lines = readInnocentLines();
	const changed = lines.filter(({ text }) => outlets(text).some((output) => output !== cleanText(text)));
	expect(lines.length).toBeGreaterThanOrEqual(120);
	expect(changed.map(({ text }) => text).slice(Math.floor(lines.length * 0.03))).toEqual([]);
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { environment, manPage } from '../docs/man-page.ts';
import { item, plain } from '../docs/roff.ts';
import { createProgram } from '../source/program.ts';

const source = new URL('../source', import.meta.url).pathname;
const page = manPage();

test('the man page is what the program and its tables say (npm run docs writes it)', () => {
	expect(readFileSync(new URL('../docs/vpmon.1', import.meta.url), 'utf8')).toBe(page);
	const program = createProgram();
	for (const command of [program, ...program.commands]) {
		expect(page).toContain(`\\fBvpmon ${command === program ? '[' : command.name()}`);
		for (const { flags, description } of command.options.filter(({ hidden }) => !hidden))
			expect(page).toContain(`\\fB${plain(flags)}\\fR\n${plain(description)}`);
	}
	expect(page).toContain('3 nothing fails but something is unknown');
});

test('every environment variable of ours stands in it', () => {
	const texts = readdirSync(source, { recursive: true, encoding: 'utf8' })
		.filter((file) => /\.tsx?$/.test(file))
		.map((file) => readFileSync(join(source, file), 'utf8'));
	const read = new Set(texts.flatMap((text) => text.match(/(?<=process\.env\.)(?:VPMON|VAULTPAM)_\w+/g) ?? []));
	expect(read.size).toBeGreaterThan(4);
	const named: readonly string[] = environment.map(([name]) => name);
	expect([...read].filter((name) => !named.includes(name))).toEqual([]);
});

test('no text can be taken for a request, and none is left that roff does not know', () => {
	expect(plain("a\\b 'x' -y …\n.TH →")).toBe('a\\e b \\(aqx\\(aq \\-y ...\n\\&.TH \\[u2192]'.replace('\\e b', '\\eb'));
	expect(item('x', '.so /etc/passwd')).toBe('.TP\nx\n\\&.so /etc/passwd');
	const lines = page.split('\n');
	expect(lines.filter((text) => text.startsWith("'") || /[^\x20-\x7e]/.test(text))).toEqual([]);
	expect(lines.filter((text) => text.startsWith('.') && !/^\.(\\"|TH|SH|SS|PP|TP|br|nf|fi)(?: |$)/.test(text))).toEqual(
		[],
	);
});

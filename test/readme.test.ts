import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pages } from '../docs/pages.ts';
import { fillIn, generatedParts } from '../docs/tables.ts';
import { checkIds } from '../source/domain/check.ts';
import { parseInventory } from '../source/inventory/file.ts';
import { createProgram } from '../source/program.ts';
import { keymap } from '../source/ui/keymap.ts';

const root = new URL('../', import.meta.url);
const read = (page: string | URL) => readFileSync(new URL(page, root), 'utf8');
const readme = read('README.md');
const all = pages().map((page) => [page.pathname.slice(root.pathname.length), read(page)] as const);
const whole = all.map(([, text]) => text).join('\n');
/** Without code, tables and pictures: what is read as sentences. */
const prose = (text: string) =>
	text
		.replace(/```[\s\S]*?```/g, '\n\n')
		.replace(/^\|.*$/gm, '')
		.replace(/^#.*$/gm, '')
		.replace(/!\[[^\]]*\]\([^)]*\)/g, '')
		.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');

test('the generated parts are what the tables say (npm run docs writes them)', () => {
	for (const name of Object.keys(generatedParts)) expect(whole).toContain(`<!-- generated: ${name} -->`);
	for (const [page, text] of all) expect([page, fillIn(text)]).toEqual([page, text]);
	for (const { help } of keymap) expect(whole).toContain(help);
	for (const id of checkIds) expect(whole).toContain(`\`${id}\``);
});

test('every command and flag that is named exists, and every command stands in docs/commands.md', () => {
	const program = createProgram();
	const commands = read('docs/commands.md');
	for (const name of ['', ...program.commands.map((command) => command.name())])
		expect(commands).toContain(`\`vpmon${name === '' ? '' : ` ${name}`}`);
	const flags = new Set([program, ...program.commands].flatMap((command) => command.options.map(({ long }) => long)));
	const named = whole.match(/(?<![\w-])--[a-z][a-z-]+/g) ?? [];
	// Of npm and systemctl.
	const others = ['--global', '--now'];
	expect(named.filter((flag) => !flags.has(flag) && !others.includes(flag))).toEqual([]);
});

test('the README is short: 250 lines, no sentence of more than 25 words', () => {
	expect(readme.split('\n').length).toBeLessThanOrEqual(250);
	const sentences = prose(readme)
		.split(/\n\s*\n|\n(?=- |\d\. )/)
		.flatMap((part) => part.replace(/\s+/g, ' ').split(/(?<=[.!?:](?:\*\*)?)\s+/));
	const long = sentences.filter((sentence) => sentence.split(/\s+/).filter((word) => /\p{L}/u.test(word)).length > 25);
	expect(long).toEqual([]);
});

test('every word of ours that the README uses is explained there, in bold, and stands in docs/words.md', () => {
	const words = read('docs/words.md');
	const ours = [
		...['Safe', 'target', 'connector', 'credential', 'control plane', 'probe', 'probe budget', 'evidence', 'verdict'],
		...['cause', 'group', 'fix', 'escalation report', 'inventory', 'site memory', 'pseudonym', 'redaction', 'masking'],
	];
	for (const word of [...ours, 'check', 'runbook', 'measurement', 'login proof'])
		expect(words).toMatch(new RegExp(`^\\| ${word} \\|`, 'm'));
	const used = ours.filter((word) => new RegExp(`\\b${word}s?\\b`, 'i').test(prose(readme)));
	const bold = [...readme.matchAll(/\*\*([^*]+)\*\*/g)].map(([, text = '']) => text.toLowerCase().replace(/s$/, ''));
	const explained = (word: string) =>
		word === 'credential' ? /credential \(/.test(readme.replace(/\s+/g, ' ')) : bold.includes(word.toLowerCase());
	expect(used.filter((word) => !explained(word))).toEqual([]);
});

test('every link leads to a file that is in the package', () => {
	const { files } = JSON.parse(read('package.json')) as { files: string[] };
	const packed = (path: string) =>
		path === 'README.md' || path === 'LICENSE' || files.some((file) => path === file || path.startsWith(`${file}/`));
	for (const [page, text] of all)
		for (const [, link = ''] of text.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)) {
			if (/^https?:/.test(link)) continue;
			const target = new URL(link, new URL(page, root)).pathname.slice(root.pathname.length);
			if (!/schemas\/?$/.test(target)) expect(() => read(target)).not.toThrow();
			expect([page, target, packed(target)]).toEqual([page, target, true]);
		}
});

test('the inventory of the page can be read', () => {
	const yaml = /```yaml\n([\s\S]*?)```/.exec(read('docs/inventory.md'))?.[1] ?? '';
	const inventory = parseInventory(yaml, '/etc/vpmon/vpmon.yaml');
	expect(inventory.safes).toHaveLength(1);
	// What is commented out can be read too, where it goes.
	for (const line of yaml.matchAll(/^ {4}# (\w+: \S+)/gm)) {
		expect(() =>
			parseInventory(
				yaml
					.replace('runtime: docker ', 'runtime: systemd ')
					.replace(/ {4}container:.*\n/, `    unit: x\n    ${line[1]}\n`),
				'/x.yaml',
			),
		).not.toThrow();
	}
});

test('the pictures are there, made by the script, and the moving one is small', () => {
	for (const [page, text] of all)
		for (const [, file = ''] of text.matchAll(/\]\(([^)]+\.svg)\)/g)) {
			const picture = read(new URL(file, new URL(page, root)));
			expect(picture).toContain('since');
			expect(picture).toContain('quit');
			expect(picture.length).toBeLessThan(400_000);
		}
	expect(readme).toContain('docs/moving.svg');
});

test('nothing of a machine of ours stands in the project', () => {
	const lock = read('package-lock.json');
	expect(lock.match(/"resolved": "(?!\.config\/pinned-node")[^"]+"/g)).toBeNull();
});

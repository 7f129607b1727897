import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fillIn, generatedParts } from '../docs/tables.ts';
import { checkIds } from '../source/domain/check.ts';
import { parseInventory } from '../source/inventory/file.ts';
import { createProgram } from '../source/program.ts';
import { keymap } from '../source/ui/keymap.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('the generated parts of the README are what the tables say (npm run docs writes them)', () => {
	for (const name of Object.keys(generatedParts)) expect(readme).toContain(`<!-- generated: ${name} -->`);
	expect(fillIn(readme)).toBe(readme);
	for (const { help } of keymap) expect(readme).toContain(help);
	for (const id of checkIds) expect(readme).toContain(`\`${id}\``);
});

test('every command and flag of the README exists, and every command stands in it', () => {
	const program = createProgram();
	const commands = ['', ...program.commands.map((command) => command.name())];
	for (const name of commands) expect(readme).toContain(`\`vpmon${name === '' ? '' : ` ${name}`}`);
	const flags = new Set([program, ...program.commands].flatMap((command) => command.options.map(({ long }) => long)));
	const named = readme.match(/(?<![\w-])--[a-z][a-z-]+/g) ?? [];
	expect(named.filter((flag) => !flags.has(flag))).toEqual([]);
});

test('the inventory of the README can be read', () => {
	const yaml = /```yaml\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
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

test('the pictures are there, and made by the script', () => {
	for (const [, file = ''] of readme.matchAll(/\]\((docs\/[^)]+\.svg)\)/g)) {
		const picture = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
		expect(picture).toContain('since');
		expect(picture).toContain('quit');
	}
});

test('nothing of a machine of ours stands in the project', () => {
	const lock = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8');
	expect(lock.match(/"resolved": "(?!\.config\/pinned-node")[^"]+"/g)).toBeNull();
});

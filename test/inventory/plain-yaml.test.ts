import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readPlainYaml } from '../../source/inventory/plain-yaml.ts';
import { agree, wholly } from '../helpers/both-yaml.ts';

const readme =
	/```yaml\n([\s\S]*?)```/.exec(readFileSync(new URL('../../docs/inventory.md', import.meta.url), 'utf8'))?.[1] ?? '';
const fixtures = new URL('../../fixtures/inventories/', import.meta.url);

test('usual inventories are read the quick way, and as the whole library reads them', () => {
	expect(agree(readme)).toBe(true);
	for (const name of readdirSync(fixtures).filter((file) => file.endsWith('.yaml')))
		agree(readFileSync(new URL(name, fixtures), 'utf8'));
	expect(agree(readFileSync(new URL('full.yaml', fixtures), 'utf8'))).toBe(true);
	const data = {
		version: 1,
		settings: { exempt: true },
		safes: [{ name: 'a b', host: '10.0.0.5', credential: { type: 'ssh-key', publicKey: 'ssh-ed25519 AAAA x@y' } }],
	};
	expect(agree(stringify(data, { lineWidth: 0 }))).toBe(true);
});

test.each([
	'a: 1\nb: 007\n',
	'a: 0x1f',
	'a: 1e3',
	'a: 1.50',
	'a: 10.0.0.5',
	'a: 1_000',
	'a: +1',
	'a: -1',
	'a: .5',
	'a: ~',
	'a: ~/x',
	'a: yes',
	'a: True',
	'a: nulls',
	'a: null # x',
	'a: x#y',
	'a: x #y',
	'a: "x # y" # z',
	"a: 'it''s'",
	'a: "\\u0041"',
	'a: b: c',
	'a: b:c',
	'a: b:',
	'a:\n- x\n- y\nb: 1',
	'a:\n  - x\n  -\n  - z',
	'a:\n  - - x\n    - y',
	'a:\n  - b: 1\n    c:\n      - d\n  - e: 2',
	'a:\n  - b: 1\n   c: 2',
	'a:\n   b: 1\n  c: 2',
	'a: x\n  y',
	'a: "x\n  y"',
	'a: |\n  x\n',
	'a: &x 1\nb: *x',
	'<<: {a: 1}',
	'a: !!str 1',
	'a: 1\na: 2',
	'a: {b: 1, c: {d: "x"}, e: []}',
	'a: {b: 1,}',
	'a: {b}',
	'a: {b: 1, b: 2}',
	'a: {b:1}',
	'a: [1, x y, {b: c}]',
	'a: [1,2]',
	'a: {b: x: y}',
	'a: {b: http://x:1/}',
	'a: @x',
	'a: `x`',
	'a: %x',
	'a: *',
	'a: - b',
	'a: -b',
	'a: ?b',
	'? a\n: b',
	'a : 1',
	'a:1',
	'"a": 1',
	'a:\tb',
	'\ta: b',
	'a: b\t',
	'---\na: 1',
	'a: 1\n...\n',
	'a: 1\n---\nb: 2',
	'\ufeffa: 1',
	'a: ä',
	'a: \u00a0b',
	'a: 日本',
	'a: 1\r\nb: 2\r\n',
	'a: 1\rb: 2',
	'- a',
	'{a: 1}',
	'a',
	'',
	'# only a comment',
	'a:\n\n  # x\n  b: 1 # y\n\nc: 2',
	'a:\n# x\n  b: 1',
	'a:\n  # x\nb: 1',
	'__proto__: 1',
	'constructor: 1\ntoString: {a: 1}',
	'a: b # c: d',
	'a: SHA256:abc/def+ghi',
	'a: ssh-ed25519 AAAAC3Nza comment with blanks',
	'a: x,y',
	'a: {b: x,y}',
	'a: x]y',
	'a: !x',
	'a: "x" y',
	'a: [x] y',
	'a: >-\n  x',
	'a: (x)',
	'a: $x',
	'a: 2026-11-25',
	'a: 12:30',
	'a: 0',
	'a: 99999999999999999999',
	'safes:\n  - name: a\n  # c\n    host: b',
])('%j means one thing', (text) => {
	agree(text);
	if (wholly(text) === null) expect(readPlainYaml(text)).toBeNull();
});

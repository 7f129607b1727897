import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { UserError } from '../../source/domain/user-error.ts';
import { parseInventory } from '../../source/inventory/file.ts';
import { agree } from '../helpers/both-yaml.ts';
import { fingerprint, publicKey } from '../helpers/keys.ts';
import { controlPieces, harmful, holds, propertyTimeout, textOf } from '../helpers/properties.ts';

const scalars = [
	'x',
	'a b',
	'1',
	'007',
	'0x1f',
	'1e3',
	'1.0.0.1',
	'~',
	'null',
	'yes',
	'true',
	'-',
	'- a',
	'"q"',
	"'it''s'",
	'"a # b"',
	'SHA256:a/b+c',
	'ssh-ed25519 AAAA x@y',
	'a: b',
	'a:b',
	'b:',
	'#',
	'x #y',
	'x#y',
	'|',
	'>-',
	'&a x',
	'*a',
	'!!str 1',
	'!x',
	'{}',
	'{a: 1, b: "x"}',
	'{a: 1, a: 2}',
	'{a}',
	'{',
	'[1, b, {c: d}]',
	'[x y]',
	'[',
	'%x',
	'@x',
	'é',
	'\t',
	'\\',
	'"\\u001b[31m"',
	'"\\e]0;x\\a"',
	'2026-11-22',
	'12:30:45',
	'1_000',
	'+1',
	'.5',
	'.inf',
	'',
];
const keys = [
	'a',
	'b',
	'name',
	'host',
	'version',
	'safes',
	'connectors',
	'__proto__',
	'constructor',
	'"a"',
	'<<',
	'?',
	'a b',
	'1',
	'é',
];
const ends = ['\n', '\n', '\n', '\n\n', '\r\n', ' # c\n', '  \n', '\n# c\n', '\n  # c\n', '', '\n---\n', '\n...\n'];
const oneLine = fc
	.tuple(
		fc.constantFrom(0, 0, 2, 2, 4, 4, 1, 3, 6),
		fc.constantFrom('', '', '', '- ', '-   ', '- - '),
		fc.option(fc.constantFrom(...keys), { freq: 6 }),
		fc.constantFrom(': ', ': ', ': ', ':', ':  ', ' : '),
		fc.constantFrom(...scalars),
		fc.constantFrom(...ends),
	)
	.map(
		([indent, dash, key, colon, scalar, end]) =>
			`${' '.repeat(indent)}${dash}${key === null ? '' : key + colon}${scalar}${end}`,
	);
const yaml = fc.array(oneLine, { maxLength: 8, size: 'max' }).map((lines) => lines.join(''));
/** As the library itself writes values, which is how most edits are made. */
const written = fc
	.tuple(
		fc.dictionary(fc.constantFrom('a', 'b', 'name', 'host'), fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }), {
			minKeys: 1,
		}),
		fc.constantFrom(0, 40, 80),
	)
	.map(([value, lineWidth]) => stringify(value, { lineWidth }));

const sample = (
	/```yaml\n([\s\S]*?)```/.exec(readFileSync(new URL('../../docs/inventory.md', import.meta.url), 'utf8'))?.[1] ?? ''
)
	.split('\n')
	.slice(0, 30)
	.join('\n');
/** A real one, in which somebody mistyped. */
const mistyped = fc
	.array(
		fc.tuple(
			fc.double({ min: 0, max: 0.999, noNaN: true }),
			fc.constantFrom(...scalars, ...ends, ...keys, ' ', ': ', '"'),
			fc.nat(3),
		),
		{
			minLength: 1,
			maxLength: 4,
		},
	)
	.map((changes) =>
		changes.reduce((text, [place, piece, taken]) => {
			const at = Math.floor(place * text.length);
			return text.slice(0, at) + piece + text.slice(at + taken);
		}, sample),
	);

test(
	'what the quick way reads, the whole library reads, and the same at the same places',
	async () => {
		let quickly = 0;
		await holds(
			fc.property(fc.oneof(yaml, written, mistyped, textOf(['a: ', 'b:', '\n', '  ', '- ', ...scalars])), (text) => {
				if (agree(text)) quickly++;
			}),
			1500,
		);
		expect(quickly).toBeGreaterThan(30);
	},
	propertyTimeout,
);

const fieldText = fc.oneof(
	fc.constantFrom(
		'dc1',
		'db1.example',
		'10.0.0.5',
		'deploy',
		'22',
		fingerprint('host-a'),
		publicKey('user-a'),
		'ssh-key',
	),
	textOf(controlPieces, 4),
	textOf(['ssh://', 'https://', './', '/', 'a', '@', ':22', '-----BEGIN ', ...controlPieces], 6),
);
const field = fc.oneof(
	{ arbitrary: fieldText, weight: 6 },
	fc.integer(),
	fc.boolean(),
	fc.constant(null),
	fc.array(fieldText, { maxLength: 2 }),
);
const entry = (names: readonly string[]) => fc.dictionary(fc.constantFrom(...names), field, { noNullPrototype: true });
const file = fc.record(
	{
		version: fc.oneof({ arbitrary: fc.constant(1), weight: 9 }, field),
		defaults: entry(['connector', 'port', 'credential', 'x']),
		settings: entry(['probe', 'sweepEvery', 'degraded', 'exempt']),
		controlPlane: entry(['url', 'healthUrl', 'connectorsPath']),
		connectors: fc.array(
			fc.oneof(fc.constant({ name: 'dc1' }), entry(['name', 'host', 'runtime', 'container', 'unit', 'logFile'])),
			{
				maxLength: 2,
			},
		),
		safes: fc.array(
			fc.oneof(
				fc.record({ name: fieldText, host: fieldText, username: fieldText }),
				entry(['name', 'id', 'host', 'port', 'username', 'connector', 'hostKey', 'credential', 'sensitive']),
			),
			{ maxLength: 3 },
		),
	},
	{ requiredKeys: ['version'] },
);

function stringsIn(value: unknown): string[] {
	if (typeof value === 'string') return [value];
	return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

test(
	'a file is an inventory, or every sentence of what is wrong with it can be printed',
	() =>
		holds(
			fc.property(
				fc.oneof(
					file.map((value) => stringify(value, { lineWidth: 0 })),
					file.map((value) => JSON.stringify(value)),
					yaml,
					textOf(controlPieces),
				),
				(text) => {
					try {
						const inventory = parseInventory(text, '/etc/vpmon/vpmon.yaml');
						// A public key, or its path, is cleaned where it is read.
						const safes = inventory.safes.map((safe) => ({ ...safe, credential: null }));
						for (const shown of stringsIn({ ...inventory, safes })) expect(shown).not.toMatch(harmful);
					} catch (error) {
						if (!(error instanceof UserError)) throw error;
						expect(error.message.replaceAll('\n', '')).not.toMatch(harmful);
						expect(error.nextStep.replaceAll('\n', '')).not.toMatch(harmful);
					}
				},
			),
			700,
		),
	propertyTimeout,
);

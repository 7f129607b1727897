import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UserError } from '../../source/domain/user-error.ts';
import { readCsv } from '../../source/inventory/csv.ts';
import { csvColumns, findColumns } from '../../source/inventory/csv-columns.ts';
import { parseInventory } from '../../source/inventory/file.ts';
import { planImport } from '../../source/inventory/import-safes.ts';
import { fingerprint, publicKey } from '../helpers/keys.ts';
import { controlPieces, harmful, holds, propertyTimeout, textOf } from '../helpers/properties.ts';

const separators = [',', ';', '\t', '|'] as const;
const pieces = [
	'"',
	'""',
	',',
	';',
	'\t',
	'|',
	'\n',
	'\r\n',
	'\r',
	'name',
	'host',
	'username',
	'sep=;\n',
	'a',
	'22',
	'\ufeff',
	'é',
	...controlPieces,
];
const anyBytes = fc.oneof(
	fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
	fc
		.tuple(textOf(pieces, 20), fc.constantFrom('utf8', 'utf16le', 'latin1'))
		.map(([text, encoding]) => Buffer.from(text, encoding as BufferEncoding)),
);
const inventory = parseInventory(
	'version: 1\nconnectors: [{name: dc1}]\nsafes: [{name: a, host: h, username: u}, {name: b, host: 10.0.0.5, username: v, port: 2222}]',
	'/etc/vpmon/vpmon.yaml',
);
const defaults = { connector: 'dc1', assumed: 'dc1', port: 22, credential: { type: 'password' } } as const;

test(
	'any bytes are a CSV file, or are refused in a sentence that can be printed',
	() =>
		holds(
			fc.property(anyBytes, (bytes) => {
				try {
					const { header, lines } = readCsv(bytes, 'x.csv');
					const { places, unused } = findColumns(header.cells, 'x.csv');
					expect(unused.join(' ')).not.toMatch(harmful);
					const plan = planImport(lines, places, header.cells.length, inventory, defaults, (path) => path);
					for (const { problem } of plan.bad) expect(problem).not.toMatch(harmful);
					for (const { name, host, username } of plan.added)
						for (const cell of [name, host, username]) expect(cell).not.toMatch(harmful);
				} catch (error) {
					if (!(error instanceof UserError)) throw error;
					expect(`${error.message}${error.nextStep}`.replaceAll('\n', '')).not.toMatch(harmful);
				}
			}),
			1000,
		),
	propertyTimeout,
);

const cell = textOf(['a', 'b c', '"', ',', ';', '|', '\n', "'", 'é', '日本', '#', '=1+1', '-'], 5)
	.filter((text) => !/[\u0000\r\ufeff]|\p{Surrogate}/u.test(text))
	.map((text) => text.trim());

test(
	'what a spreadsheet writes is read cell by cell, with every separator, line end and encoding',
	() =>
		holds(
			fc.property(
				fc
					.integer({ min: 2, max: 4 })
					.chain((width) =>
						fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 5 }),
					),
				fc.constantFrom(...separators),
				fc.constantFrom('\n', '\r\n'),
				fc.constantFrom<BufferEncoding>('utf8', 'utf16le'),
				(rows, separator, end, encoding) => {
					const header = rows[0]?.map((_, index) => `column ${index}`) ?? [];
					const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
					const text = [header, ...rows].map((row) => row.map(quoted).join(separator)).join(end);
					const read = readCsv(Buffer.from(`\ufeff${text}`, encoding), 'x.csv');
					expect(read.header.cells).toEqual(header);
					expect(read.lines.map(({ cells }) => cells)).toEqual(rows.filter((row) => row.some((text) => text !== '')));
				},
			),
			300,
		),
	propertyTimeout,
);

const columns = Object.keys(csvColumns) as Array<keyof typeof csvColumns>;
const value = fc.oneof(
	fc.constantFrom(
		'a',
		'b',
		'new',
		'h',
		'10.0.0.5',
		'10.0.0.5:2222',
		'[::1]:22',
		'22',
		'0',
		'65536',
		'u',
		'dc1',
		'dc2',
		'ssh-key',
		'password',
		'yes',
		'no',
		'-',
		'',
		'./k.pub',
	),
	fc.constantFrom(fingerprint('host-a'), publicKey('user-a')),
	textOf(controlPieces, 3),
);

test(
	'what an import takes in, a second one finds as it is',
	() =>
		holds(
			fc.property(
				fc.array(fc.array(value, { minLength: columns.length, maxLength: columns.length }), { maxLength: 6 }),
				(rows) => {
					const places = new Map(columns.map((column, index) => [column, index]));
					const lines = rows.map((cells, index) => ({ line: index + 2, cells }));
					const resolve = (path: string) => `/etc/vpmon/${path}`;
					const first = planImport(lines, places, columns.length, inventory, defaults, resolve);
					const entries = new Map(
						inventory.safes.map(({ name, host, port, username }) => [
							name,
							{ name, host, port, username } as Record<string, unknown>,
						]),
					);
					for (const { name, fields } of first.changed) entries.set(name, { ...entries.get(name), ...fields });
					for (const safe of first.added) entries.set(safe.name, { ...safe });
					const after = parseInventory(
						JSON.stringify({ version: 1, connectors: [{ name: 'dc1' }], safes: [...entries.values()] }),
						'/etc/vpmon/vpmon.yaml',
					);
					const second = planImport(lines, places, columns.length, after, defaults, resolve);
					expect(second.changes).toEqual([]);
					expect(second.bad).toEqual(first.bad);
				},
			),
			500,
		),
	propertyTimeout,
);

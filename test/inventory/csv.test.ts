import { expect, test } from 'vitest';
import { UserError } from '../../source/domain/user-error.ts';
import { readCsv } from '../../source/inventory/csv.ts';
import { csvColumns, findColumns } from '../../source/inventory/csv-columns.ts';

const read = (text: string | Buffer) => readCsv(Buffer.from(text as string), 'safes.csv');
const cells = (text: string | Buffer) => {
	const { header, lines } = read(text);
	return [header, ...lines].map((line) => line.cells);
};
const expected = [
	['name', 'host', 'username'],
	['ä', 'h', 'u'],
];

test.each([
	['commas', 'name,host,username\nä,h,u\n'],
	['semicolons', 'name;host;username\nä;h;u'],
	['tabs', 'name\thost\tusername\r\nä\th\tu\r\n'],
	['bars', 'name|host|username\nä|h|u'],
	['old Mac line ends', 'name,host,username\rä,h,u\r'],
	['quotes and blanks', '"name" , "host", "username"\n"ä",h, "u" \n'],
	['a byte order mark', '\ufeffname,host,username\nä,h,u'],
	['what Excel writes for itself', 'sep=;\r\nname;host;username\r\nä;h;u\r\n'],
	['UTF-16', Buffer.from('\ufeffname,host,username\nä,h,u', 'utf16le')],
	['UTF-16 the other way round', Buffer.from('\ufeffname,host,username\nä,h,u', 'utf16le').swap16()],
	['UTF-16 without a mark', Buffer.from('name,host,username\nä,h,u', 'utf16le')],
	['Windows-1252', Buffer.from('name,host,username\nä,h,u', 'latin1')],
	['empty lines', '\n\nname,host,username\n,,\n\nä,h,u\n\n\n'],
])('%s are read', (_, text) => {
	expect(cells(text)).toEqual(expected);
});

test('lines are numbered as an editor shows them', () => {
	const { lines } = read('sep=,\nname,host\n\n"a\nb",1\nc,2\n');
	expect(lines).toEqual([
		{ line: 4, cells: ['a\nb', '1'] },
		{ line: 6, cells: ['c', '2'] },
	]);
});

test('a stray quote is a character; one that is never closed is said with its line, and nothing is read', () => {
	expect(cells('name,host\na"b,1\nc,2\n')).toHaveLength(3);
	expect(() => read('name,host\na,1\n"b"c,2\n')).toThrow('safes.csv, line 3: text stands behind a closing quote');
	expect(() => read('name,host\na,1\n"b,2\nc,3\n')).toThrow(/safes\.csv, line \d+: a quote is opened and never closed/);
});

test('what is no CSV file is said in a sentence', () => {
	for (const text of ['', '\n\n', 'PK\u0003\u0004 a workbook', Buffer.from([1, 0, 2, 0, 3, 4, 5, 6])])
		expect(() => read(text)).toThrow(UserError);
	expect(() => read('PK\u0003\u0004 a workbook')).toThrow('is a workbook or an archive');
});

test('no bytes are a crash or a hang', () => {
	let state = 1;
	const random = (below: number) => {
		state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
		return state % below;
	};
	const pieces = [
		'"',
		',',
		';',
		'\n',
		'\r',
		'\t',
		'name',
		'host',
		'username',
		'\u0000',
		'\ufeff',
		'é',
		'|',
		' ',
		'\\',
		'""',
	];
	for (let count = 0; count < 2000; count++) {
		const text = Array.from({ length: random(60) }, () => pieces[random(pieces.length)]).join('');
		const bytes = Buffer.from(text, count % 3 === 0 ? 'utf16le' : count % 3 === 1 ? 'latin1' : 'utf8');
		try {
			const { header } = readCsv(bytes, 'x');
			findColumns(header.cells, 'x');
		} catch (error) {
			expect(error).toBeInstanceOf(UserError);
		}
	}
});

test('columns are found by any of their names, the documented one first', () => {
	for (const [column, names] of Object.entries(csvColumns)) {
		for (const alias of names) {
			const header = ['name', 'host', 'username'].filter((needed) => needed !== column);
			const { places } = findColumns([...header, alias.toUpperCase().replace(/ /g, '_')], 'x');
			expect(places.get(column as keyof typeof csvColumns)).toBe(header.length);
		}
	}
	const { places, unused } = findColumns(['IP Address', 'Hostname', 'Safe', 'User', 'password', 'OS', ''], 'x');
	expect([...places]).toEqual([
		['name', 2],
		['host', 1],
		['username', 3],
	]);
	expect(unused).toEqual(['IP Address', 'password', 'OS']);
});

test('no alias names two columns', () => {
	const all = Object.values(csvColumns).flat();
	expect(new Set(all.map((name) => name.replace(/ /g, ''))).size).toBe(new Set(all).size - 2);
});

test('a header that lacks something says what it has and what is expected', () => {
	try {
		findColumns(['asset', 'ip', 'owner'], 'safes.csv');
		expect.unreachable();
	} catch (error) {
		expect((error as UserError).message).toBe(
			'safes.csv has no column for name and username. Its first line has "asset", "ip", "owner".',
		);
		expect((error as UserError).nextStep).toContain('username may be called username, user, ');
	}
});

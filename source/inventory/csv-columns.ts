import { cleanLine } from '../domain/clean.ts';
import { UserError } from '../domain/user-error.ts';
import { plainWord } from './csv-words.ts';

/** Columns of a CSV file of Safes: each with the names it is known by, the documented one first. Case, blanks and `_-.` do not count. */
export const csvColumns = {
	name: ['name', 'safe', 'safe name', 'display name', 'title', 'label', 'Bezeichnung', 'nazwa', 'nom', 'nombre'],
	id: ['id', 'safe id', 'vaultpam id'],
	host: [
		'host',
		'hostname',
		'host name',
		'address',
		'target',
		'target host',
		'fqdn',
		'dns name',
		'server',
		'ip',
		'ip address',
		'Rechner',
		'Rechnername',
		'Adresse',
		'adres',
		'serwer',
		'serveur',
		'hôte',
		'servidor',
		'dirección',
	],
	port: ['port', 'ssh port', 'target port'],
	username: [
		'username',
		'user',
		'user name',
		'login',
		'account',
		'account name',
		'ssh user',
		'remote user',
		'Benutzer',
		'Benutzername',
		'Konto',
		'użytkownik',
		'utilisateur',
		'compte',
		'usuario',
		'cuenta',
	],
	connector: ['connector', 'connector name', 'agent', 'gateway'],
	credential: ['credential', 'credential type', 'type', 'auth', 'authentication', 'auth type', 'auth method'],
	publicKey: ['public key', 'ssh public key', 'pubkey', 'ssh key', 'public key file', 'key file', 'key'],
	hostKey: ['host key', 'host key fingerprint', 'fingerprint', 'ssh fingerprint', 'ssh host key', 'server key'],
	sensitive: ['sensitive', 'masked', 'confidential'],
	exempt: ['exempt'],
} as const;

export type CsvColumn = keyof typeof csvColumns;

/** Which column a cell of the first line is, as a person says: `Rechner=host`. */
export type ColumnMap = ReadonlyArray<{ readonly cell: string; readonly column: CsvColumn }>;

/**
 * `Rechner=host,Benutzer=username`.
 *
 * @throws UserError for what is no such list, and for columns that there are not.
 */
export function parseColumnMap(text: string): ColumnMap {
	return text.split(',').map((pair) => {
		const [, cell = '', named = ''] = /^\s*(.+?)\s*=\s*([^=]+?)\s*$/.exec(pair) ?? [];
		const column = columnNamed(named);
		if (column === undefined)
			throw new UserError(
				`--map ${JSON.stringify(pair.slice(0, 80))} is no cell=column.`,
				`Write it as Rechner=host; columns are ${columnNames.map((name) => csvColumns[name][0]).join(', ')}.`,
			);
		return { cell, column };
	});
}

/** The column that a name means, by any of its names; undefined for none. */
function columnNamed(name: string): CsvColumn | undefined {
	const given = plain(name);
	return columnNames.find((column) => csvColumns[column].some((alias) => plain(alias) === given));
}

const columnNames = Object.keys(csvColumns) as CsvColumn[];

const required: readonly CsvColumn[] = ['name', 'host', 'username'];

/** Where each column stands, and what is not used. */
export type Columns = { readonly places: ReadonlyMap<CsvColumn, number>; readonly unused: readonly string[] };

/**
 * Finds the columns in a header line. Of several that mean the same, the one whose name stands first in the table counts.
 *
 * @param map what a person said; it counts before the table.
 * @throws UserError when one that is needed is missing, with the names it may have; or one of the map.
 */
export function findColumns(header: readonly string[], name: string, map: ColumnMap = []): Columns {
	const given = header.map(plain);
	const places = new Map<CsvColumn, number>();
	const said = new Map(map.map(({ cell, column }) => [column, placeOf(cell, given, header, name)]));
	for (const [column, names] of Object.entries(csvColumns) as Array<[CsvColumn, readonly string[]]>) {
		const found = names.map((alias) => given.indexOf(plain(alias))).find((index) => index !== -1);
		const place = said.get(column) ?? found;
		if (place !== undefined) places.set(column, place);
	}
	const missing = required.filter((column) => !places.has(column));
	if (missing.length > 0) {
		const shown = header.slice(0, 12).map((cell) => JSON.stringify(cleanLine(cell).slice(0, 40)));
		throw new UserError(
			`${name} has no column for ${missing.join(' and ')}. Its first line has ${shown.join(', ')}.`,
			`Say which it is: --map '${missing.map((column) => `…=${column}`).join(',')}'\n${missing.map((column) => `${column} may be called ${csvColumns[column].join(', ')}`).join('\n')}`,
		);
	}
	const used = new Set(places.values());
	return {
		places,
		unused: header.filter((cell, index) => !used.has(index) && cell !== '').map((cell) => cleanLine(cell)),
	};
}

function placeOf(cell: string, given: readonly string[], header: readonly string[], name: string): number {
	const place = given.indexOf(plain(cell));
	if (place !== -1) return place;
	const shown = header.slice(0, 12).map((text) => JSON.stringify(cleanLine(text).slice(0, 40)));
	throw new UserError(
		`--map names ${JSON.stringify(cell)}, which the first line of ${name} has not.`,
		`It has ${shown.join(', ')}.`,
	);
}

const plain = plainWord;

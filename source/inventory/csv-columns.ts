import { cleanLine } from '../domain/clean.ts';
import { UserError } from '../domain/user-error.ts';

/** Columns of a CSV file of Safes: each with the names it is known by, the documented one first. Case, blanks and `_-.` do not count. */
export const csvColumns = {
	name: ['name', 'safe', 'safe name', 'display name', 'title', 'label'],
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
	],
	port: ['port', 'ssh port', 'target port'],
	username: ['username', 'user', 'user name', 'login', 'account', 'account name', 'ssh user', 'remote user'],
	connector: ['connector', 'connector name', 'agent', 'gateway'],
	credential: ['credential', 'credential type', 'type', 'auth', 'authentication', 'auth type', 'auth method'],
	publicKey: ['public key', 'ssh public key', 'pubkey', 'ssh key', 'public key file', 'key file', 'key'],
	hostKey: ['host key', 'host key fingerprint', 'fingerprint', 'ssh fingerprint', 'ssh host key', 'server key'],
	sensitive: ['sensitive', 'masked', 'confidential'],
	exempt: ['exempt'],
} as const;

export type CsvColumn = keyof typeof csvColumns;

const required: readonly CsvColumn[] = ['name', 'host', 'username'];

/** Where each column stands, and what is not used. */
export type Columns = { readonly places: ReadonlyMap<CsvColumn, number>; readonly unused: readonly string[] };

/**
 * Finds the columns in a header line. Of several that mean the same, the one whose name stands first in the table counts.
 *
 * @throws UserError when one that is needed is missing, with the names it may have.
 */
export function findColumns(header: readonly string[], name: string): Columns {
	const given = header.map(plain);
	const places = new Map<CsvColumn, number>();
	for (const [column, names] of Object.entries(csvColumns) as Array<[CsvColumn, readonly string[]]>) {
		const found = names.map((alias) => given.indexOf(plain(alias))).find((index) => index !== -1);
		if (found !== undefined) places.set(column, found);
	}
	const missing = required.filter((column) => !places.has(column));
	if (missing.length > 0) {
		const shown = header.slice(0, 12).map((cell) => JSON.stringify(cleanLine(cell).slice(0, 40)));
		throw new UserError(
			`${name} has no column for ${missing.join(' and ')}. Its first line has ${shown.join(', ')}.`,
			missing.map((column) => `${column} may be called ${csvColumns[column].join(', ')}`).join('\n'),
		);
	}
	const used = new Set(places.values());
	return {
		places,
		unused: header.filter((cell, index) => !used.has(index) && cell !== '').map((cell) => cleanLine(cell)),
	};
}

function plain(text: string): string {
	return text.toLowerCase().replace(/[\s_.-]+/g, '');
}

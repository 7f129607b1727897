import * as v from 'valibot';
import { cleanLine } from '../domain/clean.ts';
import { parseStoredHostKey } from '../domain/host-key.ts';
import type { Safe } from '../domain/inventory.ts';
import { parsePort } from '../domain/target.ts';
import { publicKeySource } from './build.ts';
import type { CsvLine } from './csv.ts';
import type { CsvColumn } from './csv-columns.ts';
import { credentialType, credentialWords, yesNoWords, yesOrNo } from './csv-words.ts';
import type { CredentialEntry, InventoryChange, SafeEntry, SafeFields } from './edit.ts';
import { describeIssue, formatField } from './problems.ts';
import { safeSchema } from './schema.ts';

/** A line that cannot be imported, and why. */
export type BadLine = { readonly line: number; readonly problem: string };

export type ImportPlan = {
	readonly changes: readonly InventoryChange[];
	readonly added: readonly SafeEntry[];
	readonly changed: ReadonlyArray<{ readonly name: string; readonly fields: SafeFields; readonly before: Safe }>;
	readonly unchanged: number;
	readonly bad: readonly BadLine[];
};

/** What the Safes of an inventory have where they say nothing. */
export type Defaults = {
	/** Of a line that names none. */
	readonly connector: string | null;
	/** Of a Safe in the file that names none. */
	readonly assumed: string | null;
	readonly port: number;
	readonly credential: CredentialEntry;
};

/**
 * What the lines of a CSV file change in an inventory: Safes that it has not, and cells that say something else than it does. An empty
 * cell says nothing; nothing is ever taken away. Pure.
 *
 * @param resolve makes paths absolute as the inventory does.
 */
export function planImport(
	lines: readonly CsvLine[],
	places: ReadonlyMap<CsvColumn, number>,
	width: number,
	{
		safes,
		connectors,
	}: { readonly safes: readonly Safe[]; readonly connectors: ReadonlyArray<{ readonly name: string }> },
	defaults: Defaults,
	resolve: (path: string) => string,
): ImportPlan {
	const known = new Map(safes.map((safe) => [safe.name, safe]));
	const names = new Set(connectors.map(({ name }) => name));
	const seen = new Map<string, number>();
	const added: SafeEntry[] = [];
	const changed: Array<{ name: string; fields: SafeFields; before: Safe }> = [];
	const bad: BadLine[] = [];
	let unchanged = 0;
	for (const { line, cells } of lines) {
		const read = cells.length > width ? tooMany(cells.length, width) : readLine(cells, places);
		const problem = typeof read === 'string' ? read : (connectorProblem(read, names, defaults) ?? twice(read, seen));
		if (problem !== null || typeof read === 'string') {
			bad.push({ line, problem: problem ?? '' });
			continue;
		}
		seen.set(read.name, line);
		const before = known.get(read.name);
		if (before === undefined) {
			added.push(withoutDefaults({ ...read, connector: read.connector ?? defaults.connector ?? '' }, defaults));
			continue;
		}
		const fields = differences(read, before, resolve);
		if (Object.keys(fields).length === 0) unchanged++;
		else changed.push({ name: read.name, fields, before });
	}
	const changes: InventoryChange[] = [
		...changed.map(({ name, fields }) => ({ kind: 'change-safe', name, fields }) as const),
		...added.map((safe) => ({ kind: 'add-safe', safe }) as const),
	];
	return { changes, added, changed, unchanged, bad };
}

/** The line as a Safe, or its first problem. */
function readLine(cells: readonly string[], places: ReadonlyMap<CsvColumn, number>): SafeEntry | string {
	const cell = (column: CsvColumn) => cells[places.get(column) ?? -1] || undefined;
	const sensitive = readYesNo('sensitive', cell('sensitive'));
	const exempt = readYesNo('exempt', cell('exempt'));
	const credential = readCredential(cell('credential'), cell('publicKey'));
	for (const problem of [sensitive, exempt, credential]) if (typeof problem === 'string') return problem;
	const port = cell('port');
	const given = {
		name: cell('name'),
		id: cell('id'),
		connector: cell('connector'),
		...splitHost(cell('host'), port),
		username: cell('username'),
		credential,
		hostKey: cell('hostKey'),
		sensitive,
		exempt,
	};
	const entry = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
	const parsed = v.safeParse(safeSchema, entry, { abortEarly: true });
	if (parsed.success) return entry as SafeEntry;
	const [issue] = parsed.issues;
	return `${formatField((issue.path ?? []).map(({ key }) => key as string))} ${describeIssue(issue)}`;
}

/** `host:port` is what some lists have in one cell. */
function splitHost(host: string | undefined, port: string | undefined): { host?: string; port?: number | string } {
	const [, name, behind] = /^(\[[0-9a-fA-F:.]+\]|[^:]+):(\d{1,5})$/.exec(host ?? '') ?? [];
	const plain = (port === undefined ? name : undefined) ?? host;
	const text = port ?? (name === undefined ? undefined : behind);
	return {
		...(plain === undefined ? {} : { host: plain.replace(/^\[(.*)\]$/, '$1') }),
		...(text === undefined ? {} : { port: parsePort(text) ?? (/^\d{1,9}$/.test(text) ? Number(text) : text) }),
	};
}

function readCredential(type: string | undefined, publicKey: string | undefined): CredentialEntry | undefined | string {
	if (publicKey !== undefined && /PRIVATE KEY|PuTTY-User-Key-File/.test(publicKey))
		return 'public key: a private key stands there, expected a public one; take it out of the list';
	if (type === undefined) return publicKey === undefined ? undefined : { type: 'ssh-key', publicKey };
	const read = credentialType(type);
	if (read === undefined) return `credential ${shown(type)}, expected ${credentialWords}`;
	if (read === 'password')
		return publicKey === undefined ? { type: read } : 'credential password, but it has a public key';
	return publicKey === undefined ? { type: read } : { type: read, publicKey };
}

function readYesNo(column: string, text: string | undefined): boolean | undefined | string {
	return text === undefined ? undefined : (yesOrNo(text) ?? `${column} ${shown(text)}, expected ${yesNoWords}`);
}

const tooMany = (count: number, width: number) =>
	`it has ${count} cells, the first line has ${width}; a cell with a separator in it needs quotes`;

function connectorProblem({ connector }: SafeEntry, names: ReadonlySet<string>, defaults: Defaults): string | null {
	const name = connector ?? defaults.connector;
	if (name === null) return 'connector missing, and there is no default';
	if (names.has(name)) return null;
	return `connector ${shown(name)}, expected one of ${[...names].slice(0, 8).join(', ')}`;
}

function twice({ name }: SafeEntry, seen: ReadonlyMap<string, number>): string | null {
	const first = seen.get(name);
	return first === undefined ? null : `name ${shown(name)} is already on line ${first}`;
}

function shown(text: string): string {
	return cleanLine(JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text));
}

/** What the file says once for all is not said again. */
function withoutDefaults(safe: SafeEntry, defaults: Defaults): SafeEntry {
	const { connector, port, credential, sensitive, exempt, ...rest } = safe;
	const isDefault =
		credential === undefined ||
		(credential.type === defaults.credential.type && credential.publicKey === defaults.credential.publicKey);
	return {
		...rest,
		...(connector === undefined || connector === defaults.assumed ? {} : { connector }),
		...(port === undefined || port === defaults.port ? {} : { port }),
		...(isDefault ? {} : { credential }),
		...(sensitive ? { sensitive } : {}),
		...(exempt ? { exempt } : {}),
	};
}

function differences(read: SafeEntry, before: Safe, resolve: (path: string) => string): SafeFields {
	const fields: Record<string, unknown> = {};
	for (const key of ['id', 'connector', 'host', 'port', 'username', 'sensitive', 'exempt'] as const)
		if (read[key] !== undefined && read[key] !== before[key]) fields[key] = read[key];
	if (read.hostKey !== undefined && !sameHostKey(read.hostKey, before)) fields.hostKey = read.hostKey;
	if (read.credential !== undefined && !sameCredential(read.credential, before, resolve))
		fields.credential = read.credential;
	return fields;
}

function sameHostKey(text: string, { hostKey }: Safe): boolean {
	const read = parseStoredHostKey(text);
	return read?.fingerprint === hostKey?.fingerprint && (read?.type === null || read?.type === hostKey?.type);
}

function sameCredential(read: CredentialEntry, { credential }: Safe, resolve: (path: string) => string): boolean {
	if (read.type !== credential.type) return false;
	if (read.publicKey === undefined || credential.type !== 'ssh-key') return true;
	return JSON.stringify(publicKeySource(read.publicKey, resolve)) === JSON.stringify(credential.publicKey);
}

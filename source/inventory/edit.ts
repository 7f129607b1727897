import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap } from 'yaml';
import { UserError } from '../domain/user-error.ts';
import { type Entry, NotInPlace, type Plain, TextEdit } from './edit-text.ts';
import { parseInventory, parseRead, readText } from './file.ts';
import { type PlainYaml, readPlainYaml } from './plain-yaml.ts';
import { removeFile, replaceFile } from './write-file.ts';
import { contentOf, readDocument } from './yaml-document.ts';
import { maxEditedPieces } from './yaml-limits.ts';

/** A connector as the file writes it. */
export type ConnectorEntry = {
	readonly name: string;
	readonly host?: string;
	readonly runtime?: 'docker' | 'systemd' | 'none';
	readonly container?: string;
	readonly unit?: string;
	readonly journalDirectory?: string;
	readonly logFile?: string;
};

export type CredentialEntry = { readonly type: 'ssh-key' | 'password'; readonly publicKey?: string };

/** A Safe as the file writes it. */
export type SafeEntry = {
	readonly name: string;
	readonly id?: string;
	readonly connector?: string;
	readonly host: string;
	readonly port?: number;
	readonly username: string;
	readonly credential?: CredentialEntry;
	readonly hostKey?: string;
	readonly sensitive?: boolean;
	readonly exempt?: boolean;
};

/** Null takes a field away. */
export type SafeFields = { readonly [Key in keyof SafeEntry]?: SafeEntry[Key] | null };

export type InventoryChange =
	| { readonly kind: 'add-connector'; readonly connector: ConnectorEntry }
	| { readonly kind: 'add-safe'; readonly safe: SafeEntry }
	| { readonly kind: 'change-safe'; readonly name: string; readonly fields: SafeFields };

/** An edit that was checked, not yet made: both texts are there to be shown. */
export type PlannedEdit = {
	/** As it was given: a symbolic link stays one. */
	readonly file: string;
	/** Null where there is no file yet. */
	readonly before: string | null;
	readonly after: string;
};

export type MadeEdit = PlannedEdit & {
	/** Where the old text is kept; null where there was none. */
	readonly backup: string | null;
};

const emptyFile = `# The inventory of vpmon: connectors, and the Safes behind them. docs/inventory.md says what else may stand here.
version: 1
`;

/**
 * What the inventory file would be with these changes. Comments, order and whatever is not changed stay as they are.
 *
 * @throws UserError when the file cannot be read or is wrong already, when a Safe is not in it, or when it would be wrong afterwards.
 */
export function planEdit(file: string, changes: readonly InventoryChange[]): PlannedEdit {
	const before = readIfThere(file);
	const text = before ?? emptyFile;
	// What is wrong already is said by itself, and not blamed on the edit.
	if (before !== null) parseInventory(before, file);
	if (changes.length === 0) return { file, before, after: text };
	// It was read above, and a person waits for this edit.
	const document = readDocument(text, undefined, maxEditedPieces);
	const [tooMuch] = document.errors;
	// What the quick way reads may be too much for the library, which knows where everything stands.
	if (tooMuch !== undefined) throw tooLong(file, 'is', tooMuch.message);
	const plain = copyOf(contentOf(document) ?? {});
	changePlain(plain, changes, file);
	const after = inPlace(text, document, changes, plain) ?? written(document, changes, plain);
	try {
		parseRead(after.text, after.quick, file);
	} catch (error) {
		if (!(error instanceof UserError)) throw error;
		throw new UserError(
			error.message.replace(/^The inventory has/, 'With this change the inventory would have'),
			'Nothing was written.',
		);
	}
	return { file, before, after: after.text };
}

/**
 * Makes a planned edit.
 *
 * @param onKept told where the old text is kept, right before the file is replaced.
 * @throws UserError when the file is no longer what it was when the edit was planned, or cannot be written; it is as it was then.
 */
export async function makeEdit(
	plan: PlannedEdit,
	at = new Date(),
	onKept?: (backup: string | null) => Promise<void>,
): Promise<MadeEdit> {
	if (plan.before === plan.after) return { ...plan, backup: null };
	return { ...plan, backup: await replaceFile(plan, at, onKept) };
}

/**
 * Takes an edit back; the file that it left is kept beside as every other.
 *
 * @throws UserError when the file was changed since.
 */
export async function undoEdit({ file, before, after }: MadeEdit, at = new Date()): Promise<void> {
	if (before === after) return;
	if (before === null) await removeFile(file, after);
	else await replaceFile({ file, before: after, after: before }, at);
}

function readIfThere(file: string): string | null {
	return readText(file, { ifThere: true })?.text ?? null;
}

type PlainFile = { safes?: unknown; connectors?: unknown } & Record<string, unknown>;

/** Aliases become copies, so that a change of one is none of the other. */
function copyOf(value: unknown): PlainFile {
	return JSON.parse(JSON.stringify(value));
}

/** The changes as data: what the changed text has to say in the end. */
function changePlain(plain: PlainFile, changes: readonly InventoryChange[], file: string): void {
	const [connectors, safes] = [[...listOf(plain.connectors)], [...listOf(plain.safes)]];
	const byName = new Map<unknown, Record<string, unknown>>();
	for (const safe of safes) if (!byName.has(safe.name)) byName.set(safe.name, safe);
	for (const change of changes) {
		if (change.kind === 'add-connector') connectors.push({ ...change.connector });
		else if (change.kind === 'add-safe') {
			const safe = { ...change.safe };
			safes.push(safe);
			if (!byName.has(safe.name)) byName.set(safe.name, safe);
		} else {
			const safe = byName.get(change.name);
			if (safe === undefined)
				throw new UserError(
					`There is no Safe named ${JSON.stringify(change.name)} in ${file}.`,
					'Nothing was written.',
				);
			for (const [key, value] of Object.entries(change.fields)) {
				if (value === null) delete safe[key];
				else if (value !== undefined) safe[key] = value;
			}
		}
	}
	if (changes.some(({ kind }) => kind === 'add-connector')) plain.connectors = connectors;
	if (changes.some(({ kind }) => kind !== 'add-connector')) plain.safes = safes;
}

function listOf(value: unknown): Array<Record<string, unknown>> {
	return Array.isArray(value) ? value : [];
}

/** Null when the text is written in a way that keeps it from being changed in place. */
function inPlace(
	text: string,
	document: Document,
	changes: readonly InventoryChange[],
	plain: PlainFile,
): ReadText | null {
	try {
		const edit = new TextEdit(text, document);
		const entries = (kind: 'add-connector' | 'add-safe') =>
			changes.flatMap((change): Entry[] => {
				if (change.kind !== kind) return [];
				return [definedOf(change.kind === 'add-safe' ? inOrder(change.safe) : change.connector)];
			});
		const places = placesOfSafes(document);
		for (const change of changes) {
			if (change.kind !== 'change-safe') continue;
			const map = document.getIn(['safes', places.get(change.name)], true);
			for (const [key, value] of Object.entries(change.fields)) {
				if (value === undefined || (isMap(map) && map.get(key) === value)) continue;
				edit.set(map, key, value === null ? undefined : (value as Plain));
			}
		}
		edit.append('connectors', entries('add-connector'));
		edit.append('safes', entries('add-safe'));
		return readIfSays(edit.toString(), plain);
	} catch (error) {
		if (error instanceof NotInPlace) return null;
		throw error;
	}
}

function placesOfSafes(document: Document): Map<unknown, number> {
	const safes = listOf((contentOf(document) as PlainFile | null)?.safes);
	return new Map(safes.map(({ name }, index) => [name, index]));
}

/** The whole document written anew: its comments and order stay, its blanks may not. */
function written(document: Document, changes: readonly InventoryChange[], plain: PlainFile): ReadText {
	const places = placesOfSafes(document);
	const content = contentOf(document) as PlainFile | null;
	const lists = new Set(['safes', 'connectors'].filter((list) => Array.isArray(content?.[list])));
	for (const change of changes) {
		if (change.kind === 'change-safe') {
			const path = ['safes', places.get(change.name)];
			for (const [key, value] of Object.entries(change.fields)) {
				if (value === null) document.deleteIn([...path, key]);
				else if (value !== undefined) document.setIn([...path, key], document.createNode(value));
			}
			continue;
		}
		const [list, entry] =
			change.kind === 'add-safe'
				? (['safes', inOrder(change.safe)] as const)
				: (['connectors', change.connector] as const);
		if (lists.has(list)) document.addIn([list], document.createNode(definedOf(entry)));
		else document.setIn([list], document.createNode([definedOf(entry)]));
		lists.add(list);
	}
	const text = document.toString({ lineWidth: 0 });
	const after = readIfSays(text, plain);
	if (after !== null) return after;
	const [tooMuch] = readDocument(text).errors;
	if (tooMuch !== undefined) throw tooLong('With this change the inventory', 'would be', tooMuch.message);
	throw new UserError(
		'vpmon cannot make this change in the file: it is written with anchors or tags that lead elsewhere.',
		'Nothing was written. Change the file in an editor.',
	);
}

/** A text, and what the quick way reads in it, so that a hundred thousand Safes are read once. */
type ReadText = { readonly text: string; readonly quick: PlainYaml | null };

/** Null for a text that says something else. */
function readIfSays(text: string, plain: PlainFile): ReadText | null {
	const expected = copyOf(plain);
	const quick = readPlainYaml(text);
	const document = quick === null ? readDocument(text, undefined, maxEditedPieces) : null;
	if (document !== null && document.errors.length > 0) return null;
	const found = document === null ? quick?.value : copyOf(contentOf(document) ?? {});
	return isDeepStrictEqual(found, expected) ? { text, quick } : null;
}

function tooLong(what: string, is: string, why: string): UserError {
	return new UserError(
		`${what} ${is} too long for vpmon to change: ${why}.`,
		'Nothing was written. Change it in an editor, or keep its Safes in several inventories.',
	);
}

/** As people read it: who, where, as whom, with what. */
function inOrder({ name, id, connector, host, port, username, credential, hostKey, sensitive, exempt }: SafeEntry) {
	return { name, id, connector, host, port, username, credential, hostKey, sensitive, exempt };
}

function definedOf(entry: object): Entry {
	return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined)) as Entry;
}

import { resolve } from 'node:path';
import * as v from 'valibot';
import { type Document, LineCounter } from 'yaml';
import { cleanLine } from '../domain/clean.ts';
import type { Inventory } from '../domain/inventory.ts';
import { readPlainFileSync } from '../domain/plain-file.ts';
import { shellWord } from '../domain/shell-word.ts';
import { messageOf, UserError } from '../domain/user-error.ts';
import { openDirectoryAbove } from '../domain/who-can-write.ts';
import { buildInventory } from './build.ts';
import { type PlainYaml, readPlainYaml } from './plain-yaml.ts';
import { InventoryError, inventoryError, issuesError, maxShown, type Problem, placesIn } from './problems.ts';
import { type InventoryFile, inventorySchema } from './schema.ts';
import { utf16Of } from './utf16.ts';
import { contentOf, readDocument } from './yaml-document.ts';
import { findTooMany } from './yaml-limits.ts';

const maxBytes = 32 * 1024 * 1024;
const writableByOthers = 0o002;

/**
 * Reads and checks an inventory file.
 *
 * @throws UserError with every problem, its line, column, field and what is expected.
 */
export function loadInventory(file: string): Inventory {
	const { text, changedAt } = readText(file);
	return parseInventory(text, resolve(file), changedAt);
}

/**
 * The text of an inventory file; null when there is none and that is no problem.
 *
 * @throws UserError when it cannot be read or must not be trusted.
 */
export function readText(file: string): { text: string; changedAt: number };
export function readText(file: string, options: { ifThere: boolean }): { text: string; changedAt: number } | null;
export function readText(file: string, { ifThere = false } = {}): { text: string; changedAt: number } | null {
	try {
		const { bytes, stats } = readPlainFileSync(file, maxBytes);
		if (process.platform !== 'win32' && (stats.mode & writableByOthers) !== 0) {
			throw new UserError(
				`${file} can be written by everybody on this host, so vpmon does not trust it.`,
				`chmod o-w ${shellWord(file)}`,
			);
		}
		const found = openDirectoryAbove(file);
		if (found !== null) {
			// A link may lead to a name that somebody else made, line feeds in it.
			const open = cleanLine(found);
			throw new UserError(
				`Everybody on this host can write to ${open} and put another file there, so vpmon does not trust ${file}.`,
				`chmod o-w ${shellWord(open)}`,
			);
		}
		if (utf16Of(bytes) !== null) throw new UserError(`${file} is UTF-16.`, 'Save it as UTF-8.');
		return { text: bytes.toString('utf8'), changedAt: stats.mtimeMs };
	} catch (error) {
		if (error instanceof UserError) throw error;
		const { code } = error as NodeJS.ErrnoException;
		if (code === 'ENOENT' && ifThere) return null;
		if (code === 'ENOENT') throw new UserError(`There is no inventory at ${file}.`, noInventoryStep);
		throw new UserError(`The inventory ${file} cannot be read: ${messageOf(error)}`, 'Check its permissions.');
	}
}

export const noInventoryStep = [
	'Check one target without an inventory:  vpmon check user@host:22 --key FILE.pub --host-key SHA256:…',
	'See how it works on a built-in lab:     vpmon demo',
	'Write a first inventory from this host: vpmon init',
	'Take Safes from a list:                 vpmon import safes.csv',
].join('\n');

/**
 * @param file absolute path, for places and for what is relative to it.
 * @param changedAt when the file was last changed, in milliseconds since 1970.
 * @throws UserError with every problem.
 */
export function parseInventory(text: string, file: string, changedAt: number | null = null): Inventory {
	return parse(text, file, changedAt).inventory;
}

/** The same of a text that was already read the quick way; null where it could not be. */
export function parseRead(text: string, quick: PlainYaml | null, file: string): Inventory {
	return parse(text, file, null, quick).inventory;
}

/** The file as it is written, nothing filled in. */
export function parseRaw(text: string, file: string): InventoryFile {
	return parse(text, file, null).raw;
}

type Parsed = { readonly raw: InventoryFile; readonly inventory: Inventory };

/** The quick way for a file in which all is as usual and right; the whole library for others, and to say what is wrong. */
function parse(text: string, file: string, changedAt: number | null, given?: PlainYaml | null): Parsed {
	const tooMany = findTooMany(text);
	if (tooMany !== null) throw inventoryError(file, [{ line: 1, column: 1, field: 'the file', message: tooMany }]);
	const quick = given === undefined ? readPlainYaml(text) : given;
	if (quick !== null) {
		const parsed = v.safeParse(inventorySchema, quick.value);
		const places = { placeOf: quick.placeOf, placeOfKey: quick.placeOf };
		try {
			if (parsed.success)
				return { raw: parsed.output, inventory: buildInventory(parsed.output, quick.placeOf, { file, changedAt }) };
			// The library has the column of each; who has so many problems goes by their lines.
			if (parsed.issues.length > maxShown) throw issuesError(file, parsed.issues, places);
		} catch (error) {
			if (!(error instanceof InventoryError) || error.count > maxShown) throw error;
		}
	}
	const lines = new LineCounter();
	const document = readDocument(text, lines);
	if (document.errors.length > 0) throw inventoryError(file, syntaxProblems(document, lines), document.errors.length);
	const places = placesIn(document, lines);
	const parsed = v.safeParse(inventorySchema, toPlain(document, file) ?? {});
	if (!parsed.success) throw issuesError(file, parsed.issues, places);
	return { raw: parsed.output, inventory: buildInventory(parsed.output, places.placeOf, { file, changedAt }) };
}

function syntaxProblems({ errors }: Document, lines: LineCounter): Problem[] {
	const first = errors.toSorted((a, b) => a.pos[0] - b.pos[0]).slice(0, maxShown);
	return first.map(({ pos, message }) => {
		const { line, col } = lines.linePos(pos[0]);
		return { line, column: col, field: 'YAML', message: message.split('\n')[0] ?? message };
	});
}

function toPlain(document: Document, file: string): unknown {
	try {
		return contentOf(document);
	} catch (error) {
		// They are followed by calls, to the end of the stack.
		const isEndless = error instanceof RangeError;
		const message = isEndless ? 'an alias leads to itself, or aliases are nested too deep' : messageOf(error);
		throw inventoryError(file, [{ line: 1, column: 1, field: 'YAML', message }]);
	}
}

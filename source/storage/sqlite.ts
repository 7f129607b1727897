import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { shellWord } from '../domain/shell-word.ts';
import { messageOf, UserError } from '../domain/user-error.ts';
import type { Audience } from './safe-directory.ts';
import { type FileId, isSameFile, prepareDatabaseFile } from './shared-files.ts';

/** What the files that processes share, the ledger and the pseudonyms among them, need of Node's SQLite. */

// Result codes, https://www.sqlite.org/rescode.html
export const isBusy = (error: unknown) => [5, 6].includes(resultCode(error));
export const isCorrupt = (error: unknown) => [11, 26].includes(resultCode(error));
const resultCode = (error: unknown) => ((error as { errcode?: number }).errcode ?? 0) & 0xff;

/** Node 22 and 24 warn that SQLite is experimental; nobody who reads vpmon's screen can do anything about that. */
export async function importSqlite(): Promise<typeof import('node:sqlite')> {
	const { emitWarning } = process;
	process.emitWarning = (...args: unknown[]) => {
		if (!String(args[0]).includes('SQLite')) Reflect.apply(emitWarning, process, args);
	};
	try {
		return await import('node:sqlite');
	} finally {
		process.emitWarning = emitWarning;
	}
}

/** An open database file, and which file that is: whoever replaces it leaves this program with one that nobody else has. */
export type OpenDatabase = { readonly database: DatabaseSync; readonly id: FileId };

/**
 * Opens a database file that others may write too, or makes it; nothing was read or written yet.
 *
 * @throws UserError when it must not be used; SQLite's error when it cannot be opened.
 */
export async function openDatabase(file: string, audience: Audience = 'group'): Promise<OpenDatabase> {
	const { DatabaseSync } = await importSqlite();
	const id = prepareDatabaseFile(file, audience);
	const database = new DatabaseSync(file);
	// SQLite follows links: one may have been laid since we looked.
	const opened = database.prepare('PRAGMA database_list').get() as { file: string } | undefined;
	const isMeant = opened?.file === join(realpathSync(dirname(file)), basename(file));
	if (isMeant && isSameFile(file, id)) return { database, id };
	database.close();
	throw new UserError(`${file} was replaced while it was opened.`, 'It is tried again.');
}

/** Says of an error of SQLite what is wrong with the file, and what to do. */
export function explainDatabase(file: string, error: unknown): UserError {
	if (error instanceof UserError) return error;
	const away = `Move it away: mv ${shellWord(file)} ${shellWord(`${file}.old`)}`;
	if (isBusy(error))
		return new UserError(`Another program keeps ${file} locked.`, `See which: fuser -v ${shellWord(file)}`);
	const problems: Readonly<Record<number, UserError>> = {
		// The table has other columns.
		1: new UserError(`${file} is of another kind (${messageOf(error)}).`, away),
		8: new UserError(`${file} may not be written to.`, `Let its group: sudo chmod 0660 ${shellWord(file)}`),
		13: new UserError(`There is no room on the disk for ${file}.`, 'Make some there.'),
	};
	return problems[resultCode(error)] ?? new UserError(`${file}: ${messageOf(error)}.`, away);
}

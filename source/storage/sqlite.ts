/** What both files that processes share, the ledger and the stand-ins, need of Node's SQLite. */

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

import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { parseJson } from '../domain/json.ts';
import { readPlainTextIfThere } from '../domain/plain-file.ts';
import { messageOf, UserError } from '../domain/user-error.ts';
import { prepareDirectory } from './safe-directory.ts';

/** What failed when `vpmon check --new` ran last: the cause of each failing Safe, by its name. */
export type Failing = Readonly<Record<string, string>>;

const maxBytes = 16 * 1024 * 1024;
/** Of inventories; the ones that were checked last. */
const mostKept = 50;
const kept = v.object({
	version: v.literal(1),
	inventories: v.record(v.string(), v.object({ at: v.string(), failing: v.record(v.string(), v.string()) })),
});
type Kept = v.InferOutput<typeof kept>;

const fileIn = (directory: string) => join(directory, 'last-check.json');

/** Nothing where it never ran for this inventory, or where the file is none of ours. */
export async function readLastCheck(directory: string, inventory: string): Promise<Failing | null> {
	const { inventories } = await read(directory);
	return inventories[inventory]?.failing ?? null;
}

/**
 * Keeps what fails now, for the next run: whole or not at all, readable by its owner alone.
 *
 * @throws UserError when the directory cannot be used or written to.
 */
export async function keepLastCheck(directory: string, inventory: string, failing: Failing, at: Date): Promise<void> {
	const { inventories } = await read(directory);
	const entries = Object.entries({ ...inventories, [inventory]: { at: at.toISOString(), failing } });
	const newest = entries.sort(([, a], [, b]) => Date.parse(b.at) - Date.parse(a.at)).slice(0, mostKept);
	const text = `${JSON.stringify({ version: 1, inventories: Object.fromEntries(newest) })}\n`;
	const file = fileIn(directory);
	const unfinished = `${file}.${randomBytes(6).toString('hex')}.part`;
	try {
		const place = prepareDirectory(directory);
		if (place.isPublic) throw new UserError(`${place.path} can be written by everybody.`, 'Take that right from it.');
		writeFileSync(unfinished, text, { mode: 0o600, flag: 'wx' });
		renameSync(unfinished, file);
	} catch (error) {
		if (error instanceof UserError) throw error;
		throw new UserError(
			`${file} could not be written: ${messageOf(error)}`,
			'Without it the next run cannot tell what is new.',
		);
	} finally {
		removeQuietly(unfinished);
	}
}

async function read(directory: string): Promise<Kept> {
	const found = v.safeParse(kept, parseJson(await readPlainTextIfThere(fileIn(directory), maxBytes)));
	return found.success ? found.output : { version: 1, inventories: {} };
}

/** Below what is no directory there is nothing to remove. */
function removeQuietly(file: string): void {
	try {
		rmSync(file, { force: true });
	} catch {
		// As above.
	}
}

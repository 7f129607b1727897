import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { UserError } from '../domain/user-error.ts';
import { parseInventory, readText } from '../inventory/file.ts';
import { replaceFile } from '../inventory/write-file.ts';
import { type AuditEntry, appendAudit, readFixes } from '../storage/audit.ts';
import { lineDiff } from './line-diff.ts';
import { sha256 } from './run-fix.ts';

/** The last edit that a fix made, ready to be taken back. */
export type ReadyUndo = {
	readonly entry: AuditEntry;
	readonly before: string;
	readonly after: string;
	readonly diff: readonly string[];
};

/**
 * Finds the last edit of an inventory that was not taken back, also one that was cut off after the file was replaced.
 *
 * @throws UserError when there is none, when the file was changed since, or when its old text is not kept any more.
 */
export function readyUndo(auditFile: string, inventory: string): ReadyUndo {
	const edits = readFixes(auditFile).filter(({ file, backup }) => file === inventory && backup !== null);
	const idsOf = (phase: AuditEntry['phase']) =>
		new Set(edits.filter((edit) => edit.phase === phase).map(({ id }) => id));
	const [undone, changed] = [idsOf('undone'), idsOf('changed')];
	const now = readText(inventory).text;
	// One that was cut off before the file was replaced has left nothing to take back.
	const isMade = ({ id, leaves }: AuditEntry) => changed.has(id) || leaves === sha256(now);
	const entry = edits.findLast((edit) => !undone.has(edit.id) && isMade(edit));
	if (entry === undefined)
		throw new UserError('There is no change of a fix to take back.', `All that were made stand in ${auditFile}.`);
	if (sha256(now) !== entry.leaves)
		throw new UserError(
			`${inventory} is not as "${entry.fix}" left it: it was changed since.`,
			`Nothing was written. The text from before that fix is kept in ${entry.backup}.`,
		);
	if (entry.backup === null || !existsSync(entry.backup))
		throw new UserError(`The text from before is not kept any more: ${entry.backup}.`, 'Nothing was written.');
	// The audit file may be written by others: only a copy that was kept beside this inventory is put back, and only one that is whole.
	const real = realpathSync(inventory);
	if (dirname(entry.backup) !== dirname(real) || !basename(entry.backup).startsWith(`${basename(real)}.`))
		throw new UserError(`${entry.backup} is no kept copy of ${inventory}.`, 'Nothing was written.');
	const before = readText(entry.backup).text;
	parseInventory(before, entry.backup);
	return { entry, before, after: now, diff: lineDiff(now, before) };
}

/** Puts the text from before back; what the fix had left is kept beside it. */
export async function undoFix(
	auditFile: string,
	inventory: string,
	{ entry, before, after, diff }: ReadyUndo,
): Promise<void> {
	const change = { file: inventory, before: after, after: before };
	await replaceFile(change, new Date(), (backup) =>
		appendAudit(auditFile, {
			...entry,
			action: 'fix',
			at: new Date().toISOString(),
			phase: 'undone',
			diff: [...diff],
			backup,
			leaves: sha256(before),
			before: entry.after,
			after: null,
		}),
	);
}

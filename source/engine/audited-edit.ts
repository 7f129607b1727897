import { type MadeEdit, makeEdit, type PlannedEdit } from '../inventory/edit.ts';
import { removeSecrets } from '../redact/secrets/secret-lines.ts';
import { appendAudit, auditFile, newAuditLine } from '../storage/audit.ts';
import type { EditEntry } from '../storage/audit-entry.ts';
import { lineDiff } from './line-diff.ts';
import { sha256 } from './run-fix.ts';

/** An import may be of thousands of Safes: a line of the audit file has the first of them, and of the lines that changed. */
const mostNamed = 200;
const mostLines = 400;

/**
 * Makes an edit of the inventory that is no fix, with a line in the audit file before and after it.
 *
 * @param safes names of the Safes that it adds or changes.
 * @throws UserError when the inventory or the audit file cannot be written; nothing was changed then.
 */
export async function makeAuditedEdit(
	plan: PlannedEdit,
	action: EditEntry['action'],
	safes: readonly string[],
	file = auditFile(),
): Promise<MadeEdit> {
	const line = {
		...newAuditLine(),
		action,
		safes: safes.slice(0, mostNamed),
		count: safes.length,
		diff: firstLines(lineDiff(plan.before ?? '', plan.after)),
		file: plan.file,
		leaves: sha256(plan.after),
	};
	const made = await makeEdit(plan, new Date(), (backup) => appendAudit(file, { ...line, phase: 'changing', backup }));
	if (plan.before === plan.after) return made;
	const ended = { ...line, at: new Date().toISOString(), phase: 'changed', backup: made.backup } as const;
	// The edit is made, and its first line tells it.
	await appendAudit(file, ended).catch(() => {});
	return made;
}

function firstLines(diff: readonly string[]): string[] {
	const left = diff.length - mostLines;
	const shown = diff.slice(0, mostLines).map((line) => removeSecrets(line));
	return left > 0 ? [...shown, `… ${left} more lines`] : shown;
}

import { messageOf } from '../domain/user-error.ts';
import { removeSecrets } from '../redact/secrets/secret-lines.ts';
import { appendAudit, auditFile, newAuditLine } from './audit.ts';
import type { ReportEntry } from './audit-entry.ts';

/** What people do that changes nothing on a host or in an inventory, and is told in the audit file all the same. */

const mostNamed = 200;

export type AuditedReport = Pick<ReportEntry, 'action' | 'hides' | 'path'> & {
	/** Names of the Safes that it is about. */
	readonly safes: readonly string[];
};

/**
 * Tells that a report was written or copied. A report is never lost for want of its line.
 *
 * @returns why there is no line, or null.
 */
export async function auditReport({ safes, ...report }: AuditedReport, file = auditFile()): Promise<string | null> {
	try {
		const named = { safes: safes.slice(0, mostNamed), count: safes.length };
		await appendAudit(file, { ...newAuditLine(), ...report, ...named });
		return null;
	} catch (error) {
		return messageOf(error);
	}
}

/**
 * Tells of a note that somebody left at a Safe.
 *
 * @param note null where it was taken away.
 * @param until milliseconds since 1970; null where it has no end.
 * @returns why there is no line, or null.
 */
export async function auditNote(
	safe: string,
	note: string | null,
	until: number | null,
	file = auditFile(),
): Promise<string | null> {
	try {
		await appendAudit(file, {
			...newAuditLine(),
			action: 'note',
			safe,
			note: note === null ? null : removeSecrets(note),
			until: until === null ? null : new Date(until).toISOString(),
		});
		return null;
	} catch (error) {
		return messageOf(error);
	}
}

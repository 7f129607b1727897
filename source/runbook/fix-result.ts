import type { Cause } from '../domain/cause.ts';
import { rowsOf, type SafeResult } from '../domain/check.ts';
import { type Fix, fixFor } from './fixes.ts';

/** The cause of the Safe, else of the first row, in runbook order, that has one. */
export function toldCause(result: SafeResult): Cause | null {
	return result.cause ?? rowsOf(result).find((row) => row.cause !== null)?.cause ?? null;
}

/** The fix for the first row, in runbook order, that has something to say; null where none has. */
export function fixForResult(result: SafeResult): Fix | null {
	const told = toldCause(result);
	return told === null ? null : (fixFor(told) ?? null);
}

/** `fail, port-refused` */
export function standing({ verdict, cause }: SafeResult): string {
	return cause === null ? verdict : `${verdict}, ${cause}`;
}

/**
 * What there is to say of how a fix came out, besides before and after.
 *
 * @param notSeen why the target was not measured after it; null where it was.
 */
export function afterwords(
	before: SafeResult,
	after: SafeResult,
	isEdit: boolean,
	notSeen: string | null,
): string | null {
	if (notSeen !== null) return `What came of it was not seen: ${notSeen}.`;
	if (after.verdict === 'fail')
		return after.cause === before.cause ? 'The fix did not help: the same row still fails.' : null;
	return isEdit ? 'It agrees with our copy; VaultPAM is not confirmed until a session opens.' : null;
}

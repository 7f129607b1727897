import type { SafeResult } from '../domain/check.ts';
import { type Fix, fixFor } from './fixes.ts';

/** The fix for the first row, in runbook order, that has something to say; null where none has. */
export function fixForResult({ cause, checks }: SafeResult): Fix | null {
	const told = cause ?? checks.find((row) => row.cause !== null)?.cause ?? null;
	return told === null ? null : (fixFor(told) ?? null);
}

/** `fail, port-refused` */
export function standing({ verdict, cause }: SafeResult): string {
	return cause === null ? verdict : `${verdict}, ${cause}`;
}

/** What there is to say of how a fix came out, besides before and after. */
export function afterwords(before: SafeResult, after: SafeResult, isEdit: boolean): string | null {
	if (after.verdict === 'fail')
		return after.cause === before.cause ? 'The fix did not help: the same row still fails.' : null;
	return isEdit ? 'It agrees with our copy; VaultPAM is not confirmed until a session opens.' : null;
}
